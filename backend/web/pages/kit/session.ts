// Who is signed in. The tokens are cookies that no script reads; kept here is only that there are some, and until when.

import { ref } from "vue";
import { patience } from "./online";

const refreshing = new Map<string, Promise<boolean>>();
const EARLY = 20_000;

let name = "app";

/** Choose the session of this page: a browser has one of each, side by side. */
export const useSession = (chosen: string): void => {
  name = chosen;
};
export const sessionName = (): string => name;

const place = (): string => `lv.session.${name}`;

export const isSignedIn = (): boolean => localStorage.getItem(place()) !== null;

/** Note that the server has handed out tokens. */
export function began(until: { access_expires_at: string }): void {
  localStorage.setItem(place(), until.access_expires_at);
}

/** Whether the session ended without being left here: elsewhere, or because its time was over. */
export const lapsed = ref(false);

// Whoever signs in again in another window may go on in this one.
addEventListener("storage", ({ key, newValue }) => {
  if (key === place() && newValue) lapsed.value = false;
});

const leavers: (() => void)[] = [];

/** Say what else happens once a session is over, be it left or ended from elsewhere. */
export const onEnded = (then: () => void): void => void leavers.push(then);

export function ended(): void {
  localStorage.removeItem(place());
  for (const then of leavers) then();
}

function lapse(): void {
  lapsed.value = true;
  ended();
}

const isStale = (): boolean => Date.parse(localStorage.getItem(place()) ?? "") - Date.now() < EARLY;

/** Renew the tokens where they run out; of all tabs, one does it. */
export function renew(force = false): Promise<boolean> {
  if (!isSignedIn()) return Promise.resolve(false);
  if (!force && !isStale()) return Promise.resolve(true);
  const before = localStorage.getItem(place());
  const running = refreshing.get(name) ?? exclusively(() => exchange(before)).finally(() => refreshing.delete(name));
  refreshing.set(name, running);
  return running;
}

function exclusively(work: () => Promise<boolean>): Promise<boolean> {
  return "locks" in navigator ? navigator.locks.request(place(), work) : work();
}

async function exchange(before: string | null): Promise<boolean> {
  if (localStorage.getItem(place()) !== before) return isSignedIn(); // another tab was first
  const answer = await fetch("/v1/sign-in/refresh", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Lv-Session": name },
    body: "{}",
    signal: patience(),
  });
  if (answer.ok) began(await answer.json());
  else if (answer.status === 401) lapse();
  return answer.ok;
}
