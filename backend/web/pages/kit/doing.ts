// Reading and doing, with what a page shows meanwhile.
import { getCurrentInstance, onActivated, onDeactivated, onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";
import { newKey, Refusal } from "./client";

export interface Reading<T> {
  data: ShallowRef<T | undefined>;
  failure: ShallowRef<unknown>;
  loading: Ref<boolean>;
  reload: () => Promise<void>;
}

/** What a page shows of a reading. */
export interface Readable<T> {
  readonly data: { readonly value: T | undefined };
  readonly failure: { readonly value: unknown };
  readonly reload: () => Promise<void>;
}

/** Read something, now and whenever asked again; what was read stays until there is something newer. */
export function useReading<T>(read: () => Promise<T>): Reading<T> {
  const data = shallowRef<T>();
  const failure = shallowRef<unknown>();
  const loading = ref(false);
  let newest = 0;
  async function reload(): Promise<void> {
    const mine = ++newest;
    loading.value = true;
    try {
      const found = await read();
      if (mine === newest) [data.value, failure.value] = [found, undefined];
    } catch (error) {
      if (mine === newest) failure.value = error;
    } finally {
      if (mine === newest) loading.value = false;
    }
  }
  void reload();
  // A page that was kept while somebody signed in again shows what is theirs.
  if (getCurrentInstance()) {
    onDeactivated(() => ([data.value, failure.value] = [undefined, undefined]));
    onActivated(() => (data.value === undefined && !loading.value ? void reload() : undefined));
  }
  return { data, failure, loading, reload };
}

interface Page<T = unknown> {
  items: T[];
  next_cursor: string | null;
}

/** Read a whole list, page after page. */
export async function everyPage<T>(read: (cursor?: string) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    all.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return all;
}

/** Read a list a page at a time. */
export function usePages<P extends Page>(read: (cursor?: string) => Promise<P>) {
  const items = shallowRef<P["items"]>([]);
  const next = ref<string | null>(null);
  const reading = useReading(() => read());
  const begin = (page?: P) => ([items.value, next.value] = [page?.items ?? [], page?.next_cursor ?? null]);
  watch(reading.data, begin, { flush: "sync" });
  const more = useDoing(async () => {
    const first = reading.data.value;
    const page = await read(next.value ?? undefined);
    if (reading.data.value !== first) return; // the list was read anew meanwhile
    items.value = [...items.value, ...page.items];
    next.value = page.next_cursor;
  });
  return { ...reading, items, next, more };
}

/** Read again every few seconds while the page is seen, and less often while nothing changes or answers. */
export function usePolling<T>(reading: Reading<T>, pace: { seconds?: number; most?: number; still?: (now: T) => boolean } = {}): void {
  const { seconds = 3, most = 15, still = () => true } = pace;
  let wait = seconds;
  let timer: ReturnType<typeof setTimeout> | undefined;
  function again(): void {
    clearTimeout(timer);
    timer = document.visibilityState === "visible" ? setTimeout(() => void turn(), wait * 1000) : undefined;
  }
  async function turn(): Promise<void> {
    const before = JSON.stringify(reading.data.value);
    await reading.reload();
    const now = reading.data.value;
    if (now !== undefined && !reading.failure.value && !still(now)) return void (timer = undefined);
    wait = JSON.stringify(now) === before ? Math.min(wait * 1.3, most) : seconds;
    again();
  }
  function seen(): void {
    wait = seconds;
    if (document.visibilityState === "visible") void turn();
  }
  // What had come to rest moves again, as when somebody asks for a new simulation.
  watch(reading.data, (now) => {
    if (timer !== undefined || now === undefined || !still(now)) return;
    wait = seconds;
    again();
  });
  document.addEventListener("visibilitychange", seen);
  onScopeDispose(() => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", seen);
  });
  again();
}

/** Do something once: while it runs it cannot be begun again, and until the server has answered its key stays the same. */
export function useDoing<Facts extends unknown[], T>(act: (key: string, ...facts: Facts) => Promise<T>) {
  const busy = ref(false);
  const failure = shallowRef<unknown>();
  let key = newKey();
  async function run(...facts: Facts): Promise<T | undefined> {
    if (busy.value) return undefined;
    busy.value = true;
    failure.value = undefined;
    try {
      const done = await act(key, ...facts);
      key = newKey();
      return done;
    } catch (error) {
      if (error instanceof Refusal && error.isFinal) key = newKey();
      failure.value = error;
      return undefined;
    } finally {
      busy.value = false;
    }
  }
  return { busy, failure, run };
}

/** The time, every so often, for clocks that count down. */
export function useClock(seconds = 20): Ref<number> {
  const now = ref(Date.now());
  const timer = setInterval(() => (now.value = Date.now()), seconds * 1000);
  onScopeDispose(() => clearInterval(timer));
  return now;
}
