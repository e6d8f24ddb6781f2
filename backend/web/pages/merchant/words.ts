import { translator } from "@/kit/words";
import type own from "./words/zh-CN.json";

export const t = translator<keyof typeof own>();
