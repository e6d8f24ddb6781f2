"""A household, its members and its cards."""

from typing import Any
from uuid import UUID

from backend.identity import queries, service
from backend.identity.errors import (
    AlreadyInHousehold,
    CardNotFound,
    CommunityUnknown,
    HouseholdNotFound,
    InvitationWrong,
    ProofNeeded,
    TermsOutdated,
    TooManyCards,
)
from backend.identity.examples import CARD, CARD_SHOWN, HOUSEHOLD, INVITED, SET_UP
from backend.identity.routes.room import blp
from backend.identity.rules import CardShown, Invited, OwnHome
from backend.identity.schemas.households import (
    CardShownOut,
    CardsOut,
    HouseholdIn,
    HouseholdOut,
    InvitedOut,
    JoinIn,
)
from backend.kit.auth import refuses, requires
from backend.kit.http import actor, now, session
from backend.kit.pace import COSTLY, paced


@blp.post("/household")
@requires("household:set_up")
@blp.arguments(HouseholdIn, example=SET_UP)
@blp.response(201, HouseholdOut, example=HOUSEHOLD)
@refuses(CommunityUnknown, TermsOutdated, AlreadyInHousehold)
def set_up_household(body: dict[str, Any]) -> OwnHome:
    """Set up the caller's household, once; from then on a tap is enough."""
    return service.set_up_household(session(), by=actor(), at=now(), **body)


@blp.get("/household")
@requires("household:read")
@blp.response(200, HouseholdOut, example=HOUSEHOLD)
def household() -> OwnHome:
    """Show the caller's household with its address."""
    who = actor()
    return queries.own_home(session(), who.district, who.home())


@blp.post("/household/invitations")
@requires("household:change")
@blp.response(201, InvitedOut, example=INVITED)
def invite() -> Invited:
    """Make a code that lets one person into your household, within a day."""
    return service.invite(session(), by=actor(), at=now())


@blp.post("/household/membership")
@requires("household:join")
@blp.arguments(JoinIn, example={"code": INVITED["code"], "consent": SET_UP["consent"]})
@blp.response(201, HouseholdOut, example={**HOUSEHOLD, "members": 2})
@refuses(TermsOutdated, AlreadyInHousehold, InvitationWrong)
def join(body: dict[str, Any]) -> OwnHome:
    """Come into the household that you were invited to."""
    return service.join(session(), by=actor(), at=now(), **body)


@blp.delete("/household/membership")
@requires("household:change")
@blp.response(204)
@refuses(ProofNeeded)
def leave() -> None:
    """Leave your household; its points stay with it. It cannot be undone, so it takes a fresh proof."""
    service.leave(session(), by=actor(), at=now())


@blp.get("/household/cards")
@requires("household:read")
@blp.response(200, CardsOut, example={"items": [CARD]})
def list_cards() -> dict[str, Any]:
    """List your household's cards, without their codes."""
    who = actor()
    return {"items": queries.cards(session(), who.district, who.home())}


@blp.post("/household/cards")
@requires("household:change")
@paced(COSTLY)
@blp.response(201, CardShownOut, example=CARD_SHOWN)
@refuses(ProofNeeded, TooManyCards)
def add_card() -> CardShown:
    """Issue a card for who has no smartphone: at the door it agrees to a weighing. It takes a fresh proof."""
    return service.add_card(session(), by=actor(), at=now())


@blp.post("/household/cards/<uuid:card_id>/reveal")
@requires("household:change")
@paced(COSTLY)
@blp.response(200, CardShownOut, example=CARD_SHOWN)
@refuses(ProofNeeded, CardNotFound)
def reveal_card(card_id: UUID) -> CardShown:
    """Show a card again, to print it. It takes a fresh proof."""
    return service.reveal_card(session(), card_id, by=actor(), at=now())


@blp.delete("/household/cards/<uuid:card_id>")
@requires("household:change")
@blp.response(204)
@refuses(CardNotFound)
def revoke_card(card_id: UUID) -> None:
    """End a card of your household at once."""
    who = actor()
    service.revoke_card(session(), card_id, by=who, household=who.home(), at=now())


@blp.post("/households/<uuid:household_id>/cards")
@requires("card:issue")
@paced(COSTLY)
@blp.response(201, CardShownOut, example=CARD_SHOWN)
@refuses(HouseholdNotFound, TooManyCards)
def issue_card(household_id: UUID) -> CardShown:
    """Issue a card to a household of your district, over the counter."""
    return service.issue_card(session(), household_id, by=actor(), at=now())


@blp.delete("/cards/<uuid:card_id>")
@requires("card:issue")
@blp.response(204)
@refuses(CardNotFound)
def withdraw_card(card_id: UUID) -> None:
    """End a card of your district at once, as when it was lost."""
    service.revoke_card(session(), card_id, by=actor(), at=now())
