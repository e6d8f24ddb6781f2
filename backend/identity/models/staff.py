"""How staff sign in: logins, wrong guesses, second factors, and the phones of operators."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.identity import rules
from backend.kit.db import Base, InCity, InDistrict


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


class Phone(InDistrict, Base):
    """A phone that collectors of an operator share, awaited until its code is used, bound from then on."""

    __tablename__ = "phone"
    __table_args__ = (
        UniqueConstraint("district", "code_hash"),
        CheckConstraint("(bound_at is null) = (bound_by is null)", name="bound_by_somebody"),
    )

    operator: Mapped[UUID]
    code_hash: Mapped[bytes | None]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    bound_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    bound_at: Mapped[datetime | None]
    last_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    last_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    def is_awaited(self, at: datetime) -> bool:
        """Tell whether its code can still be used."""
        return self.bound_at is None and self.ended_at is None and at < self.made_at + rules.PHONE_CODE_LIVES

    def is_bound(self) -> bool:
        """Tell whether collectors sign in on it."""
        return self.bound_at is not None and self.ended_at is None

    def take(self, person: UUID, at: datetime) -> None:
        """Hand it to who signs in on it; the first one binds it, and its code is used up."""
        if self.bound_at is None:
            self.bound_by, self.bound_at, self.code_hash = person, at, None
        self.last_by, self.last_at = person, at

    def known(self) -> rules.PhoneKnown:
        """Return what its operator may know."""
        return rules.PhoneKnown(
            id=self.id,
            made_by=self.made_by,
            made_at=self.made_at,
            bound_by=self.bound_by,
            bound_at=self.bound_at,
            last_by=self.last_by,
            last_at=self.last_at,
        )
