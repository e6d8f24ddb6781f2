"""How staff sign in: logins, wrong guesses, second factors. All are city registers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base, InCity


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
