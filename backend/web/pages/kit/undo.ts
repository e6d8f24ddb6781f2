// What a finger slipped on is done a few seconds later, and until then can be taken back.
import { shallowRef } from "vue";

export const UNDO_SECONDS = 6;

export interface Pending {
  says: string;
  undo: () => void;
}

export const pending = shallowRef<Pending>();

/** Say what will be done, and do it unless it is taken back; leaving the page does it at once. */
export function soon(says: string, act: () => unknown): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(true), UNDO_SECONDS * 1000);
    const leave = () => finish(true);
    function finish(go: boolean): void {
      clearTimeout(timer);
      removeEventListener("pagehide", leave);
      if (pending.value === mine) pending.value = undefined;
      if (go) void act();
      resolve(go);
    }
    const mine: Pending = { says, undo: () => finish(false) };
    pending.value = mine;
    addEventListener("pagehide", leave);
  });
}
