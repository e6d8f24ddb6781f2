"""A phone number is not an identity: whoever has it next inherits nothing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.identity import cards, queries, rules
from backend.identity.enrolment import number_of
from backend.identity.errors import NumberSilent
from backend.identity.models import Person, TokenFamily
from backend.identity.rules import RESIDENT
from backend.kit.db import see


def person_behind(
    db: Session, phone: str, *, card: str | None, fresh_start: bool, language: str, at: datetime
) -> UUID:
    """Find who signs in with a number; after a year of silence only with a second proof, or as somebody new.

    :param card: what the household's card says
    :raises NumberSilent: it was silent for a year, and neither a card nor a fresh start was given
    """
    known = number_of(db, phone, language=language, at=at)
    seen_at = queries.last_seen_at(db, known.id) or known.created_at
    if at < seen_at + rules.SILENCE or (card is not None and _is_theirs(db, known, card)):
        return known.id
    if not fresh_start:
        raise NumberSilent
    _let_go(db, known, at=at)
    return number_of(db, phone, language=language, at=at).id


def _is_theirs(db: Session, person: Person, card: str) -> bool:
    """Tell whether a card speaks for the household that somebody belongs to."""
    district = next((post.district for post in queries.posts(db, person.id) if post.role == RESIDENT), None)
    if district is None:
        return False
    see(db, district)
    home = queries.home_of(db, district, person.id)
    return home is not None and cards.speaks_for(db, card, district=district) == home


def _let_go(db: Session, person: Person, *, at: datetime) -> None:
    """Part a person from their number: what they had stays theirs, and nobody reaches it by the number."""
    person.phone_index = person.phone_sealed = person.phone_last4 = None
    live = TokenFamily.revoked_at.is_(None)
    db.execute(update(TokenFamily).where(TokenFamily.person == person.id, live).values(revoked_at=at))
    db.flush()
