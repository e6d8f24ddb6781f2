// What makes an app of the page: a manifest in the language that is chosen, a worker that serves it without a network, and
// a place on the home screen.
import { computed, ref, shallowRef, watchEffect } from "vue";
import { language } from "@/kit/words";

/** What a browser sends once it would install the page; it can be taken up once. */
interface Offer extends Event {
  prompt(): Promise<unknown>;
}

const offer = shallowRef<Offer>();
const isNew = ref(false);
const isInstalled = matchMedia("(display-mode: standalone)").matches;
// Apple's browsers offer nothing: whoever holds the phone has to do it. They alone have this property.
const isByHand = "standalone" in navigator;

/** How the app comes onto this phone, or that it just has; nothing where it is opened from there, or cannot come. */
export const installing = computed(() => {
  if (isInstalled) return undefined;
  if (isNew.value) return "done";
  return offer.value ? "offered" : isByHand ? "by-hand" : undefined;
});

export function takeUp(): void {
  void offer.value?.prompt();
  offer.value = undefined;
}

export function install(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer.value = event as Offer;
  });
  addEventListener("appinstalled", () => (isNew.value = true));
  const link = document.createElement("link");
  link.rel = "manifest";
  watchEffect(() => (link.href = `/assets/pages/collector/manifest.${language.value}.json`));
  document.head.append(link);
  void navigator.serviceWorker?.register("/collector/worker.js", { scope: "/collector/" });
  void navigator.storage?.persist?.();
}
