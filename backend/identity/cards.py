"""A household's card: a printed code for who has no smartphone. It agrees to a weighing, and nothing else.

Its code is derived from its id, so that nothing that lies in the database opens a door.
"""

import hmac
from datetime import datetime
from io import BytesIO
from uuid import UUID

import segno
from sqlalchemy.orm import Session

from backend.identity import queries, rules
from backend.identity.errors import CardNotFound, HouseholdNotFound, TooManyCards
from backend.identity.models import Card
from backend.identity.proof import demand_proof
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.ids import new_id

_MOST = 3


def add(db: Session, *, by: Actor, at: datetime) -> rules.CardShown:
    """Issue a card to the actor's household.

    :raises ProofNeeded: who holds a card agrees for the household, so it takes a fresh one-time code
    :raises TooManyCards: a household has three at most
    """
    demand_proof(db, by=by, at=at)
    return _issue(db, by.home(), by=by, at=at)


def issue(db: Session, household: UUID, *, by: Actor, at: datetime) -> rules.CardShown:
    """Issue a card to a household of the actor's district, over the counter.

    :raises HouseholdNotFound: the district has no such household
    :raises TooManyCards: a household has three at most
    """
    if queries.household(db, by.district, household) is None:
        raise HouseholdNotFound
    shown = _issue(db, household, by=by, at=at)
    trail.note(db, "card.issued", f"card/{shown.id}", by=by, after={"household": str(household)}, at=at)
    return shown


def _issue(db: Session, household: UUID, *, by: Actor, at: datetime) -> rules.CardShown:
    queries.household_locked(db, by.district, household)
    if len(queries.cards(db, by.district, household)) >= _MOST:
        raise TooManyCards(most=_MOST)
    card = Card(
        district=by.district,
        id=new_id(at),
        household=household,
        issued_by=by.id,
        role=by.role,
        issued_at=at,
    )
    db.add(card)
    return _shown(card)


def reveal(db: Session, card_id: UUID, *, by: Actor, at: datetime) -> rules.CardShown:
    """Show a card of the actor's household again, to be printed.

    :raises ProofNeeded: it takes a fresh one-time code
    :raises CardNotFound: the household has no such card
    """
    demand_proof(db, by=by, at=at)
    return _shown(_standing(db, card_id, household=by.home(), by=by))


def revoke(db: Session, card_id: UUID, *, by: Actor, household: UUID | None = None, at: datetime) -> None:
    """End a card at once.

    :param household: whose it must be; left out, any of the actor's district
    :raises CardNotFound: there is no such card
    """
    card = _standing(db, card_id, household=household, by=by)
    card.revoked_at = at
    if by.on_trail:
        before, after = {"household": str(card.household)}, {"revoked_at": at.isoformat()}
        trail.note(db, "card.withdrawn", f"card/{card_id}", by=by, before=before, after=after, at=at)


def speaks_for(db: Session, code: str, *, district: str) -> UUID | None:
    """Tell which household a card of a district speaks for."""
    card_id = rules.card_of(code)
    card = queries.card(db, district, card_id) if card_id else None
    if card is None or not hmac.compare_digest(code.encode(), rules.card_code(district, card.id).encode()):
        return None
    return card.household


def _standing(db: Session, card_id: UUID, *, household: UUID | None, by: Actor) -> Card:
    card = queries.card(db, by.district, card_id)
    if card is None or household not in (None, card.household):
        raise CardNotFound
    return card


def _shown(card: Card) -> rules.CardShown:
    code = rules.card_code(card.district, card.id)
    svg = BytesIO()
    segno.make(code, error="q", micro=False).save(svg, kind="svg", scale=4, xmldecl=False)
    return rules.CardShown(id=card.id, issued_at=card.issued_at, code=code, qr_svg=svg.getvalue().decode())
