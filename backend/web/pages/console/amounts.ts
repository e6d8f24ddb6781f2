// How amounts are typed: yuan for fen, kilograms for grams, exactly and without a float.

/** Move the point of a decimal: `shifted("12.5", -2)` is "0.125". */
export function shifted(decimal: string, places: number): string {
  const [whole = "", part = ""] = decimal.trim().split(".");
  const digits = whole + part;
  const point = whole.length + places;
  const padded = point <= 0 ? "0".repeat(1 - point) + digits : digits.padEnd(point, "0");
  const at = Math.max(point, 1);
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, "");
  const right = padded.slice(at).replace(/0+$/, "");
  return right ? `${left}.${right}` : left;
}

export const yuanOf = (fen: string | number): string => shifted(String(fen), -2);
export const fenOf = (yuan: string): string => shifted(yuan || "0", 2);
export const kilogramsOf = (grams: number | null): string => (grams === null ? "" : shifted(String(grams), -3));
/** To the gram, for columns where the points stand one below the other. */
export const alignedOf = (grams: number): string => (grams / 1000).toFixed(3);
export const gramsOf = (kilograms: string): number | null => (kilograms.trim() === "" ? null : Number(shifted(kilograms, 3)));

/** What a field for money takes. */
export const MONEY = "\\d{1,8}(\\.\\d{1,4})?";
export const CENTS = "\\d{1,10}(\\.\\d{1,2})?";
