import { createRouter, createWebHistory } from "vue-router";
import { conduct } from "@/kit/pages";
import Day from "./views/Day.vue";
import { t } from "./words";

export const router = conduct(
  createRouter({
    history: createWebHistory("/collector/"),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: "/", component: Day, meta: { title: () => t("day.title") } },
      { path: "/sign-in", component: () => import("./views/SignIn.vue"), meta: { open: true, title: () => t("sign-in.title") } },
      { path: "/stops/:id", component: () => import("./views/Stop.vue"), meta: { title: () => t("stop.title") } },
      { path: "/stops/:id/scale", component: () => import("./views/Weigh.vue"), meta: { title: () => t("weigh.title") } },
      { path: "/tickets", component: () => import("./views/Tickets.vue"), meta: { title: () => t("tickets.title") } },
      { path: "/me", component: () => import("./views/Me.vue"), meta: { title: () => t("me.title") } },
      { path: "/:rest(.*)*", redirect: "/" },
    ],
  }),
);
