import { createApp } from "vue";
import "@/look/tokens.css";
import "@/look/base.css";
import { useSession } from "@/kit/session";
import { useCatalogue } from "@/kit/words";
import App from "./App.vue";
import { router } from "./routes";

useSession("till");
await useCatalogue({ "zh-CN": () => import("./words/zh-CN.json"), en: () => import("./words/en.json") });
createApp(App).use(router).mount("#page");
