"""Who is entered, and as what: households, collectors, staff, and their roles in districts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.identity import guesses, logins, passwords, queries, rules, second_factor, sessions
from backend.identity.errors import (
    AlreadyInHousehold,
    CommunityUnknown,
    LoginTaken,
    TermsOutdated,
)
from backend.identity.models import (
    Assignment,
    Consent,
    Credential,
    Household,
    Membership,
    Person,
    TokenFamily,
)
from backend.identity.rules import COLLECTOR, NEWCOMER, RESIDENT, SecretKind, StaffRole
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.db import see
from backend.kit.envelope import blind_index, new_key, seal
from backend.kit.ids import new_id
from backend.network import queries as network


def set_up_household(
    db: Session, *, by: Actor, community: str, address: str, consent: str, at: datetime
) -> rules.OwnHome:
    """Open a household for somebody who has none; their sessions speak for it from now on.

    :param consent: the version of the terms that were agreed to
    :raises TermsOutdated: other terms are in force
    :raises CommunityUnknown: the register has no such community
    :raises AlreadyInHousehold: a person belongs to one household at a time
    """
    if consent != rules.TERMS:
        raise TermsOutdated(version=rules.TERMS)
    queries.person_locked(db, by.id)
    if any(post.role == RESIDENT for post in queries.posts(db, by.id)):
        raise AlreadyInHousehold
    home = open_household(db, community=community, address=address, at=at)
    agree(db, person=by.id, version=consent, at=at)
    move_in(db, home, person=by.id, at=at)
    return queries.own_home(db, home.district, home.id)


def open_household(
    db: Session, *, id: UUID | None = None, community: str, address: str, at: datetime
) -> rules.Home:
    """Open a household that nobody belongs to yet; one that is known by its id stays as it is.

    :raises CommunityUnknown: the register has no such community
    """
    place = network.community(db, community)
    if place is None:
        raise CommunityUnknown
    see(db, place.district)
    household, key = id or new_id(at), new_key()
    row = {
        "district": place.district,
        "id": household,
        "community": place.code,
        "vault_key": key,
        "address_sealed": seal(key, address, place=f"household.address/{household}"),
        "opened_at": at,
    }
    db.execute(insert(Household).values(row).on_conflict_do_nothing())
    return queries.home(db, place.district, household)


def enter_resident(db: Session, home: rules.Home, *, phone: str, name: str, at: datetime) -> UUID:
    """Enter a member of a household by name and number, as its staff or another member brings them.

    :raises AlreadyInHousehold: they belong to another one
    """
    person = number_of(db, phone, at=at)
    if person.name_sealed is None:
        person.call(name)
    move_in(db, home, person=person.id, at=at)
    return person.id


def number_of(db: Session, phone: str, *, language: str | None = None, at: datetime) -> Person:
    """Lock who has a number, in E.164; who was never here is entered.

    :param language: what their device speaks
    """
    index = blind_index(phone)
    known = queries.person_of_number_locked(db, index)
    if known is not None:
        known.language = language or known.language
        return known
    person, key = new_id(at), new_key()
    row = {
        "id": person,
        "vault_key": key,
        "phone_index": index,
        "phone_sealed": seal(key, phone, place=f"person.phone/{person}"),
        "phone_last4": phone[-4:],
        "language": language or "zh-CN",
        "created_at": at,
    }
    db.execute(insert(Person).values(row).on_conflict_do_nothing())
    return number_of(db, phone, language=language, at=at)


def move_in(db: Session, home: rules.Home, *, person: UUID, at: datetime) -> None:
    """Make somebody a member of a household that the transaction sees, and a resident of its district."""
    member = {"district": home.district, "household": home.id, "person": person, "joined_at": at}
    db.execute(insert(Membership).values(id=new_id(at), **member).on_conflict_do_nothing())
    if queries.home_of(db, home.district, person) != home.id:
        raise AlreadyInHousehold
    assign(db, person=person, district=home.district, role=RESIDENT, at=at)
    db.execute(
        update(TokenFamily)
        .where(TokenFamily.person == person, TokenFamily.role == NEWCOMER)
        .values(role=RESIDENT, district=home.district, household=home.id)
    )


def agree(db: Session, *, person: UUID, version: str, at: datetime) -> None:
    """Write down that somebody agreed to the terms; saying it again changes nothing."""
    agreed = {"id": new_id(at), "person": person, "what": "terms", "version": version, "at": at}
    db.execute(insert(Consent).values(agreed).on_conflict_do_nothing())


def register_collector(
    db: Session,
    *,
    id: UUID | None = None,
    number: str,
    pin: str,
    name: str,
    district: str,
    operator: UUID,
    must_change: bool = False,
    at: datetime,
) -> UUID:
    """Enter a collector of an operator, with number and PIN; who is known by their id stays as they are.

    :raises LoginTaken: the number is somebody else's
    :raises SecretTooWeak: a PIN has six digits
    :raises SecretTooCommon: the PIN is among the first to be guessed
    """
    person = _register(db, id, "pin", number, pin, name=name, must_change=must_change, at=at)
    assign(db, person=person, district=district, role=COLLECTOR, organisation=operator, at=at)
    return person


def register_staff(
    db: Session,
    *,
    id: UUID | None = None,
    username: str,
    password: str,
    name: str,
    role: StaffRole,
    district: str,
    organisation: UUID | None = None,
    must_change: bool = False,
    at: datetime,
) -> UUID:
    """Enter a till, an administrator, an approver or an auditor, with user name and password.

    Who is known by their id stays as they are.

    :param organisation: the merchant of a till; nobody else has one
    :param must_change: somebody else knows the password, so it is good for one sign-in
    :raises LoginTaken: the user name is somebody else's
    :raises SecretTooWeak: a password has twelve characters at least
    :raises SecretTooCommon: the password is among the first to be guessed
    """
    login = username.casefold()
    person = _register(db, id, "password", login, password, name=name, must_change=must_change, at=at)
    assign(db, person=person, district=district, role=role, organisation=organisation, at=at)
    return person


def _register(
    db: Session,
    id: UUID | None,
    kind: SecretKind,
    login: str,
    secret: str,
    *,
    name: str,
    must_change: bool,
    at: datetime,
) -> UUID:
    logins.check(kind, secret, login=login)
    if id is not None and db.get(Person, id) is not None:
        return id
    person = Person(id=id or new_id(at), vault_key=new_key(), language="zh-CN", created_at=at)
    person.call(name)
    db.add(person)
    db.flush()
    row = {"id": new_id(at), "person": person.id, "kind": kind, "login": login, "must_change": must_change}
    entered = insert(Credential).values(**row, hash=passwords.keepsake(secret)).on_conflict_do_nothing()
    if db.scalar(entered.returning(Credential.id)) is None:
        raise LoginTaken
    return person.id


def reset_login(db: Session, *, login: str, password: str, at: datetime) -> bool:
    """Give somebody who lost password or second factor a first password again; tell whether we know them."""
    known = queries.credential_locked(db, "password", login.casefold())
    if known is None:
        return False
    logins.check("password", password, login=known.login)
    known.hash, known.must_change = passwords.keepsake(password), True
    guesses.forget(db, known.id)
    second_factor.take_away(db, known.person, at=at)
    sessions.end(db, known.person, at=at)
    for district in sorted({post.district for post in queries.posts(db, known.person) if post.district}):
        see(db, district)
        trail.note(db, "login.reset", f"person/{known.person}", by=Actor.system(district), at=at)
        db.flush()
    return True


def assign(
    db: Session, *, person: UUID, district: str, role: str, organisation: UUID | None = None, at: datetime
) -> None:
    """Give somebody a role in a district; saying it again changes nothing."""
    post = {"person": person, "district": district, "role": role, "organisation": organisation}
    db.execute(insert(Assignment).values(id=new_id(at), **post, began_at=at).on_conflict_do_nothing())


def dismiss(db: Session, *, person: UUID, district: str, role: str, at: datetime) -> None:
    """Take a role in a district from somebody, and end at once every session that used it."""
    queries.person_locked(db, person)
    db.execute(
        update(Assignment)
        .where(Assignment.person == person, Assignment.district == district, Assignment.role == role)
        .where(Assignment.ended_at.is_(None))
        .values(ended_at=at)
    )
    db.execute(
        update(TokenFamily)
        .where(TokenFamily.person == person, TokenFamily.district == district, TokenFamily.role == role)
        .where(TokenFamily.revoked_at.is_(None))
        .values(revoked_at=at)
    )
