"""Sessions and one-time codes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.rows import dict_row
from sqlalchemy import false, func, select
from sqlalchemy.orm import Session

from backend.identity.models import OneTimeCode, TokenFamily, digest
from backend.identity.rules import ON_TRAIL, ROLES, STEPS, CodeLimits, CodesCounted, Device
from backend.kit.auth import Actor, NotSignedIn
from backend.kit.db import driver

_MOST_DEVICES = 100

# Every request begins with it, so it is written out: composing it each time cost more than asking it.
_SPEAKS = """
select s.id, s.person, s.role, s.next_step, coalesce(s.district, '') as district, s.household, s.organisation,
       p.vault_key, set_config('lv.districts', coalesce(s.district, ''), true)
  from session s
  join person p on p.id = s.person
 where s.access_hash = %(access_hash)s and s.access_expires_at > %(at)s and s.revoked_at is null
"""


def authenticate(db: Session, token: str, at: datetime) -> Actor:
    """Find who an access token speaks for, and let the transaction see their district, in one round trip.

    :raises NotSignedIn: the token is unknown, has run out, or its session was ended
    """
    with driver(db).cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_SPEAKS, {"access_hash": digest(token), "at": at}).fetchone()
    if row is None:
        raise NotSignedIn
    return Actor(
        id=row["person"],
        role=row["role"],
        scopes=STEPS[row["next_step"]] if row["next_step"] else ROLES[row["role"]],
        district=row["district"],
        household=row["household"],
        organisation=row["organisation"],
        session=row["id"],
        next_step=row["next_step"],
        on_trail=row["role"] in ON_TRAIL,
        vault_key=row["vault_key"],
    )


def last_seen_at(db: Session, person: UUID) -> datetime | None:
    """Tell when somebody's tokens were last handed out."""
    return db.scalar(select(func.max(TokenFamily.rotated_at)).where(TokenFamily.person == person))


def proved_at(db: Session, session: UUID) -> datetime | None:
    """Tell when a one-time code was last given in a session."""
    return db.scalar(select(TokenFamily.proved_at).where(TokenFamily.id == session))


def family_known(db: Session, session: UUID) -> TokenFamily:
    """Return a session that is known to exist."""
    return db.get_one(TokenFamily, session)


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


def codes_counted(db: Session, under: CodeLimits, *, since: datetime) -> CodesCounted:
    """Count the codes of a while: for one device, from one line, to one block of numbers, and in all."""
    of_which = (
        (false() if under.device is None else OneTimeCode.device == under.device,),
        (OneTimeCode.source == under.line,),
        (OneTimeCode.prefix == under.prefix,),
        (),
    )
    counts = (
        select(func.count())
        .select_from(OneTimeCode)
        .where(OneTimeCode.created_at > since, *which)
        .scalar_subquery()
        for which in of_which
    )
    return CodesCounted(*db.execute(select(*counts)).one())


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


def family_locked(db: Session, family: UUID) -> TokenFamily | None:
    """Lock a session, so that its tokens follow one another."""
    return db.get(TokenFamily, family, with_for_update=True)
