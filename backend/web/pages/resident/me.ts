// Who the resident is, asked once and shared by the pages.
import { identityMe, identitySignOut, type MeOut } from "@/api";
import { ask } from "@/kit/client";
import { began, ended } from "@/kit/session";

let known: Promise<MeOut> | undefined;

export function whoAmI(): Promise<MeOut> {
  known ??= ask(identityMe()).catch((error) => {
    known = undefined;
    throw error;
  });
  return known;
}

export function signedIn(session: { access_expires_at: string }): void {
  known = undefined;
  began(session);
}

export const forgetMe = (): void => {
  known = undefined;
};

export async function signOut(): Promise<void> {
  await ask(identitySignOut());
  known = undefined;
  ended();
}
