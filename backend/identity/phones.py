"""The phones that an operator's collectors share: bound once, then changed over with number and PIN.

A PIN is six digits, so it opens nothing by itself: it counts only on a phone that its operator knows.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from backend.identity import codes, queries, rules
from backend.identity.errors import PhoneCodeWrong, PhoneNotBound, PhoneNotFound
from backend.identity.models import Phone, TokenFamily
from backend.identity.rules import COLLECTOR, Post
from backend.kit import tickets, trail
from backend.kit.auth import Actor
from backend.kit.db import see
from backend.kit.ids import new_id

_OPENS = "phone"


def offer(db: Session, *, by: Actor, at: datetime) -> rules.PhoneOffered:
    """Make a code that binds one phone to the actor's operator, within a day."""
    code = tickets.draw(by.district)
    phone = _awaited(by.district, by.organisation_id(), made_by=by.id, at=at)
    phone.code_hash = tickets.kept(_OPENS, code)
    db.add(phone)
    facts = {"operator": str(phone.operator)}
    trail.note(db, "phone.offered", f"phone/{phone.id}", by=by, after=facts, at=at)
    return rules.PhoneOffered(id=phone.id, expires_at=at + rules.PHONE_CODE_LIVES, code=code)


def end(db: Session, phone_id: UUID, *, by: Actor, at: datetime) -> None:
    """End a phone of the actor's operator, as when it was lost: whoever is signed in on it is out at once.

    :raises PhoneNotFound: the operator has no such phone, or it has ended
    """
    phone = queries.phone_locked(db, by.district, phone_id, operator=by.organisation_id())
    if phone is None or phone.ended_at is not None:
        raise PhoneNotFound
    phone.ended_at, phone.code_hash = at, None
    _end_sessions(db, phone_id, at=at)
    before = {"operator": str(phone.operator), "bound": phone.bound_at is not None}
    trail.note(db, "phone.ended", f"phone/{phone_id}", by=by, before=before, at=at)


def find(db: Session, *, token: str | None, code: str | None, at: datetime) -> Phone | None:
    """Find and lock the phone that somebody signs in on, before any secret is looked at.

    :param token: what a bound phone was told
    :param code: what binds a phone; in development the fixed code binds it to the operator of who signs in
    :return: None where the fixed code was given
    :raises PhoneNotBound: the token is missing, or stands for no bound phone
    :raises PhoneCodeWrong: there is no such code, or it was used, or has run out
    """
    if code is not None:
        return None if codes.is_fixed(code) else _of_code(db, code, at=at)
    district, phone_id = rules.phone_of(token or "") or (None, None)
    if district is None or phone_id is None:
        raise PhoneNotBound
    see(db, district)
    phone = queries.phone_locked(db, district, phone_id)
    if phone is None or not phone.is_bound():
        raise PhoneNotBound
    return phone


def _of_code(db: Session, code: str, *, at: datetime) -> Phone:
    district = tickets.district_of(code)
    if district is None:
        raise PhoneCodeWrong
    see(db, district)
    phone = queries.phone_of_code_locked(db, district, tickets.kept(_OPENS, code))
    if phone is None or not phone.is_awaited(at):
        raise PhoneCodeWrong
    return phone


def post_on(phone: Phone | None, posts: list[Post]) -> Post | None:
    """Choose the post that somebody has with the operator of a phone."""
    return next(
        (
            post
            for post in posts
            if post.role == COLLECTOR
            and (phone is None or (post.district, post.organisation) == (phone.district, phone.operator))
        ),
        None,
    )


def take(db: Session, phone: Phone | None, post: Post, *, person: UUID, at: datetime) -> Phone:
    """Hand a phone to who signs in on it, and end the session of who had it before."""
    if phone is None:
        district, operator = str(post.district), post.organisation
        see(db, district)
        phone = _awaited(district, operator, made_by=person, at=at)
        db.add(phone)
    phone.take(person, at)
    _end_sessions(db, phone.id, at=at)
    return phone


def end_offered(db: Session, made_by: UUID, *, district: str, at: datetime) -> None:
    """End the codes that somebody who leaves has made and nobody used; the phones that are bound stay."""
    made = update(Phone).where(Phone.district == district, Phone.made_by == made_by)
    awaited = made.where(Phone.bound_at.is_(None), Phone.ended_at.is_(None))
    db.execute(awaited.values(ended_at=at, code_hash=None))


def forget(db: Session, *, district: str, at: datetime) -> int:
    """Delete the phones of a district that nobody bound in time."""
    gone = delete(Phone).where(Phone.district == district, Phone.bound_at.is_(None))
    late = gone.where(Phone.made_at <= at - rules.PHONE_CODE_LIVES)
    return len(db.scalars(late.returning(Phone.id)).all())


def _awaited(district: str, operator: UUID | None, *, made_by: UUID, at: datetime) -> Phone:
    return Phone(district=district, id=new_id(at), operator=operator, made_by=made_by, made_at=at)


def _end_sessions(db: Session, phone: UUID, *, at: datetime) -> None:
    live = update(TokenFamily).where(TokenFamily.phone == phone, TokenFamily.revoked_at.is_(None))
    db.execute(live.values(revoked_at=at))
