// A draft's rates as they are typed: yuan and kilograms, every field a text until it is sent.
import type { BasisIn, MaterialOut, RateIn, RateOut } from "@/api";
import { fenOf, gramsOf, kilogramsOf, yuanOf } from "./amounts";

export interface Basis {
  grade: BasisIn["grade"];
  source: string;
  zh: string;
  en: string;
}

export interface Line {
  material: string;
  name_zh: string;
  name_en: string;
  accepted: boolean;
  market: string;
  subsidy: string;
  operator: string;
  ceiling: string;
  programme: string;
  needsScale: boolean;
  needsAnswer: boolean;
  marketBasis: Basis;
  subsidyBasis: Basis;
}

const NO_BASIS: Basis = { grade: "assumption", source: "", zh: "", en: "" };
const basisOf = (found: RateOut["subsidy_basis"]): Basis => (found ? { ...found, source: found.source ?? "" } : { ...NO_BASIS });

export function lineOf(rate: RateOut): Line {
  return {
    material: rate.material,
    name_zh: rate.name_zh,
    name_en: rate.name_en,
    accepted: rate.accepted,
    market: yuanOf(rate.market_fen_per_kg),
    subsidy: yuanOf(rate.subsidy_fen_per_kg),
    operator: yuanOf(rate.operator_fen_per_tonne),
    ceiling: kilogramsOf(rate.ceiling_grams),
    programme: rate.programme ?? "",
    needsScale: rate.needs_verified_scale,
    needsAnswer: rate.needs_confirmation,
    marketBasis: basisOf(rate.market_basis),
    subsidyBasis: basisOf(rate.subsidy_basis),
  };
}

export function newLine(material: MaterialOut): Line {
  const { key, name_zh, name_en } = material;
  const amounts = { market: "0", subsidy: "0", operator: "0", ceiling: "", programme: "" };
  const bases = { marketBasis: { ...NO_BASIS }, subsidyBasis: { ...NO_BASIS } };
  return { material: key, name_zh, name_en, accepted: true, ...amounts, needsScale: false, needsAnswer: false, ...bases };
}

const isNothing = (amount: string): boolean => Number(amount || "0") === 0;
export const isSubsidised = (line: Line): boolean => line.accepted && !(isNothing(line.subsidy) && isNothing(line.operator));

const sent = (basis: Basis): BasisIn => ({ ...basis, source: basis.source.trim() || null });

/** What is sent of a line: what does not apply to it is left out. */
export function rateOf(line: Line): RateIn {
  const base = { material: line.material, accepted: line.accepted, market_basis: sent(line.marketBasis) };
  if (!line.accepted) return base;
  const priced = { ...base, market_fen_per_kg: fenOf(line.market) };
  if (!isSubsidised(line)) return priced;
  return {
    ...priced,
    subsidy_fen_per_kg: fenOf(line.subsidy),
    operator_fen_per_tonne: fenOf(line.operator),
    ceiling_grams: gramsOf(line.ceiling),
    programme: line.programme || null,
    subsidy_basis: sent(line.subsidyBasis),
    needs_verified_scale: line.needsScale,
    needs_confirmation: line.needsAnswer,
  };
}
