// The city's days, for fields that know no zone.
const ZONE = "+08:00";
const day = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" });

/** The day of the city, so many days from now, as a field of a date has it. */
export const dayFrom = (days: number): string => day.format(Date.now() + days * 86_400_000);

/** The beginning of a day of the city. */
export const beginningOf = (date: string): string => `${date}T00:00:00${ZONE}`;

/** What was typed into a field of date and time, on the city's clocks. */
export const momentOf = (typed: string): string => `${typed}:00${ZONE}`;

/** The day after a day. */
export const dayAfter = (date: string): string => day.format(Date.parse(beginningOf(date)) + 86_400_000);

export const monthFrom = (months: number): string => {
  const [year, month] = dayFrom(0).split("-").map(Number);
  return new Date(Date.UTC(year!, month! - 1 + months, 1)).toISOString().slice(0, 7);
};
