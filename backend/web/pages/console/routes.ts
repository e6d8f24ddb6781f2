import { createRouter, createWebHistory } from "vue-router";
import { conduct } from "@/kit/pages";
import Today from "./views/Today.vue";
import { t } from "./words";

export const router = conduct(
  createRouter({
    history: createWebHistory("/console/"),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: "/", component: Today, meta: { title: () => t("today.title") } },
      { path: "/sign-in", component: () => import("./views/SignIn.vue"), meta: { open: true, title: () => t("do.sign-in") } },
      { path: "/prices", component: () => import("./views/Prices.vue"), meta: { title: () => t("prices.title") } },
      { path: "/prices/:number(\\d+)", component: () => import("./views/Version.vue"), meta: { title: () => t("version.title") } },
      { path: "/materials", component: () => import("./views/Materials.vue"), meta: { title: () => t("materials.title") } },
      { path: "/drafts/:id", component: () => import("./views/Draft.vue"), meta: { title: () => t("draft.title") } },
      { path: "/simulations", component: () => import("./views/Simulations.vue"), meta: { title: () => t("simulations.title") } },
      { path: "/simulations/:id", component: () => import("./views/Simulation.vue"), meta: { title: () => t("simulation.title") } },
      { path: "/factors", component: () => import("./views/Factors.vue"), meta: { title: () => t("factors.title") } },
      { path: "/factors/:id", component: () => import("./views/FactorSet.vue"), meta: { title: () => t("factors.set") } },
      { path: "/factor-drafts/:id", component: () => import("./views/FactorDraft.vue"), meta: { title: () => t("factor-draft.title") } },
      { path: "/factor-runs/:id", component: () => import("./views/FactorRun.vue"), meta: { title: () => t("run.title") } },
      { path: "/budgets", component: () => import("./views/Budgets.vue"), meta: { title: () => t("budgets.title") } },
      { path: "/budgets/:programme/:period", component: () => import("./views/Budget.vue"), meta: { title: () => t("budget.title") } },
      { path: "/settlement", component: () => import("./views/Sheets.vue"), meta: { title: () => t("sheets.title") } },
      { path: "/settlement/:id", component: () => import("./views/Sheet.vue"), meta: { title: () => t("sheet.title") } },
      { path: "/evidence", component: () => import("./views/Evidence.vue"), meta: { title: () => t("evidence.title") } },
      { path: "/scales", component: () => import("./views/Scales.vue"), meta: { title: () => t("scales.title") } },
      { path: "/scales/:id", component: () => import("./views/Scale.vue"), meta: { title: () => t("scale.title") } },
      { path: "/places", component: () => import("./views/Places.vue"), meta: { title: () => t("places.title") } },
      { path: "/log", component: () => import("./views/Log.vue"), meta: { title: () => t("log.title") } },
      { path: "/people", component: () => import("./views/People.vue"), meta: { title: () => t("people.title") } },
      { path: "/service", component: () => import("./views/Service.vue"), meta: { title: () => t("service.title") } },
      { path: "/jobs", component: () => import("./views/Jobs.vue"), meta: { title: () => t("jobs.title") } },
      { path: "/trail", component: () => import("./views/Trail.vue"), meta: { title: () => t("trail.title") } },
      { path: "/webhooks", component: () => import("./views/Webhooks.vue"), meta: { title: () => t("webhooks.title") } },
      { path: "/webhooks/:id", component: () => import("./views/Webhook.vue"), meta: { title: () => t("webhook.title") } },
      { path: "/inbox", component: () => import("./views/Inbox.vue"), meta: { title: () => t("inbox.title") } },
      { path: "/me", component: () => import("./views/Me.vue"), meta: { title: () => t("me.title") } },
      { path: "/:rest(.*)*", component: () => import("./views/NotFound.vue"), meta: { open: true, title: () => t("not-found.title") } },
    ],
  }),
);
