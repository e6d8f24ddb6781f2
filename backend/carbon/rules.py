"""What a weight saves, and what leaves this room: frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from backend.kit.rounding import half_up

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


@dataclass(frozen=True)
class FactorSet:
    """A named and versioned set of factors, on one boundary and baseline."""

    id: UUID
    name: str
    version: int
    name_zh: str
    name_en: str
    boundary_zh: str
    boundary_en: str
    baseline_zh: str
    baseline_en: str
    valid_from: datetime
    approved_by_zh: str
    approved_by_en: str
    approved_at: datetime
    note_zh: str
    note_en: str
    lines: tuple[Factor, ...]

    @cached_property
    def factors(self) -> Mapping[str, Factor]:
        """The factor of each material that the set speaks of."""
        return {factor.material: factor for factor in self.lines}

    def saved_co2e_grams(self, material: str, grams: int) -> int:
        """Return what a weight saves; nothing where the set has no factor."""
        factor = self.factors.get(material)
        return factor.saved_co2e_grams(grams) if factor else 0
