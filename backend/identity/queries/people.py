"""Who somebody is, and what is known of them."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from backend.identity.models import Access, Assignment, Membership, Person
from backend.identity.rules import RESIDENT, Known, Look, Me, Post
from backend.kit import paging
from backend.kit.auth import Actor
from backend.kit.db import in_sight
from backend.kit.paging import Page, cut
from backend.network import queries as network


def phone(db: Session, person: UUID) -> str | None:
    """Open somebody's phone number; staff may have none."""
    return db.get_one(Person, person).phone()


def phone_of_theirs(db: Session, person: UUID) -> str | None:
    """Open somebody's phone number, unless the network gave it to somebody new."""
    found = db.get_one(Person, person)
    return None if found.reissued_at is not None else found.phone()


def language(db: Session, person: UUID) -> str:
    """Tell which language somebody's device spoke last."""
    return db.get_one(Person, person).language


def display_name(db: Session, person: UUID) -> str:
    """Return what to call somebody: the name, or the end of the number."""
    found = db.get_one(Person, person)
    return found.name() or f"••••{found.phone_last4}"


def key_of(db: Session, person: UUID) -> bytes:
    """Return the wrapped key that seals what is personal to somebody."""
    return db.get_one(Person, person).vault_key


def people(db: Session, district: str, *, phone_last4: str, cursor: str | None, limit: int) -> Page[Known]:
    """List who stands in a district and has a number that ends so, by when they came."""
    query = (
        select(Person.id, Assignment.role, Person.phone_last4, Membership.household, Assignment.began_at)
        .join(Assignment, Assignment.person == Person.id)
        .outerjoin(
            Membership,
            (Membership.district == district)
            & (Membership.person == Person.id)
            & Membership.left_at.is_(None),
        )
        .where(Assignment.district == district, in_sight(Assignment.district), Assignment.ended_at.is_(None))
        .where(Person.phone_last4 == phone_last4)
    )
    if (after := paging.key_of(cursor, UUID)) is not None:
        query = query.where(Person.id > after[0])
    rows = db.execute(query.order_by(Person.id).limit(limit + 1)).all()
    return cut([Known(*row) for row in rows], limit, lambda row: (row.id,))


def number_index(db: Session, person: UUID) -> bytes | None:
    """Return what somebody's number is looked up by; staff may have none."""
    return db.get_one(Person, person).phone_index


def person_standing(db: Session, district: str, person: UUID) -> Person | None:
    """Find somebody who stands in a district."""
    stands = exists().where(
        Assignment.person == Person.id,
        Assignment.district == district,
        in_sight(Assignment.district),
        Assignment.ended_at.is_(None),
    )
    return db.scalars(select(Person).where(Person.id == person, stands)).one_or_none()


def accesses(db: Session, by: Actor, *, cursor: str | None, limit: int) -> Page[Look]:
    """List who looked at what is personal to the actor, the newest first."""
    query = select(Access).where(Access.person == by.id)
    if (before := paging.key_of(cursor, UUID)) is not None:
        query = query.where(Access.id < before[0])
    rows = db.scalars(query.order_by(Access.id.desc()).limit(limit + 1)).all()
    page = cut(rows, limit, lambda row: (row.id,))
    names = network.operator_names(db, {row.organisation for row in page.items if row.organisation})
    return Page([_look(row, by, names) for row in page.items], page.next_cursor)


def _look(row: Access, by: Actor, names: Mapping[UUID, str]) -> Look:
    return Look(
        id=row.id,
        what=row.field,
        role=row.role,
        organisation=names.get(row.organisation) if row.organisation else None,
        district=row.district,
        pickup=row.pickup,
        reason=row.reason(by.vault_key),
        at=row.at,
    )


def keys_of(db: Session, persons: Collection[UUID]) -> dict[UUID, bytes]:
    """Return the wrapped keys of some persons; who is no person has none."""
    rows = db.execute(select(Person.id, Person.vault_key).where(Person.id.in_(persons)))
    return {row.id: row.vault_key for row in rows}


def posts(db: Session, person: UUID) -> list[Post]:
    """List what somebody is, and where."""
    rows = db.scalars(
        select(Assignment)
        .where(Assignment.person == person, Assignment.ended_at.is_(None))
        .order_by(Assignment.district, Assignment.role, Assignment.id)
    )
    return [Post(row.role, row.district, row.organisation) for row in rows]


def district_of_home(db: Session, person: UUID) -> str | None:
    """Tell in which district somebody is a resident."""
    return next((post.district for post in posts(db, person) if post.role == RESIDENT), None)


def me(db: Session, who: Actor) -> Me:
    """Show somebody what is known of them."""
    person = db.get_one(Person, who.id)
    return Me(
        id=person.id,
        name=person.name(),
        phone_last4=person.phone_last4,
        role=who.role,
        district=who.district or None,
        household=who.household,
        organisation=who.organisation,
        needs_set_up=who.household is None and "household:set_up" in who.scopes,
        next_step=who.next_step,
        assignments=tuple(posts(db, person.id)),
    )


def person_locked(db: Session, person: UUID) -> Person:
    """Lock a person, so that what they are changes one step at a time."""
    return db.get_one(Person, person, with_for_update=True)


def person_of_number_locked(db: Session, phone_index: bytes) -> Person | None:
    """Lock who signs in with a phone number."""
    return db.scalars(select(Person).where(Person.phone_index == phone_index).with_for_update()).one_or_none()
