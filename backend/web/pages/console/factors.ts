// Sets of factors: what saves how much, from which source, and what trying or applying one came to.
import { carbonListFactorSets, type FactorIn, type FactorOut, type FactorSetOut, type MaterialOut, type NamingIn } from "@/api";
import { ask } from "@/kit/client";

export const GRADES = ["A", "B", "C", "assumption"] as const;

/** The set that was approved last, which the next one changes. */
export async function newestSet(): Promise<FactorSetOut | null> {
  return (await ask(carbonListFactorSets({ query: { limit: 1 } }))).items[0] ?? null;
}

/** How a set stands beside the one in force; one that a later one overtook before its time never applies. */
export function standingOf(set: FactorSetOut, inForce: string | undefined, all: readonly FactorSetOut[]): "in-force" | "superseded" | "to-come" | "past" {
  if (set.id === inForce) return "in-force";
  const from = Date.parse(set.valid_from);
  const isOvertaken = all.some((each) => Date.parse(each.approved_at) > Date.parse(set.approved_at) && Date.parse(each.valid_from) <= from);
  if (isOvertaken) return "superseded";
  return from > Date.now() ? "to-come" : "past";
}

/** A factor as it is typed; an empty field is nothing. */
export type Typed = Record<Exclude<keyof FactorIn, "grade">, string> & Pick<FactorIn, "grade">;

export function typed(factor: FactorOut): Typed {
  const { material, grade, note_zh, note_en, basis_zh, basis_en } = factor;
  const open = { kg_per_kg: factor.kg_per_kg ?? "", upper_kg_per_kg: factor.upper_kg_per_kg ?? "", boundary: factor.boundary ?? "", source: factor.source ?? "", clause: factor.clause ?? "" };
  return { material, grade: grade as FactorIn["grade"], note_zh, note_en, basis_zh, basis_en, ...open };
}

export const untyped = (material: MaterialOut): Typed => ({
  ...{ material: material.key, grade: "assumption", note_zh: "", note_en: "", basis_zh: "", basis_en: "" },
  ...{ kg_per_kg: "", upper_kg_per_kg: "", boundary: "", source: "", clause: "" },
});

const orNothing = (typed: string): string | null => typed.trim() || null;

export function said(factor: Typed): FactorIn {
  const open = { kg_per_kg: orNothing(factor.kg_per_kg), upper_kg_per_kg: orNothing(factor.upper_kg_per_kg), boundary: orNothing(factor.boundary) };
  return { ...factor, ...open, source: orNothing(factor.source), clause: orNothing(factor.clause) };
}

export const NAMED = ["name_zh", "name_en", "boundary_zh", "boundary_en", "baseline_zh", "baseline_en", "approved_by_zh", "approved_by_en", "note_zh", "note_en"] as const;

/** How a set is called, out of what else is known of it. */
export function namingOf(set: Required<NamingIn>): NamingIn {
  const { name, name_zh, name_en, boundary_zh, boundary_en, baseline_zh, baseline_en, approved_by_zh, approved_by_en, note_zh, note_en } = set;
  return { name, name_zh, name_en, boundary_zh, boundary_en, baseline_zh, baseline_en, approved_by_zh, approved_by_en, note_zh, note_en };
}
