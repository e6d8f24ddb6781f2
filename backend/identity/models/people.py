"""Persons, what they are and where, what they agreed to, and who looked at them. All are city registers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base, InCity
from backend.kit.envelope import seal, unseal


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
    reissued_at: Mapped[datetime | None]
    """When the network gave the number to somebody new, until who signs in with it proves who they are."""

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


class Access(InCity, Base):
    """Somebody's look at what is personal to a person, or their word for them. City register.

    Written once, changed by nobody.
    """

    __tablename__ = "access"
    __table_args__ = (
        CheckConstraint("field in ('phone', 'name', 'address', 'sign_in')", name="field"),
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
