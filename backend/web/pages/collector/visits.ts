// A visit at a door, as this phone keeps it: what was weighed, and every step that the server is to be told.
// Each id is made and stored before anything is sent; it is the key under which the server does a step once.
import { computed, shallowRef } from "vue";
import type { LineIn, ProblemOut, QuoteOut, StopOut } from "@/api";
import { newId } from "@/kit/ids";
import { me } from "./me";
import { allVisits, changeVisit, dropVisit, newVisit } from "./store";

export type Line = Required<Pick<LineIn, "material" | "gross_grams" | "tare_grams">> & { id: string };

export type Deed =
  | { does: "acceptance" | "arrival" | "quote" }
  | { does: "weighing"; scale: string; lines: Line[] }
  | { does: "lines"; lines: Line[] }
  | { does: "removal"; line: string }
  | { does: "confirmation"; code?: string; card?: string }
  | { does: "return"; reason: string };

export type Step = Deed & { key: string; done: boolean };

/** What of the server's answer a phone keeps. */
export type Sheet = Pick<QuoteOut, "state" | "answer_by" | "ended_by" | "lines" | "totals">;

export interface Visit {
  /** Also the id of its weighing. */
  id: string;
  owner: string;
  stop: StopOut;
  lines: Line[];
  steps: Step[];
  sheet: Sheet | null;
  /** What the server refused for good: it waits for its collector. */
  trouble: ProblemOut | null;
  /** Why the last answer of the resident was not taken. */
  said: ProblemOut | null;
}

export type Standing = "assigned" | "accepted" | "arrived" | "weighing" | "quoting" | "quoted" | "answered" | "confirmed" | "returned" | "trouble" | "over";

const visits = shallowRef<Visit[]>([]);

export async function recall(): Promise<void> {
  visits.value = await allVisits();
}

/** The visits of who has the phone, the newest first. */
export const mine = computed(() => visits.value.filter((visit) => visit.owner === me.value?.id).sort((a, b) => (a.id < b.id ? 1 : -1)));
export const visitAt = (pickup: string): Visit | undefined => mine.value.find((visit) => visit.stop.id === pickup);

export const todo = (visit: Visit): Step[] => visit.steps.filter((step) => !step.done);
export const isOnServer = (visit: Visit): boolean => todo(visit).length === 0 && unsent(visit).length === 0;
export const waiting = computed(() => mine.value.filter((visit) => !isOnServer(visit)));

/** How many visits of colleagues wait on this phone until they take it again. */
export const ofOthers = computed(() => visits.value.filter((visit) => visit.owner !== me.value?.id && !isOnServer(visit)).length);

const has = (visit: Visit, does: Step["does"]): boolean => visit.steps.some((step) => step.does === does);
const inSteps = (visit: Visit): Set<string> => new Set(visit.steps.flatMap((step) => ("lines" in step ? step.lines.map((line) => line.id) : [])));

/** The lines that no step tells the server of. */
export function unsent(visit: Visit): Line[] {
  const told = inSteps(visit);
  return visit.lines.filter((line) => !told.has(line.id));
}

const CLOSED: Partial<Record<StopOut["state"], Standing>> = { completed: "confirmed", returned: "returned", cancelled: "over", missed: "over" };
const OPENED: Partial<Record<StopOut["state"], Standing>> = { accepted: "accepted", arrived: "arrived" };

/** Say how far a visit is, by what this phone knows: what it did itself counts before what it read. */
export function standing(visit: Visit | undefined, stop: StopOut): Standing {
  if (!visit || visit.steps.length === 0) return CLOSED[stop.state] ?? OPENED[stop.state] ?? (stop.state === "weighed" ? "over" : "assigned");
  if (visit.trouble) return "trouble";
  if (visit.sheet?.state === "confirmed" || visit.sheet?.state === "returned") return visit.sheet.state;
  const ahead = todo(visit);
  if (ahead.some((step) => step.does === "confirmation" || step.does === "return")) return "answered";
  if (ahead.some((step) => step.does === "quote")) return "quoting";
  if (unsent(visit).length > 0) return "weighing";
  if (visit.sheet) return visit.sheet.state === "quoted" ? "quoted" : "weighing";
  if (CLOSED[stop.state]) return CLOSED[stop.state]!;
  return has(visit, "arrival") || stop.state === "arrived" ? "arrived" : "accepted";
}

