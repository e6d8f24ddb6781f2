import { createRouter, createWebHistory } from "vue-router";
import { conduct } from "@/kit/pages";
import { t } from "./words";
import Till from "./views/Till.vue";

export const router = conduct(
  createRouter({
    history: createWebHistory("/till/"),
    routes: [
      { path: "/", component: Till, meta: { title: () => t("till.title") } },
      { path: "/sign-in", component: () => import("./views/SignIn.vue"), meta: { open: true, title: () => t("sign-in.title") } },
      { path: "/takings", component: () => import("./views/Takings.vue"), meta: { title: () => t("takings.title") } },
      { path: "/me", component: () => import("./views/Me.vue"), meta: { title: () => t("me.title") } },
      { path: "/:rest(.*)*", redirect: "/" },
    ],
  }),
);
