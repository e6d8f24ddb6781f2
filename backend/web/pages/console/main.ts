import "./session";
import { createApp } from "vue";
import "element-plus/theme-chalk/base.css";
import "@/look/tokens.css";
import "@/look/base.css";
import "@/look/element.css";
import "./console.css";
import { useCatalogue } from "@/kit/words";
import App from "./App.vue";
import { router } from "./routes";

await useCatalogue({ "zh-CN": () => import("./words/zh-CN.json"), en: () => import("./words/en.json") });
createApp(App).use(router).mount("#page");
