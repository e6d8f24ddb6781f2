"""The tables of carbon."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.carbon.rules import Factor, FactorSet
from backend.kit.db import Base, InCity


class FactorSetRow(InCity, Base):
    """A set of factors; once approved it never changes, a better one replaces it. City register."""

    __tablename__ = "factor_set"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        CheckConstraint("version > 0", name="version"),
    )

    name: Mapped[str]
    version: Mapped[int]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    boundary_zh: Mapped[str]
    boundary_en: Mapped[str]
    baseline_zh: Mapped[str]
    baseline_en: Mapped[str]
    valid_from: Mapped[datetime] = mapped_column(index=True)
    approved_by_zh: Mapped[str]
    approved_by_en: Mapped[str]
    approved_at: Mapped[datetime | None]
    note_zh: Mapped[str]
    note_en: Mapped[str]

    def factor_set(self, lines: tuple[Factor, ...]) -> FactorSet:
        """Return what leaves this room, with the factors that stand in other rows."""
        assert self.approved_at is not None
        return FactorSet(
            id=self.id,
            name=self.name,
            version=self.version,
            name_zh=self.name_zh,
            name_en=self.name_en,
            boundary_zh=self.boundary_zh,
            boundary_en=self.boundary_en,
            baseline_zh=self.baseline_zh,
            baseline_en=self.baseline_en,
            valid_from=self.valid_from,
            approved_by_zh=self.approved_by_zh,
            approved_by_en=self.approved_by_en,
            approved_at=self.approved_at,
            note_zh=self.note_zh,
            note_en=self.note_en,
            lines=lines,
        )


class FactorRow(Base):
    """What one set says of one material. City register."""

    __tablename__ = "factor"
    __table_args__ = (
        CheckConstraint("kg_per_kg between -100 and 100", name="value"),
        CheckConstraint("kg_per_kg <= upper_kg_per_kg", name="lower_bound"),
        CheckConstraint("grade in ('A', 'B', 'C', 'assumption')", name="grade"),
        CheckConstraint("(grade = 'assumption') = (source is null)", name="source"),
    )

    factor_set: Mapped[UUID] = mapped_column(ForeignKey("factor_set.id"), primary_key=True)
    material: Mapped[str] = mapped_column(ForeignKey("material.key"), primary_key=True)
    kg_per_kg: Mapped[Decimal | None]
    upper_kg_per_kg: Mapped[Decimal | None]
    boundary: Mapped[str | None]
    source: Mapped[str | None]
    clause: Mapped[str | None]
    grade: Mapped[str]
    note_zh: Mapped[str]
    note_en: Mapped[str]
    basis_zh: Mapped[str]
    basis_en: Mapped[str]

    def factor(self) -> Factor:
        """Return what leaves this room."""
        return Factor(
            material=self.material,
            kg_per_kg=self.kg_per_kg,
            upper_kg_per_kg=self.upper_kg_per_kg,
            boundary=self.boundary,
            source=self.source,
            clause=self.clause,
            grade=self.grade,
            note_zh=self.note_zh,
            note_en=self.note_en,
            basis_zh=self.basis_zh,
            basis_en=self.basis_en,
        )
