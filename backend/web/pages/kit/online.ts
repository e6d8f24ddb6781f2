import { ref } from "vue";

/** Whether the browser has a network; what it says when it has one is only a hope. */
export const online = ref(navigator.onLine);

addEventListener("online", () => (online.value = true));
addEventListener("offline", () => (online.value = false));

/** Whoever has no answer by then takes the network for lost. */
export const patience = (): AbortSignal => AbortSignal.timeout(60_000);
