// Who has this phone in hand. A phone is the operator's; collectors change over on it with number and PIN.
import { shallowRef } from "vue";
import { identityMe, identitySignInCollector, identitySignOut, staffingAcceptAsCollector, type MeOut, type SessionOut } from "@/api";
import { ask, Unreachable } from "@/kit/client";
import { began, ended, isSignedIn } from "@/kit/session";
import { copyOf, dropCopies, keepCopy } from "./store";

const PHONE = "lv.phone";
const NUMBERS = "lv.phone.numbers";

export const me = shallowRef<MeOut>();

export const isBound = (): boolean => localStorage.getItem(PHONE) !== null;

/** Who signed in on this phone before, the last one first. */
export const numbers = (): string[] => JSON.parse(localStorage.getItem(NUMBERS) ?? "[]") as string[];

/** Know again who is signed in, from the server or from what this phone has kept. */
export async function remember(): Promise<void> {
  if (!isSignedIn()) return;
  me.value = (await copyOf("me"))?.data as MeOut | undefined;
  if (!me.value) await ask(identityMe()).then(know).catch(() => undefined);
}

async function know(found: MeOut): Promise<void> {
  me.value = found;
  await keepCopy("me", found);
}

export async function signIn(facts: { number: string; pin: string; code: string; device: string }): Promise<void> {
  const { number, pin, code, device } = facts;
  const phone = code ? { phone_code: code } : { phone_token: localStorage.getItem(PHONE) };
  await take(await ask(identitySignInCollector({ body: { number, pin, device, ...phone } })), number);
}

/** Begin to collect for whoever invited, with a number and a PIN of one's own; the phone is bound by that. */
export async function arrive(facts: { number: string; pin: string; code: string; device: string }): Promise<void> {
  await take(await ask(staffingAcceptAsCollector({ body: facts })), facts.number);
}

async function take(session: SessionOut, number: string): Promise<void> {
  me.value = undefined;
  began(session);
  if (session.phone_token) localStorage.setItem(PHONE, session.phone_token);
  localStorage.setItem(NUMBERS, JSON.stringify([number, ...numbers().filter((each) => each !== number)].slice(0, 4)));
  await dropCopies();
  await know(await ask(identityMe()));
}

/** Leave the phone to the next one; what was not sent stays on it, and waits for whoever weighed it. */
export async function signOut(): Promise<void> {
  await ask(identitySignOut()).catch((error) => {
    if (error instanceof Unreachable) throw error;
  });
  ended();
  me.value = undefined;
  await dropCopies();
}
