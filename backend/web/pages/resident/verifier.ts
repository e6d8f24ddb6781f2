// The verifier that the saved page uses without a network, for a receipt at hand.
import { check, say, Unproven } from "../../verify/check.js";
import { language } from "@/kit/words";

export interface Verdict {
  proven: boolean;
  says: string[];
}

export async function verify(receipt: string, keys: string): Promise<Verdict> {
  const chosen = language.value === "en" ? 1 : 0;
  try {
    const found = await check(new TextEncoder().encode(receipt), keys);
    const seen = found.checkpoint.witnessed.map((facts) => say("witness", facts, chosen));
    return { proven: true, says: [say(found.why, found.facts, chosen), ...seen] };
  } catch (error) {
    if (!(error instanceof Unproven)) throw error;
    return { proven: false, says: [say(error.message, error.facts, chosen)] };
  }
}
