// What makes an app of the page: a manifest in the language that is chosen, and a worker that serves it without a network.
import { watchEffect } from "vue";
import { language } from "@/kit/words";

export function install(): void {
  const link = document.createElement("link");
  link.rel = "manifest";
  watchEffect(() => (link.href = `/assets/pages/collector/manifest.${language.value}.json`));
  document.head.append(link);
  void navigator.serviceWorker?.register("/collector/worker.js", { scope: "/collector/" });
  void navigator.storage?.persist?.();
}
