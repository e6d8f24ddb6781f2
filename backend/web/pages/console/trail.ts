// What staff did and to what, in words: "price_list.submitted" is a noun and a verb, "scale/0192…" a noun and which.
import { isKnown, term } from "@/kit/words";
import { t } from "./words";

/** Say a kind of the trail; one whose noun or verb no catalogue knows stays a code. */
export function deed(kind: string): string {
  if (!kind.includes(".")) return t("trail.call");
  const [noun = "", verb = ""] = kind.split(".");
  return isKnown("noun", noun) && isKnown("verb", verb) ? `${term("noun", noun)}\u00a0·\u00a0${term("verb", verb)}` : kind;
}

const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** Say what was changed; of an id its two ends, which are enough to tell one from the other. */
export function subjectOf(subject: string): string {
  const [noun = "", id = ""] = subject.split("/");
  if (!isKnown("noun", noun)) return subject;
  return `${term("noun", noun)} ${ID.test(id) ? `${id.slice(0, 4)}…${id.slice(-4)}` : id}`;
}
