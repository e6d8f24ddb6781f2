"""The frozen values that leave this room."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from backend.identity.rules.residents import (
    CODES_AN_HOUR_OF_A_DEVICE,
    CODES_AN_HOUR_OF_A_LINE,
    CODES_AN_HOUR_OF_A_PREFIX,
)


@dataclass(frozen=True)
class CodeSent:
    """What anybody is told who asks for a code."""

    request_id: str = field(repr=False)
    expires_at: datetime
    resend_at: datetime


@dataclass(frozen=True)
class CodesCounted:
    """How many codes left in the last hour."""

    of_device: int
    of_line: int
    of_prefix: int
    in_all: int

    def may_another(self, *, at_most: int) -> bool:
        """Tell whether one more may leave; each text message costs money."""
        return (
            self.of_device < CODES_AN_HOUR_OF_A_DEVICE
            and self.of_line < CODES_AN_HOUR_OF_A_LINE
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
    phone_token: str | None = field(default=None, repr=False)


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
class Vouched:
    """What somebody types in whom a collector or staff vouch for, the only time it is seen."""

    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Reissued:
    """What became of a list of numbers that the network gave to somebody new."""

    known: int
    unreadable: int


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
class PhoneKnown:
    """A phone of an operator: awaited while nobody bound it."""

    id: UUID
    made_by: UUID
    made_at: datetime
    bound_by: UUID | None
    bound_at: datetime | None
    last_by: UUID | None
    last_at: datetime | None


@dataclass(frozen=True)
class PhoneOffered:
    """What binds one phone, the only time it is seen."""

    id: UUID
    expires_at: datetime
    code: str = field(repr=False)


@dataclass(frozen=True)
class Colleague:
    """Somebody at work in a role of a district."""

    post: UUID
    id: UUID
    role: str
    organisation: UUID | None
    since: datetime
    until: datetime | None
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
