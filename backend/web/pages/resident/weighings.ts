import { weighingsListWeighings, weighingsShow, type QuoteOut } from "@/api";
import { ask } from "@/kit/client";

/** Find the weighing of a pickup, if the scale was used. */
export async function weighingOf(pickup: string): Promise<QuoteOut | null> {
  const [found] = (await ask(weighingsListWeighings({ query: { pickup_id: pickup } }))).items;
  return found ? ask(weighingsShow({ path: { weighing_id: found.id } })) : null;
}
