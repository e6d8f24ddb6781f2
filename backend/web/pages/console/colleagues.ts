// What colleagues are called, asked once a district, and only by who may.
import { computed, ref, watchEffect } from "vue";
import { staffingListColleagues, type ColleagueOut } from "@/api";
import { ask } from "@/kit/client";
import { here, may } from "./me";

const found = ref<{ district: string; people: ColleagueOut[] }>({ district: "", people: [] });

export const callsOf = computed(() => new Map(found.value.people.map((each) => [each.id, each.name])));

watchEffect(async () => {
  const district = here.value;
  if (!may("colleague:read") || found.value.district === district) return;
  found.value = { district, people: [] };
  try {
    found.value = { district, people: (await ask(staffingListColleagues({ query: { limit: 100 } }))).items };
  } catch {
    found.value = { district: "", people: [] }; // an id is shown instead of a name
  }
});
