"""Who may do what: roles, their scopes, and the steps of a sign-in."""

from collections.abc import Mapping
from typing import Literal, get_args

from backend.identity.rules.values import Post

RESIDENT, NEWCOMER, COLLECTOR = "resident", "newcomer", "collector"
OPERATOR_MANAGER = "operator_manager"
_SIGNED_IN = ("me:read", "session:end")
_EVERYBODY = (*_SIGNED_IN, "access:read")
_WORKING = (*_EVERYBODY, "session:exchange", "notice:read", "service:read", "secret:change")
_STAFF = (*_WORKING, "second_factor:enrol")
_OVERSEEING = (
    "offer:read",
    "budget:read",
    "evidence:read",
    "price_list:read",
    "simulation:read",
    "factor_set:read",
    "scale:read",
    "colleague:read",
    "place:read",
    "outlet:read",
    "merchant:read",
)
ROLES: Mapping[str, frozenset[str]] = {
    NEWCOMER: frozenset({*_EVERYBODY, "household:set_up", "household:join"}),
    RESIDENT: frozenset(
        {
            *_EVERYBODY,
            "household:set_up",
            "household:read",
            "household:change",
            "session:prove",
            "notice:read",
            "service:read",
            "pickup:book",
            "pickup:read",
            "pickup:cancel",
            "weighing:list",
            "weighing:read",
            "weighing:confirm",
            "weighing:return",
            "account:read",
            "offer:read",
            "redemption:make",
            "redemption:read",
            "redemption:cancel",
            "outlet:read",
        }
    ),
    COLLECTOR: frozenset(
        {
            *_WORKING,
            "day:read",
            "scale:read",
            "scale:check",
            "pickup:serve",
            "weighing:record",
            "weighing:read",
            "weighing:confirm",
            "weighing:return",
        }
    ),
    "till": frozenset({*_STAFF, "offer:read", "voucher:honour", "takings:read", "settlement:read"}),
    "district_admin": frozenset(
        {
            *_STAFF,
            "offer:read",
            "budget:read",
            "simulation:read",
            "simulation:run",
            "budget:draft",
            "budget:freeze",
            "programme:edit",
            "evidence:read",
            "evidence:decide",
            "price_list:read",
            "price_list:draft",
            "factor_set:read",
            "factor_set:draft",
            "factor_run:cancel",
            "material:edit",
            "service:edit",
            "scale:read",
            "scale:edit",
            "scale:check",
            "place:read",
            "place:edit",
            "outlet:read",
            "merchant:read",
            "jobs:manage",
            "person:read",
            "personal:reveal",
            "person:vouch",
            "card:issue",
            "colleague:read",
            "colleague:dismiss",
            "colleague:invite",
            "trail:read",
            "witness:read",
            "settlement:read",
            "settlement:draw_up",
            "settlement:sign",
        }
    ),
    OPERATOR_MANAGER: frozenset(
        {
            *_STAFF,
            "colleague:read",
            "colleague:dismiss",
            "colleague:invite",
            "phone:manage",
            "scale:read",
            "scale:edit",
            "scale:check",
            "webhook:manage",
            "settlement:read",
        }
    ),
    "approver": frozenset(
        {
            *_STAFF,
            *_OVERSEEING,
            "budget:approve",
            "budget:freeze",
            "price_list:approve",
            "price_list:publish",
            "factor_set:approve",
            "factor_set:publish",
            "factor_set:recompute",
            "factor_run:cancel",
            "settlement:read",
            "settlement:sign",
            "settlement:pay",
        }
    ),
    "auditor": frozenset({*_STAFF, *_OVERSEEING, "trail:read", "witness:read", "settlement:read"}),
}
"""What each role may do. A newcomer is a signed-in resident who has no household yet."""
NEEDS_SECOND_FACTOR = frozenset({OPERATOR_MANAGER, "district_admin", "approver", "auditor"})
"""Who reads or decides beyond their own counter; a till may enrol one, and is then asked for it too."""
PROOF, NEW_SECRET, ENROLMENT = "second_factor", "new_secret", "second_factor_enrolment"
STEPS: Mapping[str, frozenset[str]] = {
    PROOF: frozenset({*_SIGNED_IN, "second_factor:verify"}),
    NEW_SECRET: frozenset({*_SIGNED_IN, "secret:change"}),
    ENROLMENT: frozenset({*_SIGNED_IN, "secret:change", "second_factor:enrol"}),
}
"""What a session may do while its sign-in has a step to go, whatever its role."""
StaffRole = Literal["till", "operator_manager", "district_admin", "approver", "auditor"]
ON_TRAIL = frozenset(get_args(StaffRole))
"""Whose every change is written down."""


def next_step(role: str, *, enrolled: bool, verified: bool, must_change: bool) -> str | None:
    """Tell what a sign-in still lacks before it is whole.

    :param verified: whether the second factor was given in this session
    """
    if enrolled and not verified:
        return PROOF
    if must_change:
        return NEW_SECRET
    return ENROLMENT if role in NEEDS_SECOND_FACTOR and not enrolled else None


def post_in(posts: list[Post], district: str, role: str) -> Post | None:
    """Pick a staff role in a district, preferring the one the person has now."""
    there = [post for post in posts if post.district == district and post.role != RESIDENT]
    return min(there, key=lambda post: post.role != role, default=None)
