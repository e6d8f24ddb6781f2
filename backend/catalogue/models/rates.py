"""What is paid for one material, as it stands in a version and in a draft alike."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalogue.models.materials import GRADES
from backend.catalogue.rules import Basis, Rate

__all__ = ["RateColumns", "rate_checks", "values_of"]


def rate_checks() -> tuple[CheckConstraint, ...]:
    """Make the constraints of a table of rates."""
    return (
        CheckConstraint("market_fen_per_kg between 0 and 100000", name="market"),
        CheckConstraint("subsidy_fen_per_kg between 0 and 100000", name="subsidy"),
        CheckConstraint("operator_fen_per_tonne between 0 and 100000000", name="operator"),
        CheckConstraint("ceiling_grams >= 0", name="ceiling"),
        CheckConstraint(
            "accepted or (market_fen_per_kg = 0 and subsidy_fen_per_kg = 0 and operator_fen_per_tonne = 0)",
            name="refused_earns_nothing",
        ),
        CheckConstraint(
            "(programme is null) = (subsidy_fen_per_kg = 0 and operator_fen_per_tonne = 0)", name="payer"
        ),
        CheckConstraint(f"market_grade in {GRADES} and subsidy_grade in {GRADES}", name="grade"),
        CheckConstraint(
            "num_nonnulls(programme, subsidy_grade, subsidy_basis_zh, subsidy_basis_en) in (0, 4)",
            name="basis",
        ),
        CheckConstraint(
            "programme is not null or not (needs_verified_scale or needs_confirmation)", name="conditions"
        ),
    )


class RateColumns:
    """The columns of a rate."""

    district: Mapped[str] = mapped_column(primary_key=True, sort_order=-2)
    material: Mapped[str] = mapped_column(ForeignKey("material.key"), primary_key=True)
    accepted: Mapped[bool]
    market_fen_per_kg: Mapped[Decimal]
    subsidy_fen_per_kg: Mapped[Decimal]
    operator_fen_per_tonne: Mapped[Decimal]
    ceiling_grams: Mapped[int | None]
    programme: Mapped[UUID | None]
    market_grade: Mapped[str]
    market_source: Mapped[str | None]
    market_basis_zh: Mapped[str]
    market_basis_en: Mapped[str]
    subsidy_grade: Mapped[str | None]
    subsidy_source: Mapped[str | None]
    subsidy_basis_zh: Mapped[str | None]
    subsidy_basis_en: Mapped[str | None]
    needs_verified_scale: Mapped[bool]
    needs_confirmation: Mapped[bool]

    def rate(self) -> Rate:
        """Return what leaves this room."""
        return Rate(
            material=self.material,
            accepted=self.accepted,
            market_fen_per_kg=self.market_fen_per_kg,
            subsidy_fen_per_kg=self.subsidy_fen_per_kg,
            operator_fen_per_tonne=self.operator_fen_per_tonne,
            ceiling_grams=self.ceiling_grams,
            programme=self.programme,
            market_basis=Basis(
                self.market_grade, self.market_source, self.market_basis_zh, self.market_basis_en
            ),
            subsidy_basis=self._subsidy_basis(),
            needs_verified_scale=self.needs_verified_scale,
            needs_confirmation=self.needs_confirmation,
        )

    def _subsidy_basis(self) -> Basis | None:
        if self.subsidy_grade is None or self.subsidy_basis_zh is None or self.subsidy_basis_en is None:
            return None
        return Basis(self.subsidy_grade, self.subsidy_source, self.subsidy_basis_zh, self.subsidy_basis_en)


def values_of(rate: Rate) -> dict[str, Any]:
    """Lay a rate out in its columns."""
    market, subsidy = rate.market_basis, rate.subsidy_basis
    return {
        "material": rate.material,
        "accepted": rate.accepted,
        "market_fen_per_kg": rate.market_fen_per_kg,
        "subsidy_fen_per_kg": rate.subsidy_fen_per_kg,
        "operator_fen_per_tonne": rate.operator_fen_per_tonne,
        "ceiling_grams": rate.ceiling_grams,
        "programme": rate.programme,
        "market_grade": market.grade,
        "market_source": market.source,
        "market_basis_zh": market.zh,
        "market_basis_en": market.en,
        "subsidy_grade": subsidy and subsidy.grade,
        "subsidy_source": subsidy and subsidy.source,
        "subsidy_basis_zh": subsidy and subsidy.zh,
        "subsidy_basis_en": subsidy and subsidy.en,
        "needs_verified_scale": rate.needs_verified_scale,
        "needs_confirmation": rate.needs_confirmation,
    }
