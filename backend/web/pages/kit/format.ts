// How grams, points, money and moments are written: here and nowhere else.
import { language, t } from "./words";

const ZONE = "Asia/Shanghai";

const number = (digits: number, least = 0) =>
  new Intl.NumberFormat(language.value, { minimumFractionDigits: least, maximumFractionDigits: digits });

export const count = (n: number): string => number(0).format(n);

/** 5200 → "5.2 kg"; what is lighter than a kilogram stays in grams. */
export function grams(n: number): string {
  if (Math.abs(n) < 1000) return t("unit.grams", { n: count(n) });
  if (Math.abs(n) < 1_000_000) return t("unit.kilograms", { n: number(2).format(n / 1000) });
  return t("unit.tonnes", { n: number(2).format(n / 1_000_000) });
}

/** Carbon is grams of what warms as much as CO₂ does. */
export const co2e = (n: number): string => t("unit.co2e", { mass: grams(n) });

export const points = (n: number): string => t("unit.points", { n: count(n) });

/** With its sign, as a line of a statement has it; the minus is a real one. */
export const signed = (n: number): string => (n > 0 ? `+${count(n)}` : count(n).replace("-", "−"));

export const yuan = (fen: number): string =>
  new Intl.NumberFormat(language.value, { style: "currency", currency: "CNY", currencyDisplay: "narrowSymbol" }).format(fen / 100).replace("-", "−");

/** "glass, paper and foam", in the language that is chosen. */
export const listed = (names: string[]): string => new Intl.ListFormat(language.value).format(names);

/** A rate as the catalogue writes it, "80" fen per kg → "¥0.80". */
export const rate = (fen: string): string => `¥${number(4, 2).format(Number(fen) / 100)}`;

/** What a kilogram saves, without the zeros at the end of the figure. */
export const factor = (kilograms: string): string => number(6).format(Number(kilograms));

export type When = "day" | "date" | "time" | "stamp" | "moment" | "month";
const PARTS: Record<When, Intl.DateTimeFormatOptions> = {
  day: { month: "short", day: "numeric", weekday: "short" },
  date: { year: "numeric", month: "short", day: "numeric" },
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  stamp: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  moment: { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  month: { year: "numeric", month: "short" },
};

/** A day of another year says so instead of its weekday; in English the day goes first, as in the API's sentences. */
export function when(at: string | number | Date, as: When = "moment"): string {
  const moment = new Date(at);
  const isFar = as === "day" && dayOf(moment).slice(0, 4) !== dayOf(new Date()).slice(0, 4);
  const parts = isFar ? { ...PARTS.day, weekday: undefined, year: "numeric" as const } : PARTS[as];
  return new Intl.DateTimeFormat(language.value === "en" ? "en-GB" : language.value, { ...parts, timeZone: ZONE }).format(moment);
}

/** The last day before an end, which is a midnight of the city: people are told days, not midnights. */
export const lastDay = (end: string, as: When = "day"): string => when(Date.parse(end) - 1, as);

/** "2026-11" as a month. */
export const monthOf = (month: string): string => when(`${month}-01T00:00+08:00`, "month");

/** The day in the city, 2026-11-16. */
export const dayOf = (at: Date): string => new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE }).format(at);

/** The day that is some days after another, or before it. */
export const dayBeside = (day: string, days: number): string => dayOf(new Date(Date.parse(day) + days * 86_400_000));

/** "Today", "Tomorrow" or the day, and from when to when; the two times stay together. */
export function windowOf(start: string, end: string): string {
  const from = new Date(start);
  const today = dayOf(new Date());
  const tomorrow = dayOf(new Date(Date.now() + 86_400_000));
  const day = dayOf(from) === today ? t("day.today") : dayOf(from) === tomorrow ? t("day.tomorrow") : when(from, "day");
  return `${day} ${when(from, "time")}–\u2060${when(end, "time")}`;
}

/** How long until then, in minutes or hours; nothing once it has passed. */
export function until(at: string, now: number): string {
  const minutes = Math.ceil((Date.parse(at) - now) / 60_000);
  if (minutes <= 0) return "";
  if (minutes < 120) return t("unit.minutes", { n: minutes });
  return minutes < 2880 ? t("unit.hours", { n: Math.round(minutes / 60) }) : t("unit.days", { n: Math.round(minutes / 1440) });
}
