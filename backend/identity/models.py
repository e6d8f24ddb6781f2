"""The tables of identity. Only households and memberships belong to a district."""

import hmac
import secrets
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.identity import rules
from backend.kit.db import Base, InCity, InDistrict
from backend.kit.envelope import seal, unseal


def digest(token: str) -> bytes:
    """Return what is kept of a token; 256 random bits need no salt."""
    return sha256(token.encode()).digest()


class Person(InCity, Base):
    """Somebody who signs in, with a key of their own for what is personal. City register."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("(phone_index is null) = (phone_sealed is null)", name="phone_is_sealed"),
    )

    vault_key: Mapped[bytes]
    phone_index: Mapped[bytes | None] = mapped_column(unique=True)
    phone_sealed: Mapped[bytes | None]
    phone_last4: Mapped[str | None]
    name_sealed: Mapped[bytes | None]
    language: Mapped[str]
    created_at: Mapped[datetime]

    def phone(self) -> str | None:
        """Open the phone number."""
        if self.phone_sealed is None:
            return None
        return unseal(self.vault_key, self.phone_sealed, place=f"person.phone/{self.id}")

    def name(self) -> str | None:
        """Open the name."""
        if self.name_sealed is None:
            return None
        return unseal(self.vault_key, self.name_sealed, place=f"person.name/{self.id}")

    def call(self, name: str) -> None:
        """Give the person a name."""
        self.name_sealed = seal(self.vault_key, name, place=f"person.name/{self.id}")


class Credential(InCity, Base):
    """A collector's number with his PIN, or a user name with its password, as hashes. City register."""

    __tablename__ = "credential"
    __table_args__ = (
        UniqueConstraint("kind", "login"),
        CheckConstraint("kind in ('password', 'pin')", name="kind"),
    )

    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    login: Mapped[str]
    hash: Mapped[str]
    must_change: Mapped[bool] = mapped_column(default=False)
    """Somebody else has seen the secret, as they see every first one."""


class Guess(InCity, Base):
    """Wrong secrets for a login from one source, in a row. City register."""

    __tablename__ = "guess"
    __table_args__ = (UniqueConstraint("credential", "source"),)

    credential: Mapped[UUID] = mapped_column(ForeignKey("credential.id"))
    source: Mapped[bytes]
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    rests_until: Mapped[datetime]


class SecondFactor(InCity, Base):
    """An authenticator of a person, in use from its first code on. City register."""

    __tablename__ = "second_factor"
    __table_args__ = (
        Index(
            "uq_second_factor_in_use",
            "person",
            unique=True,
            postgresql_where="confirmed_at is not null and ended_at is null",
        ),
    )

    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    secret_sealed: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def place(self) -> str:
        """Where the secret is kept; it opens nowhere else."""
        return f"second_factor.secret/{self.id}"


class RecoveryCode(InCity, Base):
    """What opens the door once for who lost their authenticator, as a keyed hash. City register."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("person", "hash"),)

    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    hash: Mapped[bytes]
    used_at: Mapped[datetime | None]


class TokenFamily(InCity, Base):
    """A session: one sign-in on one device, and the tokens that follow one another. City register."""

    __tablename__ = "session"
    __table_args__ = (
        UniqueConstraint("access_hash"),
        CheckConstraint("(role = 'newcomer') = (district is null)", name="district_but_for_newcomers"),
        CheckConstraint("(role = 'resident') = (household is not null)", name="household_of_residents"),
        CheckConstraint(
            "next_step in ('second_factor', 'new_secret', 'second_factor_enrolment')", name="next_step"
        ),
    )

    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    district: Mapped[str | None]
    role: Mapped[str]
    household: Mapped[UUID | None]
    organisation: Mapped[UUID | None]
    device: Mapped[str | None]
    next_step: Mapped[str | None]
    """What the sign-in still lacks; until then the session may do that and little else."""
    access_hash: Mapped[bytes]
    access_expires_at: Mapped[datetime]
    refresh_hash: Mapped[bytes]
    refresh_expires_at: Mapped[datetime]
    previous_refresh_hash: Mapped[bytes | None]
    rotated_at: Mapped[datetime]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    proved_at: Mapped[datetime | None]
    """When a one-time code was last given in it."""

    def is_live(self, at: datetime) -> bool:
        """Tell whether it can still be refreshed."""
        return self.revoked_at is None and at < self.refresh_expires_at

    def takes(self, refresh_token: str, at: datetime) -> bool:
        """Tell whether this refresh token counts: the newest, or for a short grace the one before."""
        given = digest(refresh_token)
        return hmac.compare_digest(given, self.refresh_hash) or (
            self.previous_refresh_hash is not None
            and hmac.compare_digest(given, self.previous_refresh_hash)
            and at < self.rotated_at + rules.REFRESH_GRACE
        )

    def hand_out(self, at: datetime, *, instead_of: str | None = None) -> rules.SignedIn:
        """Make new tokens; only their hashes stay.

        :param instead_of: the refresh token they are exchanged for; repeating that does not prolong its grace
        """
        access = secrets.token_urlsafe(32)
        refresh = rules.refresh_token(self.id, secrets.token_bytes(32))
        if instead_of is None or digest(instead_of) != self.previous_refresh_hash:
            self.previous_refresh_hash, self.rotated_at = self.refresh_hash, at
        self.access_hash, self.access_expires_at = digest(access), at + rules.ACCESS_LIVES
        lives = rules.STEP_LIVES if self.next_step else rules.REFRESH_LIVES
        self.refresh_hash, self.refresh_expires_at = digest(refresh), at + lives
        return rules.SignedIn(
            access_token=access,
            refresh_token=refresh,
            access_expires_at=self.access_expires_at,
            refresh_expires_at=self.refresh_expires_at,
            role=self.role,
            district=self.district,
            needs_set_up=self.role == rules.NEWCOMER,
            next_step=self.next_step,
        )


class OneTimeCode(InCity, Base):
    """A code that was asked for; its digits are derived, its number goes when it is sent. City register."""

    __tablename__ = "one_time_code"
    __table_args__ = (
        Index("ix_one_time_code_phone_index_created_at", "phone_index", "created_at"),
        Index("ix_one_time_code_source_created_at", "source", "created_at"),
        Index("ix_one_time_code_prefix_created_at", "prefix", "created_at"),
    )

    phone_index: Mapped[bytes]
    source: Mapped[bytes]
    """Which address asked, keyed, so that it is counted and not known."""
    prefix: Mapped[bytes]
    """Which ten thousand numbers it is one of, keyed likewise."""
    request_hash: Mapped[bytes] = mapped_column(unique=True)
    """The code counts only together with what the device was told that asked for it."""
    vault_key: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    language: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    def digits(self) -> str:
        """Derive the six digits."""
        return rules.digits_of(self.id, self.phone_index)

    def is_open(self, at: datetime) -> bool:
        """Tell whether it can still be tried."""
        return self.used_at is None and at < self.expires_at and self.attempts < rules.CODE_TRIES


class Access(InCity, Base):
    """Somebody's look at what is personal to a person; written once, changed by nobody. City register."""

    __tablename__ = "access"
    __table_args__ = (
        CheckConstraint("field in ('phone', 'name', 'address')", name="field"),
        CheckConstraint("(pickup is null) <> (reason_sealed is null)", name="has_a_why"),
        Index("ix_access_person_id", "person", "id"),
    )

    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    field: Mapped[str]
    reader: Mapped[UUID]
    role: Mapped[str]
    organisation: Mapped[UUID | None]
    district: Mapped[str]
    pickup: Mapped[UUID | None]
    reason_sealed: Mapped[bytes | None]
    at: Mapped[datetime]

    @property
    def place(self) -> str:
        """Where the reason is kept; it opens nowhere else."""
        return f"access.reason/{self.id}"

    def reason(self, vault_key: bytes) -> str | None:
        """Open why it was looked at, with the key of the person it concerns."""
        return None if self.reason_sealed is None else unseal(vault_key, self.reason_sealed, place=self.place)


