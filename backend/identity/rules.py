"""Who may do what, how long a secret lives, and the frozen values that leave this room."""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import phonenumbers

from backend.kit.envelope import mac, six_digits

CODE_LIVES = timedelta(minutes=5)
CODE_TRIES = 5
CODE_EVERY = timedelta(seconds=60)
CODES_AN_HOUR = 5
HOUR = timedelta(hours=1)
ACCESS_LIVES = timedelta(minutes=15)
REFRESH_LIVES = timedelta(days=30)
REFRESH_GRACE = timedelta(seconds=30)
"""An answer lost on the way may be asked for again, until the token it held is first used."""
FREE_FAILURES = 5
LONGEST_DELAY = HOUR
PASSWORD_MIN = 12
TERMS = "2026-01"
"""The terms and privacy notice in force."""

RESIDENT, NEWCOMER, COLLECTOR = "resident", "newcomer", "collector"

_EVERYBODY = ("me:read", "session:end", "access:read")
_STAFF = (*_EVERYBODY, "session:exchange", "notice:read", "service:read")
ROLES: Mapping[str, frozenset[str]] = {
    NEWCOMER: frozenset({*_EVERYBODY, "household:set_up"}),
    RESIDENT: frozenset(
        {
            *_EVERYBODY,
            "household:set_up",
            "household:read",
            "notice:read",
            "service:read",
            "pickup:book",
            "pickup:read",
            "pickup:cancel",
            "weighing:list",
            "weighing:read",
            "weighing:confirm",
            "weighing:return",
            "account:read",
            "offer:read",
            "redemption:make",
            "redemption:read",
            "redemption:cancel",
        }
    ),
    COLLECTOR: frozenset(
        {
            *_STAFF,
            "day:read",
            "pickup:serve",
            "weighing:record",
            "weighing:read",
            "weighing:confirm",
            "weighing:return",
        }
    ),
    "till": frozenset({*_STAFF, "offer:read", "voucher:honour"}),
    "district_admin": frozenset(
        {*_STAFF, "offer:read", "budget:read", "service:edit", "person:read", "personal:reveal"}
    ),
    "approver": frozenset({*_STAFF, "offer:read", "budget:read"}),
    "auditor": frozenset({*_STAFF, "offer:read", "budget:read"}),
}
"""What each role may do. A newcomer is a signed-in resident who has no household yet."""

StaffRole = Literal["till", "district_admin", "approver", "auditor"]
SecretKind = Literal["password", "pin"]


@dataclass(frozen=True)
class CodeSent:
    """What anybody is told who asks for a code."""

    request_id: str = field(repr=False)
    expires_at: datetime
    resend_at: datetime


@dataclass(frozen=True)
class Letter:
    """A one-time code on its way."""

    phone: str = field(repr=False)
    digits: str = field(repr=False)
    language: str


