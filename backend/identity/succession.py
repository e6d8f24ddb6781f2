"""A phone number is not an identity: whoever has it next inherits nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.identity import cards, queries, rules, vouching
from backend.identity.enrolment import number_of
from backend.identity.errors import NumberInDoubt
from backend.identity.models import Person, TokenFamily
from backend.kit.db import see
from backend.kit.envelope import blind_index


@dataclass(frozen=True)
class SecondProof:
    """What somebody shows beside the code, where their number may have changed hands."""

    card: str | None = None
    """What the household's card says."""
    vouch: str | None = None
    """What a collector at the door, or staff, told them."""
    fresh_start: bool = False
    """Whether to begin as somebody new instead."""


def person_behind(db: Session, phone: str, proof: SecondProof, *, language: str, at: datetime) -> UUID:
    """Find who signs in with a number; where it is in doubt only with a second proof, or as somebody new.

    :raises NumberInDoubt: it may have changed hands, and neither a proof nor a fresh start was given
    """
    known = number_of(db, phone, language=language, at=at)
    if not _is_in_doubt(db, known, at=at):
        return known.id
    if _is_proved(db, known, proof, at=at):
        known.reissued_at = None
        return known.id
    if not proof.fresh_start:
        raise NumberInDoubt
    _let_go(db, known, at=at)
    return number_of(db, phone, language=language, at=at).id


def reissue(db: Session, written: Iterable[str], *, at: datetime) -> rules.Reissued:
    """Note that the network gave numbers to somebody new.

    Who is signed in stays so; the next sign-in with such a number takes a second proof, once.

    :param written: the numbers as people write them
    """
    numbers = [rules.mobile(each) for each in written]
    indexes = [blind_index(number) for number in numbers if number]
    marked = update(Person).where(Person.phone_index.in_(indexes)).values(reissued_at=at)
    known = len(db.scalars(marked.returning(Person.id)).all())
    return rules.Reissued(known=known, unreadable=numbers.count(None))


def _is_in_doubt(db: Session, known: Person, *, at: datetime) -> bool:
    seen_at = queries.last_seen_at(db, known.id) or known.created_at
    return known.reissued_at is not None or at >= seen_at + rules.SILENCE


def _is_proved(db: Session, known: Person, proof: SecondProof, *, at: datetime) -> bool:
    by_card = proof.card is not None and _is_theirs(db, known, proof.card)
    return by_card or (proof.vouch is not None and vouching.speaks_for(db, proof.vouch, known, at=at))


def _is_theirs(db: Session, person: Person, card: str) -> bool:
    """Tell whether a card speaks for the household that somebody belongs to."""
    district = queries.district_of_home(db, person.id)
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
