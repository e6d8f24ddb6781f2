import { createApp } from "vue";
import "@/look/tokens.css";
import "@/look/base.css";
import "@/kit/mode";
import { useCatalogue } from "@/kit/words";
import Landing from "./Landing.vue";

await useCatalogue({ "zh-CN": () => import("./words/zh-CN.json"), en: () => import("./words/en.json") });
createApp(Landing).mount("#page");
