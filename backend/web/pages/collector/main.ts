import { createApp } from "vue";
import "@/look/tokens.css";
import "@/look/base.css";
import { useSession } from "@/kit/session";
import { useCatalogue } from "@/kit/words";
import App from "./App.vue";
import { install } from "./install";
import { remember } from "./me";
import { router } from "./routes";
import { begin } from "./sync";
import { recall } from "./visits";

useSession("collector");
await Promise.all([
  useCatalogue({ "zh-CN": () => import("./words/zh-CN.json"), en: () => import("./words/en.json") }),
  remember(),
  recall(),
]);
createApp(App).use(router).mount("#page");
begin();
install();
