"""What a weight saves, and what leaves this room: frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from backend.kit.drafts import Approval, Drafted
from backend.kit.rounding import half_up

__all__ = ["UNIT", "Approval", "Factor", "FactorDraft", "FactorDraftHead", "FactorSet", "Naming"]

UNIT = "kg CO2e/kg"


@dataclass(frozen=True)
class Factor:
    """What recycling a kilogram of one material saves, and who says so."""

    material: str
    kg_per_kg: Decimal | None
    """The lower of the two bounds found on one boundary; None where none was found."""
    upper_kg_per_kg: Decimal | None
    boundary: str | None
    source: str | None
    clause: str | None
    """Where in the source: a table, a row, a clause."""
    grade: str
    note_zh: str
    note_en: str
    basis_zh: str
    basis_en: str

    @property
    def none_found(self) -> bool:
        """Tell whether nobody knows, which is not the same as zero."""
        return self.kg_per_kg is None

    @property
    def credited_kg_per_kg(self) -> Decimal:
        """Return what earns: a bound at or below zero earns nothing, and neither does ignorance."""
        return max(self.kg_per_kg or Decimal(0), Decimal(0))

    def saved_co2e_grams(self, grams: int) -> int:
        """Return what a weight saves, never less than nothing."""
        return half_up(grams * self.credited_kg_per_kg)


@dataclass(frozen=True, kw_only=True)
class Naming:
    """What a set is called, what it counts and against what, and which authority stands behind it."""

    name: str
    name_zh: str
    name_en: str
    boundary_zh: str
    boundary_en: str
    baseline_zh: str
    baseline_en: str
    approved_by_zh: str
    approved_by_en: str
    note_zh: str
    note_en: str


class _Factored:
    """What has a line for each material that it speaks of."""

    lines: tuple[Factor, ...]

    @cached_property
    def factors(self) -> Mapping[str, Factor]:
        """The factor of each material that the set speaks of."""
        return {factor.material: factor for factor in self.lines}


@dataclass(frozen=True, kw_only=True)
class FactorSet(_Factored, Naming):
    """A named and versioned set of factors, on one boundary and baseline."""

    id: UUID
    version: int
    valid_from: datetime
    approved_at: datetime
    lines: tuple[Factor, ...]
    approval: Approval | None = None
    """None for what was planted before anything was weighed."""

    def saved_co2e_grams(self, material: str, grams: int) -> int:
        """Return what a weight saves; nothing where the set has no factor."""
        factor = self.factors.get(material)
        return factor.saved_co2e_grams(grams) if factor else 0


@dataclass(frozen=True, kw_only=True)
class FactorDraftHead(Drafted, Naming):
    """A draft of a set, without its factors."""

    based_on: UUID | None
    """The set that it changes; None where there is none yet."""
    valid_from: datetime | None
    """From when it is in force, once it is published."""


@dataclass(frozen=True, kw_only=True)
class FactorDraft(_Factored, FactorDraftHead):
    """A draft with its factors."""

    lines: tuple[Factor, ...]
