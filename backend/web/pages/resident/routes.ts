import { createRouter, createWebHistory } from "vue-router";
import { conduct } from "@/kit/pages";
import Home from "./views/Home.vue";
import { t } from "./words";

export const router = conduct(
  createRouter({
    history: createWebHistory("/app/"),
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
    routes: [
      { path: "/", component: Home, meta: { title: () => t("home.title") } },
      { path: "/sign-in", component: () => import("./views/SignIn.vue"), meta: { open: true, title: () => t("sign-in.title") } },
      { path: "/set-up", component: () => import("./views/SetUp.vue"), meta: { title: () => t("set-up.title") } },
      { path: "/:rest(.*)*", component: () => import("./views/NotFound.vue"), meta: { open: true, title: () => t("not-found.title") } },
    ],
  }),
);