@dataclass(frozen=True)
class SignedIn:
    """A session as its owner gets it, the only time its tokens are seen."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime
    role: str
    district: str | None
    needs_set_up: bool


@dataclass(frozen=True)
class Post:
    """A role in a district, and for whom."""

    role: str
    district: str | None
    organisation: UUID | None = None


@dataclass(frozen=True)
class Me:
    """A person as they see themselves."""

    id: UUID
    name: str | None
    phone_last4: str | None
    role: str
    district: str | None
    household: UUID | None
    organisation: UUID | None
    needs_set_up: bool
    assignments: tuple[Post, ...]


@dataclass(frozen=True)
class Home:
    """A household, without what is personal."""

    id: UUID
    district: str
    community: str
    opened_at: datetime


@dataclass(frozen=True)
class OwnHome(Home):
    """A household as its members see it."""

    community_name: str
    address: str = field(repr=False)
    members: int


@dataclass(frozen=True)
class Collector:
    """Somebody who collects for an operator in a district."""

    id: UUID
    number: str
    name_zh: str


@dataclass(frozen=True)
class Device:
    """Where somebody is signed in."""

    id: UUID
    name: str | None = field(repr=False)
    role: str
    signed_in_at: datetime
    last_seen_at: datetime
    is_this: bool


@dataclass(frozen=True)
class Known:
    """A person as staff find them, without what is personal."""

    id: UUID
    role: str
    phone_last4: str | None
    household: UUID | None
    since: datetime


@dataclass(frozen=True)
class Revealed:
    """Something personal, shown to somebody else; null where there is none."""

    what: str
    value: str | None = field(repr=False)


@dataclass(frozen=True)
class Doorstep:
    """What a collector needs at the door."""

    address: str = field(repr=False)
    phone_masked: str | None


@dataclass(frozen=True)
class Look:
    """An access to what is personal, as the person it belongs to reads it."""

    id: UUID
    what: str
    role: str
    organisation: str | None
    district: str
    pickup: UUID | None
    at: datetime
    reason: str | None = field(repr=False)


def masked_phone(phone: str) -> str:
    """Leave of a number in E.164 what its owner recognises it by."""
    return f"{phone[3:6]}****{phone[-4:]}"


def masked_address(address: str) -> str:
    """Leave the beginning of an address, which names a street and no door."""
    return f"{address[:3]}****"


def mobile(written: str) -> str | None:
    """Read a mobile number of mainland China as people write it; return it in E.164."""
    try:
        number = phonenumbers.parse(written, "CN")
    except phonenumbers.NumberParseException:
        return None
    if (
        phonenumbers.region_code_for_number(number) != "CN"
        or phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.MOBILE
    ):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def digits_of(code: UUID, phone_index: bytes) -> str:
    """Derive the six digits of a one-time code; only who holds the master key can."""
    return six_digits("one-time-code", str(code), phone_index.hex())


def code_message(digits: str, language: str) -> str:
    """Say a one-time code in a text message."""
    minutes = CODE_LIVES // timedelta(minutes=1)
    if language == "en":
        return f"[Lvzhang] {digits} is your sign-in code, valid for {minutes} minutes. Tell it to nobody."
    return f"【绿账】您的登录验证码为 {digits}，{minutes} 分钟内有效，请勿告诉他人。"


def next_code_at(sent_in_the_last_hour: Sequence[datetime]) -> datetime | None:
    """Tell from when a number may have another code.

    :param sent_in_the_last_hour: newest first
    """
    if not sent_in_the_last_hour:
        return None
    soonest = sent_in_the_last_hour[0] + CODE_EVERY
    if len(sent_in_the_last_hour) < CODES_AN_HOUR:
        return soonest
    return max(soonest, sent_in_the_last_hour[CODES_AN_HOUR - 1] + HOUR)


def delay_after(failures: int) -> timedelta:
    """Tell how long a login rests after so many wrong secrets in a row: a minute, then twice as long."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    return min(timedelta(minutes=1 << min(failures - FREE_FAILURES, 10)), LONGEST_DELAY)


def is_strong(kind: SecretKind, secret: str) -> bool:
    """Tell whether a secret is long enough to be kept as one."""
    return (
        len(secret) >= PASSWORD_MIN if kind == "password" else re.fullmatch(r"[0-9]{6}", secret) is not None
    )


def refresh_token(family: UUID, nonce: bytes) -> str:
    """Write a refresh token: its family, 256 random bits, and our mark.

    With the mark, any token that was ever issued is recognised when it comes back, and one that
    somebody made up ends nobody's session.
    """
    body = family.bytes + nonce
    return base64.urlsafe_b64encode(body + _mark(body)).decode()


def family_of(token: str) -> UUID | None:
    """Read which family a refresh token belongs to, if it is one of ours."""
    try:
        raw = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
    except ValueError:
        return None
    body, mark = raw[:48], raw[48:]
    return UUID(bytes=body[:16]) if hmac.compare_digest(mark, _mark(body)) else None


def _mark(body: bytes) -> bytes:
    return mac("refresh-token", body.hex())[:15]  # 63 bytes in all need no padding


def post_in(posts: list[Post], district: str, role: str) -> Post | None:
    """Pick a staff role in a district, preferring the one the person has now."""
    there = [post for post in posts if post.district == district and post.role != RESIDENT]
    return min(there, key=lambda post: post.role != role, default=None)
