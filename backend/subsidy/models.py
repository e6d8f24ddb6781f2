"""The tables of the subsidy room."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base, InDistrict
from backend.subsidy.rules import Programme


class ProgrammeRow(InDistrict, Base):
    """A programme that subsidises."""

    __tablename__ = "programme"
    __table_args__ = (
        CheckConstraint("cap_rule in ('stop')", name="cap_rule"),
        CheckConstraint("period in ('year')", name="period"),
        CheckConstraint("opened_at <= closed_at", name="closed_after_opened"),
    )

    name_zh: Mapped[str]
    name_en: Mapped[str]
    cap_rule: Mapped[str]
    period: Mapped[str]
    basis_zh: Mapped[str]
    basis_en: Mapped[str]
    opened_by: Mapped[UUID]
    opened_at: Mapped[datetime]
    closed_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]

    def mark_closed(self, *, by: UUID, at: datetime) -> None:
        """End it; what was promised is still paid."""
        self.closed_by = by
        self.closed_at = at

    def programme(self) -> Programme:
        """Return what leaves this room."""
        return Programme(
            id=self.id,
            name_zh=self.name_zh,
            name_en=self.name_en,
            cap_rule=self.cap_rule,
            period=self.period,
            basis_zh=self.basis_zh,
            basis_en=self.basis_en,
            opened_at=self.opened_at,
            closed_at=self.closed_at,
        )


class Funding(InDistrict, Base):
    """Money that came into a programme's budget."""

    __tablename__ = "funding"
    __table_args__ = (
        ForeignKeyConstraint(["district", "programme"], ["programme.district", "programme.id"]),
        CheckConstraint("fen > 0", name="fen"),
        CheckConstraint("period ~ '^[0-9]{4}$'", name="period"),
    )

    programme: Mapped[UUID]
    period: Mapped[str]
    fen: Mapped[int]
    basis_zh: Mapped[str]
    basis_en: Mapped[str]
    funded_by: Mapped[UUID]
    funded_at: Mapped[datetime]


class Ceiling(Base):
    """How much of one material was promised to a household in one month, and how much was used."""

    __tablename__ = "ceiling"
    __table_args__ = (
        ForeignKeyConstraint(["district", "household"], ["household.district", "household.id"]),
        CheckConstraint("held_grams >= 0", name="held"),
        CheckConstraint("used_grams >= 0", name="used"),
        CheckConstraint("month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'", name="month"),
    )

    district: Mapped[str] = mapped_column(primary_key=True)
    household: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    material: Mapped[str] = mapped_column(ForeignKey("material.key"), primary_key=True)
    held_grams: Mapped[int]
    used_grams: Mapped[int]

    @property
    def taken_grams(self) -> int:
        """What is no longer free."""
        return self.held_grams + self.used_grams

    def hold(self, grams: int) -> None:
        """Promise some of it."""
        self.held_grams += grams

    def give_back(self, grams: int) -> None:
        """Take a promise back."""
        self.held_grams -= grams

    def use(self, grams: int) -> None:
        """Keep a promise."""
        self.held_grams -= grams
        self.used_grams += grams