class Assignment(InCity, Base):
    """What somebody is in a district, and for which operator or merchant. City register."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint(
            "role in ('resident', 'collector', 'till', 'operator_manager', 'district_admin', 'approver',"
            " 'auditor')",
            name="role",
        ),
        CheckConstraint(
            "(role in ('collector', 'till', 'operator_manager')) = (organisation is not null)",
            name="organisation_where_needed",
        ),
        Index(
            "uq_assignment_standing",
            *("person", "district", "role", "organisation"),
            unique=True,
            postgresql_where="ended_at is null",
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            "uq_assignment_one_home",
            "person",
            unique=True,
            postgresql_where="role = 'resident' and ended_at is null",
        ),
        Index("ix_assignment_district_role", "district", "role", postgresql_where="ended_at is null"),
    )

    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    district: Mapped[str] = mapped_column(ForeignKey("division.code"))
    role: Mapped[str]
    organisation: Mapped[UUID | None]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Consent(InCity, Base):
    """What somebody agreed to, in which version, and when. City register."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("person", "what", "version"),)

    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    what: Mapped[str]
    version: Mapped[str]
    at: Mapped[datetime]


class Household(InDistrict, Base):
    """A household; its members share its accounts."""

    __tablename__ = "household"

    community: Mapped[str] = mapped_column(ForeignKey("division.code"))
    vault_key: Mapped[bytes]
    address_sealed: Mapped[bytes]
    opened_at: Mapped[datetime]

    def home(self) -> rules.Home:
        """Return what other rooms may know."""
        return rules.Home(self.id, self.district, self.community, self.opened_at)

    def address(self) -> str:
        """Open the address."""
        return unseal(self.vault_key, self.address_sealed, place=f"household.address/{self.id}")


class Membership(InDistrict, Base):
    """Somebody's belonging to a household."""

    __tablename__ = "membership"
    __table_args__ = (
        ForeignKeyConstraint(["district", "household"], ["household.district", "household.id"]),
        Index("ix_membership_district_household", "district", "household"),
        Index(
            "uq_membership_one_home",
            *("district", "person"),
            unique=True,
            postgresql_where="left_at is null",
        ),
    )

    household: Mapped[UUID]
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class Invitation(InDistrict, Base):
    """What lets one person into a household; the code itself is kept nowhere."""

    __tablename__ = "invitation"
    __table_args__ = (
        ForeignKeyConstraint(["district", "household"], ["household.district", "household.id"]),
        UniqueConstraint("district", "hash"),
    )

    household: Mapped[UUID]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    hash: Mapped[bytes]
    expires_at: Mapped[datetime]
    used_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    used_at: Mapped[datetime | None]

    def is_open(self, at: datetime) -> bool:
        """Tell whether it can still be used."""
        return self.used_at is None and at < self.expires_at


class Card(InDistrict, Base):
    """A household's printed card; its code is derived from its id."""

    __tablename__ = "card"
    __table_args__ = (
        ForeignKeyConstraint(["district", "household"], ["household.district", "household.id"]),
        Index("ix_card_district_household", "district", "household"),
    )

    household: Mapped[UUID]
    issued_by: Mapped[UUID]
    role: Mapped[str]
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