const step = (deed: Deed): Step => ({ ...deed, key: newId(), done: false });

async function change(id: string, how: (visit: Visit) => Visit): Promise<void> {
  await changeVisit(id, how);
  await recall();
}

/** Begin a visit, or go on with it: the steps are stored, and sent whenever there is a network. */
async function at(stop: StopOut, how: (visit: Visit) => Visit): Promise<void> {
  const known = visitAt(stop.id);
  if (known) return change(known.id, how);
  const blank: Visit = { id: newId(), owner: me.value!.id, stop, lines: [], steps: [], sheet: null, trouble: null, said: null };
  await newVisit(how(blank));
  await recall();
}

const add = (visit: Visit, ...deeds: Deed[]): Visit => ({ ...visit, steps: [...visit.steps, ...deeds.map(step)] });

export const accept = (stop: StopOut): Promise<void> => at(stop, (visit) => add(visit, { does: "acceptance" }));

/** Stand at the door; who did not say that he takes the job on says both. */
export const arrive = (stop: StopOut): Promise<void> =>
  at(stop, (visit) => {
    const accepted = has(visit, "acceptance") || stop.state === "accepted";
    return add(visit, ...(accepted ? [] : [{ does: "acceptance" } as const]), { does: "arrival" });
  });

export const weigh = (stop: StopOut, line: Omit<Line, "id">): Promise<void> => at(stop, (visit) => ({ ...visit, lines: [...visit.lines, { ...line, id: newId() }] }));

/** Take a line back: from this phone if nobody was told of it, else from the server, whose quote is then made anew. */
export const takeBack = (visit: Visit, line: string): Promise<void> =>
  change(visit.id, (now) => {
    const known = inSteps(now).has(line);
    const without = { ...now, lines: now.lines.filter((each) => each.id !== line) };
    return known ? add(without, { does: "removal", line }, ...(without.lines.length ? [{ does: "quote" } as const] : [])) : without;
  });

/** Have the lines priced, and the quote handed over to the resident. */
export const deliver = (visit: Visit, scale: string): Promise<void> =>
  change(visit.id, (now) => {
    const lines = unsent(now);
    const more: Deed[] = !has(now, "weighing") ? [{ does: "weighing", scale, lines }] : lines.length ? [{ does: "lines", lines }] : [];
    return { ...add(now, ...more, { does: "quote" }), said: null };
  });

export const answer = (visit: Visit, deed: Extract<Deed, { does: "confirmation" | "return" }>): Promise<void> =>
  change(visit.id, (now) => ({ ...add(now, deed), said: null }));

/** Note that the server did a step. */
export const done = (visit: Visit, key: string, sheet?: Sheet): Promise<void> =>
  change(visit.id, (now) => ({ ...now, sheet: sheet ?? now.sheet, steps: now.steps.map((each) => (each.key === key ? { ...each, done: true } : each)) }));

export const see = (visit: Visit, sheet: Sheet): Promise<void> => change(visit.id, (now) => ({ ...now, sheet }));

/** Note that an answer was refused: it is dropped, and another may be given. */
export const unanswered = (visit: Visit, key: string, said: ProblemOut): Promise<void> =>
  change(visit.id, (now) => ({ ...now, said, steps: now.steps.filter((each) => each.key !== key) }));

export const troubled = (visit: Visit, trouble: ProblemOut): Promise<void> => change(visit.id, (now) => ({ ...now, trouble }));

/** Go back to before what was refused: nothing of it happened, and its lines can be weighed anew. */
export const goBack = (visit: Visit): Promise<void> => change(visit.id, (now) => ({ ...now, trouble: null, steps: now.steps.filter((each) => each.done) }));

/** Take a visit off this phone. */
export async function putAway(visit: Visit): Promise<void> {
  await dropVisit(visit.id);
  await recall();
}
