import { ref } from "vue";

const KEPT = "lv.mode";

/** Larger letters, larger targets and plainer words, for whoever likes that. */
export const isElder = ref(localStorage.getItem(KEPT) === "elder");

export function setElder(chosen: boolean): void {
  isElder.value = chosen;
  localStorage.setItem(KEPT, chosen ? "elder" : "");
  document.documentElement.dataset.mode = chosen ? "elder" : "";
}

setElder(isElder.value);
