// What colleagues are called, also those who have left; asked once a district, and only by who may.
import { ref, watch } from "vue";
import { staffingListColleagues } from "@/api";
import { ask } from "@/kit/client";
import { everyPage } from "@/kit/doing";
import { here, may } from "./me";

/** Names by id; who is not among them is shown by their id. */
export const callsOf = ref(new Map<string, string | null>());

// What is read is not what is watched: an answer that fails is not asked for again until the district changes.
watch(
  () => (may("colleague:read") ? here.value : ""),
  async (district) => {
    callsOf.value = new Map();
    const names = district ? await namesHere().catch(() => undefined) : undefined;
    if (names && district === here.value) callsOf.value = names;
  },
  { immediate: true },
);

async function namesHere(): Promise<Map<string, string | null>> {
  const all = await everyPage((cursor) => ask(staffingListColleagues({ query: { at_work: "ever", cursor, limit: 100 } })));
  return new Map(all.map((each) => [each.id, each.name]));
}
