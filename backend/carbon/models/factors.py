"""What a set is called, and what it says of one material, as it stands in a set and in a draft alike."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.carbon.rules import Factor, Naming

__all__ = ["FactorColumns", "NamingColumns", "factor_checks"]


class NamingColumns:
    """The columns that say what a set is."""

    name: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    boundary_zh: Mapped[str]
    boundary_en: Mapped[str]
    baseline_zh: Mapped[str]
    baseline_en: Mapped[str]
    approved_by_zh: Mapped[str]
    approved_by_en: Mapped[str]
    note_zh: Mapped[str]
    note_en: Mapped[str]

    def naming(self) -> dict[str, Any]:
        """Return the fields of `Naming`."""
        return {field.name: getattr(self, field.name) for field in fields(Naming)}

    def call(self, naming: Naming) -> None:
        """Write down what it is called."""
        for field in fields(Naming):
            setattr(self, field.name, getattr(naming, field.name))


def factor_checks() -> tuple[CheckConstraint, ...]:
    """Make the constraints of a table of factors."""
    return (
        CheckConstraint("kg_per_kg between -100 and 100", name="value"),
        CheckConstraint("kg_per_kg <= upper_kg_per_kg", name="lower_bound"),
        CheckConstraint("grade in ('A', 'B', 'C', 'assumption')", name="grade"),
        CheckConstraint("(grade = 'assumption') = (source is null)", name="source"),
    )


class FactorColumns:
    """The columns of a factor."""

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
