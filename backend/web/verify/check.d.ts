export interface Found {
  checkpoint: { witnessed: [string, string][] };
  why: string;
  facts: unknown[];
}
export class Unproven extends Error {
  facts: unknown[];
}
export function check(bytes: Uint8Array, keys: string): Promise<Found>;
export function say(why: string, facts: unknown[], language: 0 | 1): string;
