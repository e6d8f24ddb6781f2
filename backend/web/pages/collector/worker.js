// Serves the collector's pages without a network: all files of one build, or all of the next.
// The build writes down below what the pages are made of.
const FILES = [];
const NAME = `collector-${FILES.join().split("").reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7)}`;
const HOME = "/collector/";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([new Request(HOME, { cache: "reload" }), ...FILES])));
});

self.addEventListener("activate", (event) => {
  const drop = (names) => Promise.all(names.filter((name) => name.startsWith("collector-") && name !== NAME).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(drop).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate") event.respondWith(kept(HOME, event.request));
  else if (FILES.includes(pathname)) event.respondWith(kept(pathname, event.request));
});

async function kept(path, request) {
  return (await (await caches.open(NAME)).match(path)) ?? fetch(request);
}
