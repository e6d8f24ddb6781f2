"""The questions that are asked of identity."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from backend.identity.models import (
    Access,
    Assignment,
    Card,
    Credential,
    Guess,
    Household,
    Invitation,
    Membership,
    OneTimeCode,
    Person,
    SecondFactor,
    TokenFamily,
    digest,
)
from backend.identity.rules import (
    COLLECTOR,
    ON_TRAIL,
    RESIDENT,
    ROLES,
    STEPS,
    CardKnown,
    CodesCounted,
    Colleague,
    Collector,
    Device,
    Doorstep,
    Home,
    Known,
    Look,
    Me,
    OwnHome,
    Post,
    StaffRole,
    masked_address,
)
from backend.kit import paging
from backend.kit.auth import Actor, NotSignedIn
from backend.kit.db import in_sight
from backend.kit.paging import Page, cut
from backend.network import queries as network

_MOST_DEVICES = 100

__all__ = ["ROLES", "STEPS", "Colleague", "Collector", "Doorstep", "Home", "StaffRole"]


def authenticate(db: Session, token: str, at: datetime) -> Actor:
    """Find who an access token speaks for, and let the transaction see their district, in one round trip.

    :raises NotSignedIn: the token is unknown, has run out, or its session was ended
    """
    row = db.execute(
        select(
            TokenFamily.id,
            TokenFamily.person,
            TokenFamily.role,
            TokenFamily.next_step,
            func.coalesce(TokenFamily.district, "").label("district"),
            TokenFamily.household,
            TokenFamily.organisation,
            Person.vault_key,
            func.set_config("lv.districts", func.coalesce(TokenFamily.district, ""), True),
        )
        .join(Person, Person.id == TokenFamily.person)
        .where(TokenFamily.access_hash == digest(token))
        .where(TokenFamily.access_expires_at > at, TokenFamily.revoked_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotSignedIn
    return Actor(
        id=row.person,
        role=row.role,
        scopes=STEPS[row.next_step] if row.next_step else ROLES[row.role],
        district=row.district,
        household=row.household,
        organisation=row.organisation,
        session=row.id,
        next_step=row.next_step,
        on_trail=row.role in ON_TRAIL,
        vault_key=row.vault_key,
    )


def phone(db: Session, person: UUID) -> str | None:
    """Open somebody's phone number; staff may have none."""
    return db.get_one(Person, person).phone()


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


def household(db: Session, district: str, household_id: UUID) -> Home | None:
    """Find a household of a district."""
    known = db.get(Household, (district, household_id))
    return known.home() if known else None


def home(db: Session, district: str, household_id: UUID) -> Home:
    """Return a household that is known to exist."""
    return db.get_one(Household, (district, household_id)).home()


def address(db: Session, district: str, household_id: UUID) -> str:
    """Open the address of a household that is known to exist."""
    return db.get_one(Household, (district, household_id)).address()


def members(db: Session, district: str, household_id: UUID) -> list[UUID]:
    """List the persons of a household, first who opened it."""
    return list(
        db.scalars(
            select(Membership.person)
            .where(Membership.district == district, Membership.household == household_id)
            .where(Membership.left_at.is_(None))
            .order_by(Membership.joined_at, Membership.id)
        )
    )


def masked_addresses(db: Session, district: str, households: Collection[UUID]) -> dict[UUID, str]:
    """Show of the addresses of some households what names no door."""
    rows = db.scalars(select(Household).where(Household.district == district, Household.id.in_(households)))
    return {row.id: masked_address(row.address()) for row in rows}


def own_home(db: Session, district: str, household_id: UUID) -> OwnHome:
    """Show a household to its members."""
    row = db.get_one(Household, (district, household_id))
    community = network.community(db, row.community)
    return OwnHome(
        id=row.id,
        district=district,
        community=row.community,
        opened_at=row.opened_at,
        community_name=community.name_zh if community else row.community,
        address=row.address(),
        members=len(members(db, district, household_id)),
    )


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


def last_seen_at(db: Session, person: UUID) -> datetime | None:
    """Tell when somebody's tokens were last handed out."""
    return db.scalar(select(func.max(TokenFamily.rotated_at)).where(TokenFamily.person == person))


def proved_at(db: Session, session: UUID) -> datetime | None:
    """Tell when a one-time code was last given in a session."""
    return db.scalar(select(TokenFamily.proved_at).where(TokenFamily.id == session))


def family_known(db: Session, session: UUID) -> TokenFamily:
    """Return a session that is known to exist."""
    return db.get_one(TokenFamily, session)


def invitation_locked(db: Session, district: str, hash: bytes) -> Invitation | None:
    """Lock an invitation, so that it is used once."""
    return db.scalars(
        select(Invitation).where(Invitation.district == district, Invitation.hash == hash).with_for_update()
    ).one_or_none()


def household_locked(db: Session, district: str, household_id: UUID) -> None:
    """Make whoever changes what a household has wait for one another."""
    db.get_one(Household, (district, household_id), with_for_update=True)


def card(db: Session, district: str, card_id: UUID) -> Card | None:
    """Find a card that was not revoked."""
    return db.scalars(
        select(Card).where(Card.district == district, Card.id == card_id, Card.revoked_at.is_(None))
    ).one_or_none()


