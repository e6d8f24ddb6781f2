import type { BookingOut } from "@/api";

export type State = BookingOut["state"];

/** The way of a pickup that goes well. */
export const WAY: readonly State[] = ["requested", "assigned", "accepted", "arrived", "weighed", "completed"];
const OPEN: ReadonlySet<State> = new Set(WAY.slice(0, -1));

export const isOpen = (state: State): boolean => OPEN.has(state);
export const canCancel = (state: State): boolean => isOpen(state) && state !== "weighed";
