"""Who works where, and how they sign in."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.identity.models import Assignment, Credential, Guess, Person, Phone, SecondFactor
from backend.identity.rules import (
    COLLECTOR,
    OPERATOR_MANAGER,
    PHONE_CODE_LIVES,
    RESIDENT,
    Colleague,
    Collector,
    PhoneKnown,
)
from backend.kit import paging
from backend.kit.db import in_sight
from backend.kit.paging import Page, cut


def collectors(db: Session, district: str, operator: UUID) -> list[Collector]:
    """List who collects for an operator in a district, by number."""
    rows = db.execute(
        select(Person, Credential.login)
        .join(Assignment, Assignment.person == Person.id)
        .join(Credential, Credential.person == Person.id)
        .where(Assignment.district == district, Assignment.role == COLLECTOR)
        .where(Assignment.organisation == operator, Assignment.ended_at.is_(None))
        .order_by(Credential.login)
    )
    return [Collector(person.id, number, person.name() or number) for person, number in rows]


def managers(db: Session, district: str, *, operator: UUID) -> list[UUID]:
    """List who manages an operator in a district."""
    query = select(Assignment.person).where(
        Assignment.district == district,
        Assignment.role == OPERATOR_MANAGER,
        Assignment.organisation == operator,
        Assignment.ended_at.is_(None),
    )
    return list(db.scalars(query.order_by(Assignment.id)))


def at_work(
    db: Session, district: str, *, roles: Collection[str], organisation: UUID | None = None
) -> list[UUID]:
    """List who works in a district in one of these roles, for an organisation or for the district itself."""
    query = select(Assignment.person).where(
        Assignment.district == district,
        Assignment.role.in_(roles),
        Assignment.organisation.is_(None)
        if organisation is None
        else Assignment.organisation == organisation,
        Assignment.ended_at.is_(None),
    )
    return list(db.scalars(query.order_by(Assignment.id)))


def colleagues(
    db: Session,
    district: str,
    *,
    operator: UUID | None = None,
    person: UUID | None = None,
    ever: bool = False,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[Colleague]:
    """List who works in a district, first who came first.

    :param operator: only the collectors of this operator
    :param person: only the posts of this person
    :param ever: also who has left, since what they did still bears their name
    """
    wanted = (
        select(Assignment, Person)
        .join(Person, Person.id == Assignment.person)
        .where(Assignment.district == district, in_sight(Assignment.district))
        .where(Assignment.role != RESIDENT)
        .order_by(Assignment.id)
        .limit(limit)
    )
    if not ever:
        wanted = wanted.where(Assignment.ended_at.is_(None))
    if operator is not None:
        wanted = wanted.where(Assignment.role == COLLECTOR, Assignment.organisation == operator)
    if person is not None:
        wanted = wanted.where(Assignment.person == person)
    if after is not None:
        wanted = wanted.where(Assignment.id > after)
    return [
        Colleague(
            post=post.id,
            id=who.id,
            role=post.role,
            organisation=post.organisation,
            since=post.began_at,
            until=post.ended_at,
            name=who.name(),
        )
        for post, who in db.execute(wanted)
    ]


def person_of_login(db: Session, login: str) -> UUID | None:
    """Find who signs in with a user name or a collector's number."""
    return db.scalar(select(Credential.person).where(Credential.login == login))


def credential_locked(db: Session, kind: str, login: str) -> Credential | None:
    """Lock a login, so that guesses are counted one by one."""
    return db.scalars(
        select(Credential).where(Credential.kind == kind, Credential.login == login).with_for_update()
    ).one_or_none()


def credential_of(db: Session, person: UUID) -> Credential:
    """Return the login of somebody who has one."""
    return db.scalars(select(Credential).where(Credential.person == person)).one()


def credential_of_locked(db: Session, person: UUID) -> Credential:
    """Lock the login of somebody who has one, so that guesses are counted one by one."""
    return db.scalars(select(Credential).where(Credential.person == person).with_for_update()).one()


def guesses(db: Session, credential: UUID, sources: Collection[bytes]) -> dict[bytes, Guess]:
    """Find the wrong secrets of a login by their source."""
    rows = db.scalars(select(Guess).where(Guess.credential == credential, Guess.source.in_(sources)))
    return {row.source: row for row in rows}


def second_factor(db: Session, person: UUID) -> SecondFactor | None:
    """Find the authenticator that somebody uses."""
    return db.scalars(
        select(SecondFactor)
        .where(SecondFactor.person == person, SecondFactor.confirmed_at.is_not(None))
        .where(SecondFactor.ended_at.is_(None))
    ).one_or_none()


def waiting_factor(db: Session, person: UUID) -> SecondFactor | None:
    """Find the authenticator that waits for its first code."""
    return db.scalars(
        select(SecondFactor)
        .where(SecondFactor.person == person, SecondFactor.confirmed_at.is_(None))
        .where(SecondFactor.ended_at.is_(None))
    ).one_or_none()


def phone_locked(db: Session, district: str, phone_id: UUID, *, operator: UUID | None = None) -> Phone | None:
    """Lock a phone.

    :param operator: whose it must be; left out, anybody's
    """
    found = db.get(Phone, (district, phone_id), with_for_update=True)
    return None if found is None or operator not in (None, found.operator) else found


def phone_of_code_locked(db: Session, district: str, code_hash: bytes) -> Phone | None:
    """Lock the phone that a code was made for, so that it binds one."""
    return db.scalars(
        select(Phone).where(Phone.district == district, Phone.code_hash == code_hash).with_for_update()
    ).one_or_none()


def phones(
    db: Session, district: str, operator: UUID, *, at: datetime, cursor: str | None, limit: int
) -> Page[PhoneKnown]:
    """List the phones of an operator in a district, bound or still awaited, the oldest first."""
    query = (
        select(Phone)
        .where(Phone.district == district, Phone.operator == operator, Phone.ended_at.is_(None))
        .where(Phone.bound_at.is_not(None) | (Phone.made_at > at - PHONE_CODE_LIVES))
    )
    if (after := paging.key_of(cursor, UUID)) is not None:
        query = query.where(Phone.id > after[0])
    rows = db.scalars(query.order_by(Phone.id).limit(limit + 1)).all()
    return cut([row.known() for row in rows], limit, lambda row: (row.id,))
