// What each role of staff may do, as far as the console shows it; the server decides, and a test compares the two.
const READS = ["budget:read", "colleague:read", "evidence:read", "factor_set:read", "merchant:read", "offer:read", "outlet:read", "place:read", "price_list:read", "scale:read", "settlement:read", "simulation:read"] as const;
const OWN = ["notice:read", "second_factor:enrol", "secret:change", "service:read", "session:exchange"] as const;

const ROLES = {
  district_admin: [
    ...OWN,
    ...READS,
    "budget:draft",
    "budget:freeze",
    "card:issue",
    "colleague:dismiss",
    "colleague:invite",
    "evidence:decide",
    "factor_run:cancel",
    "factor_set:draft",
    "jobs:manage",
    "material:edit",
    "person:read",
    "person:vouch",
    "personal:reveal",
    "place:edit",
    "price_list:draft",
    "programme:edit",
    "scale:check",
    "scale:edit",
    "service:edit",
    "settlement:draw_up",
    "settlement:sign",
    "simulation:run",
    "trail:read",
    "witness:read",
  ],
  approver: [...OWN, ...READS, "budget:approve", "budget:freeze", "factor_run:cancel", "factor_set:approve", "factor_set:publish", "factor_set:recompute", "price_list:approve", "price_list:publish", "settlement:pay", "settlement:sign"],
  auditor: [...OWN, ...READS, "trail:read", "witness:read"],
  operator_manager: [...OWN, "colleague:dismiss", "colleague:invite", "colleague:read", "phone:manage", "scale:check", "scale:edit", "scale:read", "settlement:read", "webhook:manage"],
} as const;

type Role = keyof typeof ROLES;
export type Scope = (typeof ROLES)[Role][number];

const isRole = (role: string): role is Role => role in ROLES;

/** Whether a role may do something; who works elsewhere, as at a till, may do nothing here. */
export const allows = (role: string, scope: Scope): boolean => isRole(role) && (ROLES[role] as readonly Scope[]).includes(scope);

export const worksHere = isRole;
