// How the money behind a subsidy stands, and what of a rate is therefore paid.
import { subsidyShowGuide, type GuideOut, type StandingOut } from "@/api";
import { ask } from "@/kit/client";
import { inLanguage } from "@/kit/words";

export interface Now {
  standing: StandingOut["standing"];
  says: string;
  /** The share of the rate that is paid. */
  percent: number;
}

const PAYS = ["paying", "tapered"];

export const readGuide = (district: string): Promise<GuideOut> => ask(subsidyShowGuide({ path: { district } }));

/** Say how a programme stands; one that the guide does not name has ended. */
export function standingIn(guide: GuideOut, programme: string): Now {
  const found = guide.programmes.find((each) => each.programme === programme);
  if (!found) return { standing: "closed", says: "", percent: 0 };
  return { standing: found.standing, says: inLanguage(found, "said"), percent: PAYS.includes(found.standing) ? found.percent : 0 };
}
