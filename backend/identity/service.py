"""The verbs of identity: signing in, going on, signing out; who is entered, and as what, stands in enrolment.

Phone numbers come in E.164, as the wire's schema leaves them.
"""

import secrets
from datetime import datetime
from math import ceil
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from backend.identity import queries, rules, sessions
from backend.identity.cards import add as add_card
from backend.identity.cards import issue as issue_card
from backend.identity.cards import reveal as reveal_card
from backend.identity.cards import revoke as revoke_card
from backend.identity.cards import speaks_for
from backend.identity.codes import spend
from backend.identity.enrolment import (
    assign,
    dismiss,
    enter_resident,
    open_household,
    register_collector,
    register_staff,
    reset_login,
    set_up_household,
)
from backend.identity.errors import (
    CodeTooSoon,
    DeviceNotFound,
    NotAssigned,
    RefreshWrong,
    TooManyCodes,
)
from backend.identity.logins import change_secret, sign_in_collector, sign_in_staff
from backend.identity.members import invite, join, leave
from backend.identity.models import OneTimeCode, TokenFamily, digest
from backend.identity.phones import end as end_phone
from backend.identity.phones import end_offered as end_phones_offered
from backend.identity.phones import forget as forget_phones
from backend.identity.phones import offer as offer_phone
from backend.identity.proof import demand_proof, prove
from backend.identity.rules import NEWCOMER, RESIDENT, CodeSent, Letter, Post, SignedIn
from backend.identity.second_factor import confirm as confirm_second_factor
from backend.identity.second_factor import enrol as enrol_second_factor
from backend.identity.second_factor import hand_over as hand_over_second_factor
from backend.identity.second_factor import renew_recovery_codes
from backend.identity.second_factor import verify as verify_second_factor
from backend.identity.succession import SecondProof, person_behind, reissue
from backend.identity.vault import reveal, show_door
from backend.identity.vouching import vouch as vouch_for
from backend.identity.vouching import vouch_at_door
from backend.kit.auth import Actor
from backend.kit.db import keep, see
from backend.kit.envelope import blind_index, new_key, seal, unseal
from backend.kit.ids import new_id
from backend.kit.jobs import later
from backend.settings import settings

__all__ = [
    "add_card",
    "assign",
    "change_secret",
    "confirm_second_factor",
    "demand_proof",
    "dismiss",
    "end_device",
    "end_phone",
    "end_phones_offered",
    "enrol_second_factor",
    "enter_resident",
    "exchange_district",
    "forget_letter",
    "forget_phones",
    "hand_over_second_factor",
    "invite",
    "issue_card",
    "join",
    "leave",
    "letter",
    "offer_phone",
    "open_household",
    "prove",
    "refresh",
    "register_collector",
    "register_staff",
    "reissue",
    "renew_recovery_codes",
    "reset_login",
    "reveal",
    "reveal_card",
    "revoke_card",
    "send_code",
    "set_up_household",
    "show_door",
    "sign_in_collector",
    "sign_in_resident",
    "sign_in_staff",
    "sign_out",
    "speaks_for",
    "verify_second_factor",
    "vouch_at_door",
    "vouch_for",
]

_ONE_WHILE = 600
"""How many seconds somebody is asked to wait who has had more than their share."""


def send_code(
    db: Session,
    *,
    phone: str,
    language: str,
    device_id: UUID | None = None,
    address: str = "",
    at: datetime,
) -> CodeSent:
    """Make a one-time code for a number and let it leave once this is committed.

    It counts only together with the request's id, so read aloud to somebody it is of no use to them.

    :param device_id: what the app made up when it was installed, if it says so
    :param address: where the request came from
    :raises CodeTooSoon: one a minute, five an hour
    :raises TooManyCodes: too many for this device, this line, this block of numbers or the hour's spending
    """
    index = blind_index(phone)
    queries.lock_number(db, index)
    free_at = rules.next_code_at(queries.codes_since(db, index, at - rules.HOUR))
    if free_at is not None and at < free_at:
        seconds = ceil((free_at - at).total_seconds())
        raise CodeTooSoon(retry_after=seconds, seconds=seconds)
    under = rules.limits_of_codes(phone, address=address, device=device_id)
    counted = queries.codes_counted(db, under, since=at - rules.HOUR)
    if not counted.may_another(at_most=settings().codes_an_hour):
        raise TooManyCodes(retry_after=_ONE_WHILE)
    code, key, request_id = new_id(at), new_key(), secrets.token_urlsafe(16)
    db.add(
        OneTimeCode(
            id=code,
            phone_index=index,
            device=under.device,
            source=under.line,
            prefix=under.prefix,
            request_hash=digest(request_id),
            vault_key=key,
            phone_sealed=seal(key, phone, place=f"one_time_code.phone/{code}"),
            language=language,
            created_at=at,
            expires_at=at + rules.CODE_LIVES,
        )
    )
    db.flush()
    later(db, "identity.send_code", {"code": str(code)}, district=None, at=at)
    return CodeSent(request_id=request_id, expires_at=at + rules.CODE_LIVES, resend_at=at + rules.CODE_EVERY)


