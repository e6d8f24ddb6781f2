// What this phone keeps, whatever becomes of the network or of the page: visits with all that is still to be sent,
// and the newest copy of what was read.
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Visit } from "./visits";

interface Shelf extends DBSchema {
  visits: { key: string; value: Visit };
  copies: { key: string; value: Copy };
}

export interface Copy {
  at: number;
  data: unknown;
}

let opened: Promise<IDBPDatabase<Shelf>> | undefined;

function shelf(): Promise<IDBPDatabase<Shelf>> {
  opened ??= openDB<Shelf>("lv-collector", 1, {
    upgrade(db) {
      db.createObjectStore("visits", { keyPath: "id" });
      db.createObjectStore("copies");
    },
  });
  return opened;
}

export const allVisits = async (): Promise<Visit[]> => (await shelf()).getAll("visits");

export const newVisit = async (visit: Visit): Promise<void> => {
  const change = (await shelf()).transaction("visits", "readwrite", { durability: "strict" });
  await Promise.all([change.store.add(visit), change.done]);
};

/** Change a visit as it is kept now, which another window may have changed since it was read. */
export async function changeVisit(id: string, how: (visit: Visit) => Visit): Promise<void> {
  const change = (await shelf()).transaction("visits", "readwrite", { durability: "strict" });
  const found = await change.store.get(id);
  if (found) await change.store.put(how(found));
  await change.done;
}

export const dropVisit = async (id: string): Promise<void> => (await shelf()).delete("visits", id);

export const copyOf = async (name: string): Promise<Copy | undefined> => (await shelf()).get("copies", name);

export const keepCopy = async (name: string, data: unknown): Promise<void> => {
  await (await shelf()).put("copies", { at: Date.now(), data }, name);
};

/** Forget what was read: the next one who takes the phone reads for themselves. */
export const dropCopies = async (): Promise<void> => (await shelf()).clear("copies");
