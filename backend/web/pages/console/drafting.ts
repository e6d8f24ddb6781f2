// The two kinds of drafts that a second person decides on: a district's rates, and the city's factors.
import {
  carbonApproveDraft,
  carbonPublishDraft,
  carbonRejectDraft,
  carbonSubmitDraft,
  carbonWithdrawDraft,
  catalogueApproveDraft,
  cataloguePublishDraft,
  catalogueRejectDraft,
  catalogueSubmitDraft,
  catalogueWithdrawDraft,
  factorRunsListRuns,
  factorRunsShowRun,
  factorRunsSimulate,
  simulationsAsk,
  simulationsListSimulations,
  simulationsShow,
  type DraftOut,
  type FactorRunOut,
  type SimulationOut,
} from "@/api";
import { ask } from "@/kit/client";
import type { Scope } from "./may";
import type { Key } from "./words";

/** What is common to both: how far it has come, and who had a hand in it. */
export type Drafted = Pick<
  DraftOut,
  | ("id" | "title" | "state" | "reason" | "authors" | "drafted_by" | "approved_by" | "simulation" | "is_simulated")
  | `${"drafted" | "simulated" | "submitted" | "approved" | "published"}_at`
>;

/** How a kind of drafts is tried over past days. */
export interface Trials<Run> {
  recent: () => Promise<{ id: string; draft: string | null }[]>;
  show: (id: string) => Promise<Run>;
  ask: (key: string, body: { draft: string; since: string; until: string }) => Promise<unknown>;
}

export interface Publication {
  /** From when it is in force; now, if left out. */
  from?: string;
  supersede?: boolean;
}

export type Step = "submit" | "approve" | "reject" | "withdraw" | "publish";
interface Stepping {
  id: string;
  headers: { "Idempotency-Key": string; "If-Match": string };
  reason: string;
  publication: Publication;
}

export interface Kind {
  scopes: Record<"draft" | "approve" | "publish", Scope>;
  does: Record<Step, (step: Stepping) => Promise<unknown>>;
  publish: { title: Key; says: Key };
}

const ofRates = ({ id, headers }: Stepping) => ({ path: { draft_id: id }, headers });
const ofFactors = ({ id, headers }: Stepping) => ({ path: { factor_draft_id: id }, headers });

export const RATES: Kind = {
  scopes: { draft: "price_list:draft", approve: "price_list:approve", publish: "price_list:publish" },
  does: {
    submit: (step) => ask(catalogueSubmitDraft(ofRates(step))),
    approve: (step) => ask(catalogueApproveDraft(ofRates(step))),
    reject: (step) => ask(catalogueRejectDraft({ ...ofRates(step), body: { reason: step.reason } })),
    withdraw: (step) => ask(catalogueWithdrawDraft({ ...ofRates(step), body: { reason: step.reason } })),
    publish: (step) => ask(cataloguePublishDraft({ ...ofRates(step), body: { effective_at: step.publication.from, supersede: step.publication.supersede } })),
  },
  publish: { title: "publish.title", says: "publish.says" },
};

export const FACTORS: Kind = {
  scopes: { draft: "factor_set:draft", approve: "factor_set:approve", publish: "factor_set:publish" },
  does: {
    submit: (step) => ask(carbonSubmitDraft(ofFactors(step))),
    approve: (step) => ask(carbonApproveDraft(ofFactors(step))),
    reject: (step) => ask(carbonRejectDraft({ ...ofFactors(step), body: { reason: step.reason } })),
    withdraw: (step) => ask(carbonWithdrawDraft({ ...ofFactors(step), body: { reason: step.reason } })),
    publish: (step) => ask(carbonPublishDraft({ ...ofFactors(step), body: { valid_from: step.publication.from, supersede: step.publication.supersede } })),
  },
  publish: { title: "publish.factors-title", says: "publish.factors-says" },
};

export const TRIALS_OF_RATES: Trials<SimulationOut> = {
  recent: async () => (await ask(simulationsListSimulations({ query: { limit: 20 } }))).items,
  show: (id) => ask(simulationsShow({ path: { simulation_id: id } })),
  ask: (key, body) => ask(simulationsAsk({ headers: { "Idempotency-Key": key }, body })),
};

export const TRIALS_OF_FACTORS: Trials<FactorRunOut> = {
  recent: async () => (await ask(factorRunsListRuns({ query: { limit: 20 } }))).items,
  show: (id) => ask(factorRunsShowRun({ path: { factor_run_id: id } })),
  ask: (key, body) => ask(factorRunsSimulate({ headers: { "Idempotency-Key": key }, body })),
};
