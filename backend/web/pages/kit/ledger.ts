// How an account of the ledger and what it holds are called by people.
import { co2e, count, grams, points, yuan } from "./format";
import { term } from "./words";

const KINDS = new Set(["green", "co2e", "owed", "issued", "retired", "owing", "saved", "due", "subsidy", "payable"]);

/** "household/0192…/green" → "Green points of a household": an id is nobody's name. */
export function accountName(path: string): string {
  const [first = "", ...rest] = path.split("/");
  const last = rest.at(-1);
  return term("ledger", last && KINDS.has(last) ? `${first}/${last}` : first);
}

const AMOUNTS: Record<string, (n: number) => string> = { GREEN: points, FEN: yuan, CO2E: co2e };

/** 52 of "GREEN", or 5200 of "MASS/glass". */
export const amountOf = (amount: number, asset: string): string => (AMOUNTS[asset] ?? (asset.startsWith("MASS/") ? grams : count))(amount);
