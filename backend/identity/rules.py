"""Who may do what, how long a secret lives, and the frozen values that leave this room."""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address, ip_network
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args
from uuid import UUID

import phonenumbers

from backend.kit.envelope import mac, six_digits

CODE_LIVES = timedelta(minutes=5)
CODE_TRIES = 5
CODE_EVERY = timedelta(seconds=60)
CODES_AN_HOUR = 5
CODES_AN_HOUR_OF_A_LINE = 30
"""A house full of people may share a line; a machine that asks for codes does not stop here by itself."""
CODES_AN_HOUR_OF_A_PREFIX = 200
"""Of ten thousand numbers that follow one another."""
HOUR = timedelta(hours=1)
ACCESS_LIVES = timedelta(minutes=15)
REFRESH_LIVES = timedelta(days=30)
REFRESH_GRACE = timedelta(seconds=30)
"""An answer lost on the way may be asked for again, until the token it held is first used."""
STEP_LIVES = timedelta(minutes=15)
"""A sign-in that is not finished by then begins anew."""
SILENCE = timedelta(days=365)
"""After so long a number may be somebody else's."""
INVITATION_LIVES = timedelta(hours=24)
PROOF_LIVES = timedelta(minutes=10)
"""How long a fresh one-time code counts for what is costly or final."""
FREE_FAILURES = 5
FREE_FAILURES_OF_STRANGERS = 50
LONGEST_DELAY = HOUR
GUESSES_COUNT_FOR = timedelta(days=1)
PASSWORD_MIN = 12
TERMS = "2026-01"
"""The terms and privacy notice in force."""

RESIDENT, NEWCOMER, COLLECTOR = "resident", "newcomer", "collector"

