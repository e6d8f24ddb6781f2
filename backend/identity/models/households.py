"""Households and who belongs to them. All belong to a district."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.identity import rules
from backend.kit.db import Base, InDistrict
from backend.kit.envelope import unseal


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


class Vouch(InDistrict, Base):
    """Somebody's word for a resident whose number may have changed hands; its code is derived from its id."""

    __tablename__ = "vouch"
    __table_args__ = (
        ForeignKeyConstraint(["district", "household"], ["household.district", "household.id"]),
        Index("uq_vouch_open", "district", "household", unique=True, postgresql_where="ended_at is null"),
    )

    household: Mapped[UUID]
    person: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    """Whom of the household it is for; at the door, whoever it is that stands there."""
    made_by: Mapped[UUID]
    role: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was used, or another took its place."""
    used_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
