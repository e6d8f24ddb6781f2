// What the router of every entry does alike.
import { nextTick, watch } from "vue";
import type { Router } from "vue-router";
import { isSignedIn, lapsed } from "./session";
import { language, t } from "./words";

declare module "vue-router" {
  interface RouteMeta {
    /** The name of the page, in the title of the window. */
    title?: () => string;
    /** Whether anybody may see it. */
    open?: boolean;
  }
}

/** Ask who is not signed in to do so, keep the title true, and lead the reader of a screen to the new page. */
export function conduct(router: Router): Router {
  router.beforeEach((to) => (to.meta.open || isSignedIn() ? true : { path: "/sign-in", query: { to: to.fullPath } }));
  const entitle = () => {
    const title = router.currentRoute.value.meta.title;
    document.title = title ? `${title()} · ${t("app.name")}` : t("app.name");
  };
  watch(language, entitle);
  router.afterEach(async (to, from) => {
    entitle();
    await nextTick(); // what was kept while the session was over is back in its place
    if (!to.meta.open && isSignedIn()) lapsed.value = false;
    if (from.matched.length) document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  });
  return router;
}
