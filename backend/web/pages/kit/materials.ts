// What materials are called.
import { catalogueListMaterials } from "@/api";
import { ask } from "./client";
import { everyPage, useReading } from "./doing";
import { nameOf } from "./words";

/** Read all materials once; one that is not known is called by its key. */
export function useMaterials() {
  const all = useReading(() => everyPage((cursor) => ask(catalogueListMaterials({ query: { cursor, limit: 100 } }))));
  const calls = (key: string): string => {
    const found = all.data.value?.find((each) => each.key === key);
    return found ? nameOf(found) : key;
  };
  return { all, calls };
}
