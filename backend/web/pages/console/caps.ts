// What happens at a programme's cap, as it is typed and as it is sent.
import type { CapIn } from "@/api";
import { fenOf } from "./amounts";

export interface Cap {
  rule: CapIn["cap_rule"];
  below: string;
  percent: string;
}

export const RULES = ["stop", "taper", "queue"] as const;

export const asSent = (cap: Cap) =>
  cap.rule === "taper"
    ? { cap_rule: cap.rule, taper_below_fen: Number(fenOf(cap.below)), taper_percent: Number(cap.percent) }
    : { cap_rule: cap.rule };
