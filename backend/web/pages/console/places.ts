// Where the navigation leads, and what somebody has to be allowed for it.
import type { IconName } from "@/look/icons";
import type { Scope } from "./may";
import type { Key } from "./words";

interface Place {
  to: string;
  icon: IconName;
  says: Key;
  needs?: Scope;
  /** Whether something of another kind begins here. */
  isApart?: boolean;
}

export const places: Place[] = [
  { to: "/", icon: "home", says: "today.title" },
  { to: "/prices", icon: "tag", says: "prices.title", needs: "price_list:read" },
  { to: "/simulations", icon: "chart", says: "simulations.title", needs: "simulation:read" },
  { to: "/factors", icon: "leaf", says: "factors.title", needs: "factor_set:read" },
  { to: "/budgets", icon: "coins", says: "budgets.title", needs: "budget:read" },
  { to: "/settlement", icon: "sheet", says: "sheets.title", needs: "settlement:read" },
  { to: "/evidence", icon: "eye", says: "evidence.title", needs: "evidence:read" },
  { to: "/scales", icon: "scale", says: "scales.title", needs: "scale:read" },
  { to: "/places", icon: "map", says: "places.title", needs: "place:read" },
  { to: "/log", icon: "seal", says: "log.title", isApart: true },
  { to: "/trail", icon: "trail", says: "trail.title", needs: "trail:read" },
  { to: "/jobs", icon: "alert", says: "jobs.title", needs: "jobs:manage" },
  { to: "/people", icon: "people", says: "people.title", needs: "colleague:read", isApart: true },
  { to: "/service", icon: "gear", says: "service.title", needs: "service:read" },
  { to: "/webhooks", icon: "sync", says: "webhooks.title", needs: "webhook:manage" },
  { to: "/inbox", icon: "bell", says: "inbox.title", needs: "notice:read" },
];
