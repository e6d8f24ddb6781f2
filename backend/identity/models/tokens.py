"""Sessions and one-time codes, of which only digests are kept. Both are city registers."""

import hmac
import secrets
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.identity import rules
from backend.kit.db import Base, InCity


def digest(token: str) -> bytes:
    """Return what is kept of a token; 256 random bits need no salt."""
    return sha256(token.encode()).digest()


class TokenFamily(InCity, Base):
    """A session: one sign-in on one device, and the tokens that follow one another. City register."""

    __tablename__ = "session"
    __table_args__ = (
        UniqueConstraint("access_hash"),
        Index("ix_session_phone", "phone", postgresql_where="phone is not null and revoked_at is null"),
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
    phone: Mapped[UUID | None]
    """The phone that a collector shares with others."""
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
        Index("ix_one_time_code_device_created_at", "device", "created_at"),
        Index("ix_one_time_code_source_created_at", "source", "created_at"),
        Index("ix_one_time_code_prefix_created_at", "prefix", "created_at"),
    )

    phone_index: Mapped[bytes]
    device: Mapped[bytes | None]
    """Which device asked, if it said so, keyed, so that it is counted and not known."""
    source: Mapped[bytes]
    """Which line it asked from, keyed likewise."""
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
