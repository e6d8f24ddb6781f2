"""What is personal, shown to somebody else: never without a trace that the person reads."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from backend.identity import queries
from backend.identity.errors import PersonNotFound
from backend.identity.models import Access, Person
from backend.identity.rules import Doorstep, Revealed, masked_phone
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.envelope import seal
from backend.kit.ids import new_id

Field = Literal["phone", "name", "address"]
Trace = Field | Literal["sign_in"]


def reveal(db: Session, person: UUID, *, by: Actor, what: Field, reason: str, at: datetime) -> Revealed:
    """Show staff something personal of somebody in their district, and write down that they looked.

    :raises PersonNotFound: nobody of that id stands in the district
    """
    subject = queries.person_standing(db, by.district, person)
    if subject is None:
        raise PersonNotFound
    trace = look(person, what, by=by, at=at)
    trace.reason_sealed = seal(subject.vault_key, reason, place=trace.place)
    db.add(trace)
    shown = {"what": what}
    trail.note(db, "personal.revealed", f"person/{person}", by=by, after=shown, reason=reason, at=at)
    return Revealed(what, _open(db, subject, what, district=by.district))


def _open(db: Session, subject: Person, field: Field, *, district: str) -> str | None:
    if field == "phone":
        return subject.phone()
    if field == "name":
        return subject.name()
    home = queries.home_of(db, district, subject.id)
    return queries.address(db, district, home) if home else None


def show_door(
    db: Session, household: UUID, *, by: Actor, pickup: UUID, booker: UUID, at: datetime
) -> Doorstep:
    """Show a collector where a household lives; every member reads that he looked.

    The number is that of the member who booked, of another one if he has left.
    """
    members = queries.members(db, by.district, household)
    for person in members:
        trace = look(person, "address", by=by, at=at)
        trace.pickup = pickup
        db.add(trace)
    phone = queries.phone(db, booker if booker in members else members[0]) if members else None
    return Doorstep(
        address=queries.address(db, by.district, household),
        phone_masked=masked_phone(phone) if phone else None,
    )


def look(person: UUID, field: Trace, *, by: Actor, at: datetime) -> Access:
    """Make the trace of a look; it lacks why, which is a visit or a reason."""
    return Access(
        id=new_id(at),
        person=person,
        field=field,
        reader=by.id,
        role=by.role,
        organisation=by.organisation,
        district=by.district,
        at=at,
    )