def cards(db: Session, district: str, household_id: UUID) -> list[CardKnown]:
    """List the cards of a household that were not revoked, the oldest first."""
    rows = db.scalars(
        select(Card)
        .where(Card.district == district, Card.household == household_id, Card.revoked_at.is_(None))
        .order_by(Card.id)
    )
    return [CardKnown(row.id, row.issued_at) for row in rows]


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


def colleagues(
    db: Session,
    district: str,
    *,
    operator: UUID | None = None,
    person: UUID | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[Colleague]:
    """List who works in a district, first who came first.

    :param operator: only the collectors of this operator
    :param person: only the posts of this person
    """
    wanted = (
        select(Assignment, Person)
        .join(Person, Person.id == Assignment.person)
        .where(Assignment.district == district, in_sight(Assignment.district))
        .where(Assignment.role != RESIDENT, Assignment.ended_at.is_(None))
        .order_by(Assignment.id)
        .limit(limit)
    )
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
            name=who.name(),
        )
        for post, who in db.execute(wanted)
    ]


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


def home_of(db: Session, district: str, person: UUID) -> UUID | None:
    """Find the household of a resident; the transaction must see the district."""
    return db.scalar(
        select(Membership.household)
        .where(Membership.district == district, Membership.person == person)
        .where(Membership.left_at.is_(None))
    )


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


def person_of_login(db: Session, login: str) -> UUID | None:
    """Find who signs in with a user name or a collector's number."""
    return db.scalar(select(Credential.person).where(Credential.login == login))


def person_locked(db: Session, person: UUID) -> Person:
    """Lock a person, so that what they are changes one step at a time."""
    return db.get_one(Person, person, with_for_update=True)


def person_of_number_locked(db: Session, phone_index: bytes) -> Person | None:
    """Lock who signs in with a phone number."""
    return db.scalars(select(Person).where(Person.phone_index == phone_index).with_for_update()).one_or_none()


def lock_number(db: Session, phone_index: bytes) -> None:
    """Make whoever asks for a code for the same number wait; there need be no row of it yet."""
    db.execute(select(func.pg_advisory_xact_lock(int.from_bytes(phone_index[:8], signed=True))))


def codes_since(db: Session, phone_index: bytes, since: datetime) -> Sequence[datetime]:
    """List when codes were made for a number, newest first."""
    return db.scalars(
        select(OneTimeCode.created_at)
        .where(OneTimeCode.phone_index == phone_index, OneTimeCode.created_at > since)
        .order_by(OneTimeCode.created_at.desc())
    ).all()


def codes_counted(db: Session, *, source: bytes, prefix: bytes, since: datetime) -> CodesCounted:
    """Count the codes of a while: from one line, to one block of numbers, and in all."""
    return CodesCounted(
        *db.execute(
            select(
                *(
                    select(func.count())
                    .select_from(OneTimeCode)
                    .where(OneTimeCode.created_at > since, *which)
                    .scalar_subquery()
                    for which in ((OneTimeCode.source == source,), (OneTimeCode.prefix == prefix,), ())
                )
            )
        ).one()
    )


def code_locked(db: Session, code: UUID) -> OneTimeCode | None:
    """Lock a code."""
    return db.get(OneTimeCode, code, with_for_update=True)


def code_of_request_locked(db: Session, phone_index: bytes, request_id: str) -> OneTimeCode | None:
    """Lock the code that a device asked for; one that another device asked for is none of its own."""
    return db.scalars(
        select(OneTimeCode)
        .where(OneTimeCode.phone_index == phone_index, OneTimeCode.request_hash == digest(request_id))
        .with_for_update()
    ).one_or_none()


def newest_code(db: Session, phone_index: bytes) -> OneTimeCode | None:
    """Find the code that a number was sent last."""
    return db.scalars(
        select(OneTimeCode)
        .where(OneTimeCode.phone_index == phone_index)
        .order_by(OneTimeCode.created_at.desc())
        .limit(1)
    ).one_or_none()


def is_new_device(db: Session, person: UUID, device: str | None) -> bool:
    """Tell whether somebody has signed in before, and never on a device that they call so."""
    before, known = db.execute(
        select(func.count(), func.count().filter(TokenFamily.device == device)).where(
            TokenFamily.person == person
        )
    ).one()
    return bool(before and not known)


def devices(db: Session, by: Actor, *, at: datetime) -> list[Device]:
    """List where the actor is signed in, the newest first."""
    rows = db.scalars(
        select(TokenFamily)
        .where(TokenFamily.person == by.id, TokenFamily.revoked_at.is_(None))
        .where(TokenFamily.refresh_expires_at > at)
        .order_by(TokenFamily.id.desc())
        .limit(_MOST_DEVICES)
    )
    return [
        Device(row.id, row.device, row.role, row.created_at, row.rotated_at, row.id == by.session)
        for row in rows
    ]


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


def family_locked(db: Session, family: UUID) -> TokenFamily | None:
    """Lock a session, so that its tokens follow one another."""
    return db.get(TokenFamily, family, with_for_update=True)