def letter(db: Session, code: UUID, *, at: datetime) -> Letter | None:
    """Write the message of a code while it is of use; codes of an hour ago go."""
    db.execute(delete(OneTimeCode).where(OneTimeCode.created_at <= at - rules.HOUR))
    row = queries.code_locked(db, code)
    if row is None or row.vault_key is None or row.phone_sealed is None:
        return None
    if not row.is_open(at):
        forget_letter(db, code)
        return None
    phone = unseal(row.vault_key, row.phone_sealed, place=f"one_time_code.phone/{code}")
    return Letter(phone, row.digits(), row.language)


def forget_letter(db: Session, code: UUID) -> None:
    """Forget whose number a code went to: it left, or is of no use any more."""
    if row := queries.code_locked(db, code):
        row.vault_key = row.phone_sealed = None


def sign_in_resident(
    db: Session,
    *,
    phone: str,
    code: str,
    request_id: str = "",
    language: str = "zh-CN",
    device: str | None = None,
    card: str | None = None,
    vouch: str | None = None,
    fresh_start: bool = False,
    at: datetime,
) -> SignedIn:
    """Sign a resident in; who was never here becomes a person without a household.

    :param request_id: what the device was told when it asked for the code
    :param card: the household's card, where the number may have changed hands
    :param vouch: or what a collector at the door, or staff, told them
    :param fresh_start: or whether to begin as somebody new
    :raises NumberInDoubt: the number may be somebody else's by now
    :raises CodeWrong: also when the right one comes too late, after too many wrong ones, or from elsewhere
    """
    spend(db, blind_index(phone), code, request_id, at=at)
    proof = SecondProof(card, vouch, fresh_start)
    person = person_behind(db, phone, proof, language=language, at=at)
    home = next((post for post in queries.posts(db, person) if post.role == RESIDENT), None)
    if home is None or home.district is None:
        return sessions.begin(db, person, Post(NEWCOMER, None), device=device, at=at)
    see(db, home.district)
    household = queries.home_of(db, home.district, person)
    if queries.is_new_device(db, person, device):
        told = {"person": str(person), "moment": at.isoformat()}
        later(db, "notices.new_device", told, district=home.district, at=at)
    return sessions.begin(db, person, home, household=household, device=device, at=at)


def refresh(db: Session, *, refresh_token: str, at: datetime) -> SignedIn:
    """Exchange a refresh token for new tokens; one that comes back later ends its whole family.

    :raises RefreshWrong: it has run out, was ended, or was exchanged before
    """
    family_id = rules.family_of(refresh_token)
    family = queries.family_locked(db, family_id) if family_id else None
    if family is None or not family.is_live(at):
        raise RefreshWrong
    if not family.takes(refresh_token, at):
        family.revoked_at = at
        keep(db)
        raise RefreshWrong
    return family.hand_out(at, instead_of=refresh_token)


def sign_out(db: Session, *, by: Actor, at: datetime) -> None:
    """End a session at once, access and refresh."""
    db.execute(update(TokenFamily).where(TokenFamily.id == by.session).values(revoked_at=at))


def end_device(db: Session, session: UUID, *, by: Actor, at: datetime) -> None:
    """End a session of the actor's own, on this device or another, at once.

    :raises DeviceNotFound: it is not theirs, or has ended
    """
    family = queries.family_locked(db, session)
    if family is None or family.person != by.id or not family.is_live(at):
        raise DeviceNotFound
    family.revoked_at = at


def exchange_district(db: Session, *, by: Actor, district: str, at: datetime) -> SignedIn:
    """Let a session work in another of its person's districts.

    :raises NotAssigned: the person has no role there
    """
    queries.person_locked(db, by.id)
    post = rules.post_in(queries.posts(db, by.id), district, by.role)
    family = queries.family_locked(db, by.session) if by.session else None
    if post is None or family is None:
        raise NotAssigned
    family.district, family.role, family.organisation = post.district, post.role, post.organisation
    family.next_step = sessions.step_for(db, by.id, post.role, verified=True)
    return family.hand_out(at)
