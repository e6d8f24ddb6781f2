// How scales are shown: their state, their range to the gram, and how long a certificate still holds.
import type { ScaleOut } from "@/api";
import type { IconName } from "@/look/icons";
import { kilogramsOf, shifted } from "./amounts";
import { dayFrom } from "./city";
import { t } from "./words";

export type Standing = ScaleOut["standing"];

/** A colour and a picture for each state, beside its word. */
export const LOOKS: Record<Standing, { colour: string; icon: IconName }> = {
  in_use: { colour: "good", icon: "check" },
  expired: { colour: "bad", icon: "clock" },
  uncertified: { colour: "warm", icon: "sheet" },
  out_of_use: { colour: "bad", icon: "alert" },
  retired: { colour: "", icon: "out" },
};
export const STANDINGS = Object.keys(LOOKS) as Standing[];

/** A certificate that ends within so many days is spoken of. */
export const SOON_DAYS = 30;

export const rangeOf = (scale: Pick<ScaleOut, "min_grams" | "max_grams" | "interval_grams">): string =>
  t("scales.range", { least: kilogramsOf(scale.min_grams), most: kilogramsOf(scale.max_grams), step: scale.interval_grams });

/** How many days a certificate holds after today; a day is the city's. */
export const daysLeft = (until: string): number => Math.round((Date.parse(until) - Date.parse(dayFrom(0))) / 86_400_000);

/** Milligrams as grams, without a float. */
export const inGrams = (milligrams: number): string => shifted(String(milligrams), -3);
