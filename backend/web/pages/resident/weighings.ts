import { weighingsListWeighings, weighingsShow, type QuoteOut } from "@/api";
import { ask } from "@/kit/client";

/** Find the newest weighing of a pickup, if the scale was used. */
export async function weighingOf(pickup: string): Promise<QuoteOut | null> {
  const { items } = await ask(weighingsListWeighings({ query: { limit: 20 } }));
  const found = items.find((each) => each.pickup_id === pickup);
  return found ? ask(weighingsShow({ path: { weighing_id: found.id } })) : null;
}