_SIGNED_IN = ("me:read", "session:end")
_EVERYBODY = (*_SIGNED_IN, "access:read")
_WORKING = (*_EVERYBODY, "session:exchange", "notice:read", "service:read", "secret:change")
_STAFF = (*_WORKING, "second_factor:enrol")
ROLES: Mapping[str, frozenset[str]] = {
    NEWCOMER: frozenset({*_EVERYBODY, "household:set_up", "household:join"}),
    RESIDENT: frozenset(
        {
            *_EVERYBODY,
            "household:set_up",
            "household:read",
            "household:change",
            "session:prove",
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
            *_WORKING,
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
        {
            *_STAFF,
            "offer:read",
            "budget:read",
            "service:edit",
            "jobs:manage",
            "person:read",
            "personal:reveal",
            "card:issue",
            "colleague:read",
            "colleague:dismiss",
            "trail:read",
        }
    ),
    "operator_manager": frozenset({*_STAFF, "colleague:read", "colleague:dismiss"}),
    "approver": frozenset({*_STAFF, "offer:read", "budget:read"}),
    "auditor": frozenset({*_STAFF, "offer:read", "budget:read", "colleague:read", "trail:read"}),
}
"""What each role may do. A newcomer is a signed-in resident who has no household yet."""

NEEDS_SECOND_FACTOR = frozenset({"operator_manager", "district_admin", "approver", "auditor"})
"""Who reads or decides beyond their own counter; a till may enrol one, and is then asked for it too."""

PROOF, NEW_SECRET, ENROLMENT = "second_factor", "new_secret", "second_factor_enrolment"
STEPS: Mapping[str, frozenset[str]] = {
    PROOF: frozenset({*_SIGNED_IN, "second_factor:verify"}),
    NEW_SECRET: frozenset({*_SIGNED_IN, "secret:change"}),
    ENROLMENT: frozenset({*_SIGNED_IN, "secret:change", "second_factor:enrol"}),
}
"""What a session may do while its sign-in has a step to go, whatever its role."""

StaffRole = Literal["till", "operator_manager", "district_admin", "approver", "auditor"]
ON_TRAIL = frozenset(get_args(StaffRole))
"""Whose every change is written down."""
SecretKind = Literal["password", "pin"]


@dataclass(frozen=True)
class CodeSent:
    """What anybody is told who asks for a code."""

    request_id: str = field(repr=False)
    expires_at: datetime
    resend_at: datetime


@dataclass(frozen=True)
class CodesCounted:
    """How many codes left in the last hour."""

    of_line: int
    of_prefix: int
    in_all: int

    def may_another(self, *, at_most: int) -> bool:
        """Tell whether one more may leave; each text message costs money."""
        return (
            self.of_line < CODES_AN_HOUR_OF_A_LINE
            and self.of_prefix < CODES_AN_HOUR_OF_A_PREFIX
            and self.in_all < at_most
        )


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
    next_step: str | None = None
    device_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Enrolment:
    """A second factor on its way into an authenticator, the only time its secret is seen."""

    secret: str = field(repr=False)
    otpauth_uri: str = field(repr=False)
    qr_svg: str = field(repr=False)


@dataclass(frozen=True)
class Enrolled:
    """A second factor that works from now on, and what opens the door without it."""

    session: SignedIn
    recovery_codes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Source:
    """Where a guess comes from, as it is counted, and how many are free."""

    key: bytes
    free: int


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
    next_step: str | None
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
class Invited:
    """What lets one person into a household, the only time it is seen."""

    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Proved:
    """Until when a session counts as proved."""

    until: datetime


@dataclass(frozen=True)
class CardKnown:
    """A household's card without its code."""

    id: UUID
    issued_at: datetime


@dataclass(frozen=True)
class CardShown(CardKnown):
    """A household's card as it is printed."""

    code: str = field(repr=False)
    qr_svg: str = field(repr=False)


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
class Colleague:
    """Somebody at work in a role of a district."""

    post: UUID
    id: UUID
    role: str
    organisation: UUID | None
    since: datetime
    name: str | None = field(repr=False)


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


def invitation_code(district: str, nonce: bytes) -> str:
    """Write an invitation: where it leads, and 80 random bits that a person can type."""
    return f"{district}-{base64.b32encode(nonce).decode()}"


def district_of_invitation(code: str) -> str | None:
    """Read where an invitation leads."""
    found = re.fullmatch(r"([0-9]{6})-[A-Z2-7]{16}", code)
    return found[1] if found else None


def card_code(district: str, card: UUID) -> str:
    """Write what a household's card says: its id and a mark of 72 bits that only we can make."""
    marked = card.bytes + mac("card", district, str(card))[:9]  # 25 bytes in all need no padding
    return f"LVC1.{base64.b32encode(marked).decode()}"


def card_of(code: str) -> UUID | None:
    """Read which card a code claims to be."""
    found = re.fullmatch(r"LVC1\.([A-Z2-7]{40})", code)
    return UUID(bytes=base64.b32decode(found[1])[:16]) if found else None


def network_of(address: str) -> str:
    """Return what one line pays for: an IPv4 address, or the /64 that a line has in IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(ip_network((found, 64), strict=False))


def limits_of_codes(phone: str, address: str) -> tuple[bytes, bytes]:
    """Tell under which line and which block of numbers a code is counted, without saying which they are.

    Whoever pumps text messages counts up the numbers of a block that pays them.
    """
    return mac("code-source", network_of(address)), mac("code-prefix", phone[:-4])


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


def delay_after(failures: int, free: int = FREE_FAILURES) -> timedelta:
    """Tell how long a source rests after so many wrong secrets in a row: a minute, then twice as long."""
    if failures < free:
        return timedelta(0)
    return min(timedelta(minutes=1 << min(failures - free, 10)), LONGEST_DELAY)


def sources_of(what: str, *, device: UUID | None, address: str) -> tuple[Source, ...]:
    """Tell against what a guess counts: a known device for itself, a stranger's address and all strangers.

    Who knows a login can therefore make strangers wait, and never its owner on a device of theirs.

    :param what: what is guessed at, the secret or the second factor
    """
    if device is not None:
        return (Source(mac("guess", what, "device", str(device)), FREE_FAILURES),)
    return (
        Source(mac("guess", what, "address", address), FREE_FAILURES),
        Source(mac("guess", what, "strangers"), FREE_FAILURES_OF_STRANGERS),
    )


def device_token(device: UUID, *, credential: UUID, kept: str) -> str:
    """Write what a device is known by for as long as the secret stays the same."""
    mark = mac("known-device", str(device), str(credential), kept)[:26]  # 42 bytes in all need no padding
    return base64.urlsafe_b64encode(device.bytes + mark).decode()


def device_of(token: str | None, *, credential: UUID, kept: str) -> UUID | None:
    """Read which known device a token stands for."""
    try:
        device = UUID(bytes=base64.urlsafe_b64decode((token or "").encode())[:16])
    except ValueError:
        return None
    known = device_token(device, credential=credential, kept=kept)
    return device if hmac.compare_digest(known.encode(), (token or "").encode()) else None


def is_strong(kind: SecretKind, secret: str) -> bool:
    """Tell whether a secret is long enough to be kept as one."""
    return (
        len(secret) >= PASSWORD_MIN if kind == "password" else re.fullmatch(r"[0-9]{6}", secret) is not None
    )


def is_common(kind: SecretKind, secret: str, *, login: str) -> bool:
    """Tell whether a secret is among the first that anybody would try."""
    if kind == "pin":
        steps = {int(right) - int(left) for left, right in pairwise(secret)}
        return len(set(secret)) < 3 or steps in ({1}, {-1}) or secret[:3] == secret[3:]
    plain = secret.casefold()
    return plain in _leaked() or len(set(plain)) < 5 or (len(login) >= 4 and login.casefold() in plain)


@lru_cache
def _leaked() -> frozenset[str]:
    lines = Path(__file__).with_name("common_secrets.txt").read_text().splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def next_step(role: str, *, enrolled: bool, verified: bool, must_change: bool) -> str | None:
    """Tell what a sign-in still lacks before it is whole.

    :param verified: whether the second factor was given in this session
    """
    if enrolled and not verified:
        return PROOF
    if must_change:
        return NEW_SECRET
    return ENROLMENT if role in NEEDS_SECOND_FACTOR and not enrolled else None


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
