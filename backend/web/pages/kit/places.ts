// Places on a map of our own. The server has them on WGS 84 in whole microdegrees, and nothing here converts them.
import type { PositionIn, PositionOut } from "@/api";
import { language, t } from "./words";

/** Something on the map: what its pin shows, and what it says to whoever cannot see it. */
export interface Pin {
  id: string;
  at: PositionOut;
  mark: string;
  says: string;
  look?: "next" | "over" | "shop" | "draft";
}

const MICRO = 1_000_000;
const written = (microdegrees: number): string => new Intl.NumberFormat(language.value, { minimumFractionDigits: 5, maximumFractionDigits: 6 }).format(microdegrees / MICRO);

export const degreesOf = ({ latitude_microdegrees, longitude_microdegrees }: PositionOut): [number, number] => [latitude_microdegrees / MICRO, longitude_microdegrees / MICRO];

/** A point of a map, as it is sent. */
export const positionOf = (latitude: number, longitude: number): PositionIn => ({ latitude_microdegrees: Math.round(latitude * MICRO), longitude_microdegrees: Math.round(longitude * MICRO), datum: "wgs84" });

export const saysWhere = (at: PositionOut): string => t("map.at", { latitude: written(at.latitude_microdegrees), longitude: written(at.longitude_microdegrees) });

/** Two pins of one place would hide each other. */
export const isSamePlace = (one: PositionOut, other: PositionOut): boolean =>
  one.latitude_microdegrees === other.latitude_microdegrees && one.longitude_microdegrees === other.longitude_microdegrees;
