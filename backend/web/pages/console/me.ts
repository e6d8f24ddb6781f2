// Who sits at the console, asked once and shared by its pages; what they may do decides what is shown.
import "./session";
import { computed } from "vue";
import { identityExchangeDistrict, identityMe, identitySignOut, networkListDistricts, type DistrictOut } from "@/api";
import { ask, Refusal } from "@/kit/client";
import { useReading } from "@/kit/doing";
import { began, ended, isSignedIn, onEnded } from "@/kit/session";
import { allows, type Scope } from "./may";

export const me = useReading(async () => (isSignedIn() ? await whoAmI() : undefined));
// Whose work has ended elsewhere, or whose device was put out, is led to the sign-in by the next thing they ask.
onEnded(() => void me.reload());

export const districts = useReading(async () => (await ask(networkListDistricts())).items);

async function whoAmI() {
  try {
    return await ask(identityMe());
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 401) throw error;
    ended();
    return undefined;
  }
}

export const may = (scope: Scope): boolean => {
  const who = me.data.value;
  return !!who && who.next_step === null && allows(who.role, scope);
};

/** The district that the session works in. */
export const here = computed(() => me.data.value?.district ?? "");

/** The districts that they may change over to, each once. */
export const elsewhere = computed<DistrictOut[]>(() => {
  const theirs = new Set(me.data.value?.assignments.map((each) => each.district));
  return (districts.data.value ?? []).filter((each) => theirs.has(each.code));
});

export async function signedIn(session: { access_expires_at: string }): Promise<void> {
  began(session);
  await me.reload();
}

export async function goOnIn(district: string): Promise<void> {
  await signedIn(await ask(identityExchangeDistrict({ body: { district } })));
}

export async function signOut(): Promise<void> {
  await ask(identitySignOut());
  ended();
  await me.reload();
}
