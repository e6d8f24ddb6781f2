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
      { path: "/book", component: () => import("./views/Book.vue"), meta: { title: () => t("book.title") } },
      { path: "/pickups", component: () => import("./views/Pickups.vue"), meta: { title: () => t("pickups.title") } },
      { path: "/pickups/:id", component: () => import("./views/Pickup.vue"), meta: { title: () => t("pickup.title") } },
      { path: "/prices", component: () => import("./views/Prices.vue"), meta: { title: () => t("prices.title") } },
      { path: "/outlets", component: () => import("./views/Outlets.vue"), meta: { title: () => t("outlets.title") } },
      { path: "/search", component: () => import("./views/Search.vue"), meta: { title: () => t("search.title") } },
      { path: "/guide", component: () => import("./views/Guide.vue"), meta: { title: () => t("guide.title") } },
      { path: "/receipts/:id", component: () => import("./views/Receipt.vue"), meta: { title: () => t("receipt.title") } },
      { path: "/account", component: () => import("./views/Account.vue"), meta: { title: () => t("account.title") } },
      { path: "/factors", component: () => import("./views/Factors.vue"), meta: { title: () => t("factors.title") } },
      { path: "/entries/:id", component: () => import("./views/Entry.vue"), meta: { title: () => t("entry.title") } },
      { path: "/rewards", component: () => import("./views/Rewards.vue"), meta: { title: () => t("rewards.title") } },
      { path: "/redemptions", component: () => import("./views/Redemptions.vue"), meta: { title: () => t("redemptions.title") } },
      { path: "/redemptions/:id", component: () => import("./views/Redemption.vue"), meta: { title: () => t("redemption.title") } },
      { path: "/me", component: () => import("./views/Me.vue"), meta: { title: () => t("me.title") } },
      { path: "/household", component: () => import("./views/Household.vue"), meta: { title: () => t("household.title") } },
      { path: "/devices", component: () => import("./views/Devices.vue"), meta: { title: () => t("devices.title") } },
      { path: "/accesses", component: () => import("./views/Accesses.vue"), meta: { title: () => t("accesses.title") } },
      { path: "/terms", component: () => import("./views/Terms.vue"), meta: { title: () => t("terms.title") } },
      { path: "/inbox", component: () => import("./views/Inbox.vue"), meta: { title: () => t("inbox.title") } },
      { path: "/:rest(.*)*", component: () => import("./views/NotFound.vue"), meta: { open: true, title: () => t("not-found.title") } },
    ],
  }),
);
