"""Somebody's word that it is still the same person: a collector's at the household's door, or staff's.

They are told a code, which the person types where they sign in. It lives for half an hour and opens one
sign-in with a number that may have changed hands, and nothing without that number's own one-time code.
"""

import hmac
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.identity import queries, rules
from backend.identity.errors import PersonNotFound
from backend.identity.models import Person, Vouch
from backend.identity.vault import look
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.db import see
from backend.kit.envelope import seal
from backend.kit.ids import new_id


def vouch(db: Session, person: UUID, *, by: Actor, reason: str, at: datetime) -> rules.Vouched:
    """Let staff vouch for a resident of their district; the person reads that they did, and why.

    :raises PersonNotFound: no resident of that id lives in the district
    """
    subject = queries.person_standing(db, by.district, person)
    home = queries.home_of(db, by.district, person) if subject else None
    if subject is None or home is None:
        raise PersonNotFound
    trace = look(person, "sign_in", by=by, at=at)
    trace.reason_sealed = seal(subject.vault_key, reason, place=trace.place)
    db.add(trace)
    trail.note(db, "person.vouched_for", f"person/{person}", by=by, reason=reason, at=at)
    return _tell(db, home, person=person, by=by, at=at)


def vouch_at_door(db: Session, household: UUID, *, by: Actor, pickup: UUID, at: datetime) -> rules.Vouched:
    """Let a collector vouch for whom he meets at a household's door; every member reads that he did."""
    for member in queries.members(db, by.district, household):
        trace = look(member, "sign_in", by=by, at=at)
        trace.pickup = pickup
        db.add(trace)
    return _tell(db, household, person=None, by=by, at=at)


def _tell(db: Session, household: UUID, *, person: UUID | None, by: Actor, at: datetime) -> rules.Vouched:
    """Make a code in the place of those that the household may still have."""
    queries.household_locked(db, by.district, household)
    db.execute(
        update(Vouch)
        .where(Vouch.district == by.district, Vouch.household == household)
        .where(Vouch.ended_at.is_(None))
        .values(ended_at=at)
    )
    row = Vouch(
        district=by.district,
        id=new_id(at),
        household=household,
        person=person,
        made_by=by.id,
        role=by.role,
        made_at=at,
        expires_at=at + rules.VOUCH_LIVES,
    )
    db.add(row)
    return rules.Vouched(code=rules.vouch_code(row.id), expires_at=row.expires_at)


def speaks_for(db: Session, code: str, person: Person, *, at: datetime) -> bool:
    """Tell whether a code was made for somebody or their household, and use it up."""
    district = queries.district_of_home(db, person.id)
    if district is None:
        return False
    see(db, district)
    home = queries.home_of(db, district, person.id)
    row = queries.open_vouch_locked(db, district, home, at=at) if home else None
    if row is None or row.person not in (None, person.id):
        return False
    if not hmac.compare_digest(code.encode(), rules.vouch_code(row.id).encode()):
        return False
    row.used_by, row.ended_at = person.id, at
    return True
