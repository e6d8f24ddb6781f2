// What a line is worth at the price list that this phone has kept, until the server says what is paid.
import type { RateOut } from "@/api";

const SCALE = 10_000n;

/** "80" or "12.5" in ten-thousandths, without ever being a float. */
function tenThousandths(decimal: string): bigint {
  const [whole = "0", part = ""] = decimal.split(".");
  return BigInt(whole) * SCALE + BigInt(part.padEnd(4, "0").slice(0, 4));
}

/** Kilograms × fen per kilogram, rounded half up to the fen. */
function fen(grams: number, perKilogram: string): number {
  const divisor = 1000n * SCALE;
  return Number((BigInt(grams) * tenThousandths(perKilogram) * 2n + divisor) / (2n * divisor));
}

/** Points for so many grams before any ceiling or budget: each part rounded by itself, as the server does. */
export const worth = (rate: RateOut | undefined, grams: number): number =>
  rate ? fen(grams, rate.market_fen_per_kg) + fen(grams, rate.subsidy_fen_per_kg) : 0;

/** "5.4" kilograms on the keypad → 5400 grams; nothing while it is no weight. */
export function gramsTyped(kilograms: string): number | null {
  if (!/^\d{1,3}(\.\d{0,3})?$/.test(kilograms)) return null;
  const [whole = "0", part = ""] = kilograms.split(".");
  return Number(whole) * 1000 + Number(part.padEnd(3, "0"));
}
