"""Who somebody is, and what is revealed of them."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from backend.identity import queries, rules, service
from backend.identity.errors import PersonNotFound
from backend.identity.examples import ACCESS, KNOWN, ME, REASON, VOUCH_REASON, VOUCHED
from backend.identity.routes.room import blp
from backend.identity.rules import Known, Look, Me, Revealed, Vouched
from backend.identity.schemas.people import (
    AccessPageOut,
    MeOut,
    PeopleIn,
    PersonPageOut,
    RevealedOut,
    RevealIn,
    TermsOut,
    VouchedOut,
    VouchIn,
)
from backend.kit.auth import public, refuses, requires
from backend.kit.http import actor, now, session
from backend.kit.pace import COSTLY, paced
from backend.kit.paging import CursorUnreadable, Page, PageIn


@blp.get("/terms")
@public
@blp.response(200, TermsOut, example={"version": rules.TERMS, "items": [asdict(rules.CLAUSES[0])]})
def terms() -> dict[str, Any]:
    """Show what a resident agrees to when a household is set up or joined."""
    return {"version": rules.TERMS, "items": rules.CLAUSES}


@blp.get("/me")
@requires("me:read")
@blp.response(200, MeOut, example=ME)
def me() -> Me:
    """Show who is signed in."""
    return queries.me(session(), actor())


@blp.get("/me/accesses")
@requires("access:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, AccessPageOut, example={"items": [ACCESS], "next_cursor": None})
@refuses(CursorUnreadable)
def list_accesses(args: dict[str, Any]) -> Page[Look]:
    """List who looked at your number, name or address, or vouched for you: who, for whom, why and when."""
    return queries.accesses(session(), actor(), **args)


@blp.get("/people")
@requires("person:read")
@paced(COSTLY)
@blp.arguments(PeopleIn, location="query")
@blp.response(200, PersonPageOut, example={"items": [KNOWN], "next_cursor": None})
@refuses(CursorUnreadable)
def list_people(args: dict[str, Any]) -> Page[Known]:
    """Find who stands in your district by the last four digits of their number."""
    return queries.people(session(), actor().district, **args)


@blp.post("/people/<uuid:person_id>/reveal")
@requires("personal:reveal")
@paced(COSTLY)
@blp.arguments(RevealIn, example={"what": "phone", "reason": REASON})
@blp.response(200, RevealedOut, example={"what": "phone", "value": "+8613800000001"})
@refuses(PersonNotFound)
def reveal(body: dict[str, Any], person_id: UUID) -> Revealed:
    """Show a number, a name or an address; the person reads that you looked, and why."""
    return service.reveal(session(), person_id, by=actor(), at=now(), **body)


@blp.post("/people/<uuid:person_id>/vouch")
@requires("person:vouch")
@paced(COSTLY)
@blp.arguments(VouchIn, example={"reason": VOUCH_REASON})
@blp.response(201, VouchedOut, example=VOUCHED)
@refuses(PersonNotFound)
def vouch(body: dict[str, Any], person_id: UUID) -> Vouched:
    """Vouch for a resident whose number is in doubt: they sign in with this code and their own one-time code.

    See who they are first, as on their papers. The person reads that you vouched, and why.
    """
    return service.vouch_for(session(), person_id, by=actor(), at=now(), **body)
