// What a collector reads, each kept on the phone.
import { computed } from "vue";
import { useRoute } from "vue-router";
import { catalogueShowPriceList, networkListScales, pickupsDay, type StopOut } from "@/api";
import { ask } from "@/kit/client";
import { dayOf } from "@/kit/format";
import { useKept } from "./kept";
import { me } from "./me";
import { standing, visitAt } from "./visits";

export const today = (): string => dayOf(new Date());
export const useDay = (date: string) => useKept(`day ${date}`, () => ask(pickupsDay({ query: { date } })));
export const useScales = () => useKept("scales", async () => (await ask(networkListScales({ query: { limit: 100 } }))).items.filter((each) => each.standing !== "retired"));
export const usePrices = () => useKept("prices", () => ask(catalogueShowPriceList({ path: { district: me.value!.district! } })));

const ENDED = new Set(["confirmed", "returned", "over"]);

/** Whether nothing is left to do there. */
export const isOver = (stop: StopOut): boolean => ENDED.has(standing(visitAt(stop.id), stop));

/** The address of a stop's page; a stop of another day says which. */
export const linkTo = (stop: StopOut, rest = ""): string => {
  const date = dayOf(new Date(stop.window_start));
  return `/stops/${stop.id}${rest}${date === today() ? "" : `?date=${date}`}`;
};

/** The stop of the page's address: as its day's list has it, or as its visit has kept it. */
export function useStop() {
  const { params, query } = useRoute();
  const id = String(params.id);
  const day = useDay(String(query.date ?? today()));
  const visit = computed(() => visitAt(id));
  const stop = computed(() => day.data.value?.stops.find((each) => each.id === id) ?? visit.value?.stop);
  const how = computed(() => stop.value && standing(visit.value, stop.value));
  return { id, day, visit, stop, how };
}
