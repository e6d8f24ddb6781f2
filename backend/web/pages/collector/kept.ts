// Reading for whoever may be without a network: first what this phone has kept, then what is new, and again whenever
// the network comes back.
import { ref, shallowRef, watch, type Ref } from "vue";
import { Unreachable } from "@/kit/client";
import type { Reading } from "@/kit/doing";
import { online } from "@/kit/online";
import { copyOf, keepCopy } from "./store";

export interface KeptReading<T> extends Reading<T> {
  /** When what is shown was read. */
  at: Ref<number>;
}

export function useKept<T>(name: string, read: () => Promise<T>): KeptReading<T> {
  const data = shallowRef<T>();
  const failure = shallowRef<unknown>();
  const loading = ref(false);
  const at = ref(0);
  let newest = 0;
  async function reload(): Promise<void> {
    const mine = ++newest;
    loading.value = true;
    if (data.value === undefined) await recall();
    try {
      const found = await read();
      if (mine !== newest) return;
      [data.value, at.value, failure.value] = [found, Date.now(), undefined];
      await keepCopy(name, found);
    } catch (error) {
      if (mine === newest) failure.value = error instanceof Unreachable && data.value !== undefined ? undefined : error;
    } finally {
      if (mine === newest) loading.value = false;
    }
  }
  async function recall(): Promise<void> {
    const copy = await copyOf(name);
    if (copy && data.value === undefined) [data.value, at.value] = [copy.data as T, copy.at];
  }
  void reload();
  watch(online, (now) => now && void reload());
  return { data, failure, loading, at, reload };
}
