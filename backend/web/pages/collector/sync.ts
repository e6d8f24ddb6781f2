// Tells the server what this phone has stored, step by step and in order, whenever there is a network.
import { ref } from "vue";
import {
  pickupsAccept,
  pickupsArrive,
  weighingsAddLines,
  weighingsConfirm,
  weighingsDeliverQuote,
  weighingsGiveBack,
  weighingsRecord,
  weighingsRemoveLine,
  weighingsShow,
  type QuoteOut,
} from "@/api";
import { ask, Refusal } from "@/kit/client";
import { isSignedIn } from "@/kit/session";
import { me } from "./me";
import { done, mine, recall, see, todo, troubled, unanswered, waiting, type Sheet, type Step, type Visit } from "./visits";

export const sending = ref(false);

const SOON = 1_000;
const LATE = 60_000;
let pause = SOON;
let timer: ReturnType<typeof setTimeout> | undefined;
let wanted = false;

/** Send what waits; asked again meanwhile, it goes round once more. */
export async function sync(): Promise<void> {
  wanted = true;
  if (sending.value) return;
  sending.value = true;
  clearTimeout(timer);
  try {
    while (wanted) {
      wanted = false;
      await exclusively(sendAll);
    }
  } finally {
    sending.value = false;
    if (waiting.value.some((visit) => !visit.trouble && todo(visit).length)) timer = setTimeout(() => void sync(), pause);
  }
}

/** Of all windows of this phone, one sends. */
function exclusively(work: () => Promise<void>): Promise<void> {
  return "locks" in navigator ? navigator.locks.request("lv.collector.sync", work) : work();
}

async function sendAll(): Promise<void> {
  await recall();
  if (!me.value || !isSignedIn()) return;
  const queue = mine.value.filter((visit) => !visit.trouble).reverse();
  for (const visit of queue) {
    if (!(await sendOne(visit))) return;
  }
  pause = SOON;
}

/** Send the steps of a visit, and say whether there is a use in sending the next visit's. */
async function sendOne(visit: Visit): Promise<boolean> {
  for (const step of todo(visit)) {
    try {
      const answer = await send(visit, step);
      await done(visit, step.key, answer && sheetOf(answer));
    } catch (error) {
      if (!(error instanceof Refusal) || error.status === 401 || error.status === 429) return later();
      if (!error.isFinal) return later(true);
      if (!(await refused(visit, step, error))) return true;
    }
  }
  return true;
}

function later(others = false): boolean {
  pause = Math.min(pause * 2, LATE) * (0.75 + Math.random() / 2);
  return others;
}

/** Take a refusal for what it means, and say whether the visit's next step may follow. */
async function refused(visit: Visit, step: Step, error: Refusal): Promise<boolean> {
  const isThereAlready = { acceptance: "pickup_step_not_allowed", arrival: "pickup_step_not_allowed", removal: "weighing_line_not_found" };
  if (step.does in isThereAlready && isThereAlready[step.does as keyof typeof isThereAlready] === error.code) {
    await done(visit, step.key);
    return true;
  }
  if (step.does === "confirmation" || step.does === "return") {
    await unanswered(visit, step.key, error.problem);
    await lookAt(visit).catch(() => undefined); // the ticket looks again
  } else await troubled(visit, error.problem);
  return false;
}

/** Read how a quote stands: the resident may have answered in the meantime. */
export async function lookAt(visit: Visit): Promise<void> {
  await see(visit, sheetOf(await ask(weighingsShow({ path: { weighing_id: visit.id } }))));
}

const sheetOf = ({ state, answer_by, ended_by, lines, totals }: Omit<QuoteOut, "confirmation_code">): Sheet => ({ state, answer_by, ended_by, lines, totals });

/** Tell the server of one step, under the key that was stored with it. */
async function send(visit: Visit, step: Step): Promise<Omit<QuoteOut, "confirmation_code"> | undefined> {
  const headers = { "Idempotency-Key": step.key };
  const pickup = { path: { pickup_id: visit.stop.id }, headers };
  const weighing = { path: { weighing_id: visit.id }, headers };
  switch (step.does) {
    case "acceptance":
      return void (await ask(pickupsAccept(pickup)));
    case "arrival":
      return void (await ask(pickupsArrive(pickup)));
    case "weighing":
      return ask(weighingsRecord({ headers, body: { id: visit.id, pickup_id: visit.stop.id, scale_id: step.scale, lines: step.lines } }));
    case "lines":
      return ask(weighingsAddLines({ ...weighing, body: { lines: step.lines } }));
    case "removal":
      return ask(weighingsRemoveLine({ path: { weighing_id: visit.id, line_id: step.line } }));
    case "quote":
      return ask(weighingsDeliverQuote(weighing));
    case "confirmation":
      return ask(weighingsConfirm({ ...weighing, body: { code: step.code, card: step.card } }));
    case "return":
      return ask(weighingsGiveBack({ ...weighing, body: { reason: step.reason } }));
  }
}

/** Send now, when the network comes back, and when the page is looked at again. */
export function begin(): void {
  const now = () => {
    pause = SOON;
    void sync();
  };
  addEventListener("online", now);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && now());
  now();
}
