// By what a device is known again, so that somebody else's guesses elsewhere do not lock its owner out.
const KEPT = "lv.console.device";

export const deviceToken = (): string | null => localStorage.getItem(KEPT);

export function keepDevice(token: string | null | undefined): void {
  if (token) localStorage.setItem(KEPT, token);
}
