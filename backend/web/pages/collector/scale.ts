import { ref } from "vue";
import type { ScaleOut } from "@/api";

const KEPT = "lv.scale";
const kept = ref(localStorage.getItem(KEPT) ?? "");

/** The scale on this vehicle: the one chosen on this phone, or else the first that may be used. */
export const chosenScale = (scales: ScaleOut[] | undefined): ScaleOut | undefined =>
  scales?.find((each) => each.id === kept.value) ?? scales?.find((each) => each.standing === "in_use");

export function chooseScale(id: string): void {
  kept.value = id;
  localStorage.setItem(KEPT, id);
}
