// What colleagues are called, also those who have left; asked once a district, and only by who may.
import { ref, watch } from "vue";
import { staffingListColleagues } from "@/api";
import { ask } from "@/kit/client";
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
  const names = new Map<string, string | null>();
  let cursor: string | undefined;
  do {
    const page = await ask(staffingListColleagues({ query: { at_work: "ever", cursor, limit: 100 } }));
    for (const each of page.items) names.set(each.id, each.name);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return names;
}
