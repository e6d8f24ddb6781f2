export interface Found {
  checkpoint: { witnessed: [string, string][] };
  why: string;
  facts: unknown[];
}
export class Unproven extends Error {
  facts: unknown[];
}
export function check(text: string, keys: string): Promise<Found>;
export function say(why: string, facts: unknown[], language: 0 | 1): string;
