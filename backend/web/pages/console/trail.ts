// What staff did, in words: "price_list.submitted" is a noun and a verb.
import { term } from "@/kit/words";

/** Say a kind of the trail; one whose noun or verb no catalogue knows stays a code. */
export function deed(kind: string): string {
  const [noun = "", verb = ""] = kind.split(".");
  const [what, happened] = [term("noun", noun), term("verb", verb)];
  return what === noun || happened === verb ? kind : `${what} · ${happened}`;
}
