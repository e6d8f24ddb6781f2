// What a finger slipped on is done a few seconds later, and until then can be taken back.
import { shallowRef } from "vue";

export const UNDO_SECONDS = 6;

export interface Pending {
  says: string;
  undo: () => void;
  go: () => void;
}

export const pending = shallowRef<Pending>();

/** Say what will be done, and do it unless it is taken back; the next slip, or leaving the page, does it at once. */
export function soon(says: string, act: () => unknown): Promise<boolean> {
  pending.value?.go();
  return new Promise((resolve) => {
    const go = () => finish(true);
    const timer = setTimeout(go, UNDO_SECONDS * 1000);
    function finish(isMeant: boolean): void {
      clearTimeout(timer);
      removeEventListener("pagehide", go);
      pending.value = undefined;
      if (isMeant) void act();
      resolve(isMeant);
    }
    pending.value = { says, undo: () => finish(false), go };
    addEventListener("pagehide", go);
  });
}
