"""Rates and factors as ratios of integers: they round as decimals do, half up, in a fraction of the time."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from backend.carbon.queries import FactorSet
from backend.catalogue.queries import Rate

_GRAMS_PER_KG = 1_000
_GRAMS_PER_TONNE = 1_000_000


@dataclass(frozen=True)
class ExactRate(Rate):
    """A rate whose three products are reckoned in integers; rates are never below zero."""

    def market_fen(self, net_grams: int) -> int:
        """Price a weight at the market rate."""
        over, under = self.market_ratio
        return (net_grams * over + under) // (2 * under)

    def subsidy_fen(self, granted_grams: int, percent: int = 100) -> int:
        """Return the household's subsidy, at a share of the rate."""
        over, under = self.subsidy_ratio
        return (granted_grams * percent * over + under) // (2 * under)

    def operator_subsidy_fen(self, granted_grams: int, percent: int = 100) -> int:
        """Return the operator's subsidy for the same weight."""
        over, under = self.operator_ratio
        return (granted_grams * percent * over + under) // (2 * under)

    @cached_property
    def payer(self) -> str | None:
        """Name who pays its subsidies."""
        return None if self.programme is None else str(self.programme)

    @cached_property
    def market_ratio(self) -> tuple[int, int]:
        """Return twice the fen of a gram, as over and under."""
        return _doubled(self.market_fen_per_kg, _GRAMS_PER_KG)

    @cached_property
    def subsidy_ratio(self) -> tuple[int, int]:
        """Return twice the fen of a gram and percent, as over and under."""
        return _doubled(self.subsidy_fen_per_kg, 100 * _GRAMS_PER_KG)

    @cached_property
    def operator_ratio(self) -> tuple[int, int]:
        """Return twice the fen of a gram and percent, as over and under."""
        return _doubled(self.operator_fen_per_tonne, 100 * _GRAMS_PER_TONNE)


def _doubled(rate: Decimal, per: int) -> tuple[int, int]:
    """Return twice the ratio's numerator, and its denominator: half up is then one division."""
    over, under = rate.as_integer_ratio()
    return 2 * over, under * per


def exact(rate: Rate) -> ExactRate:
    """Return a rate that reckons in integers."""
    return ExactRate(**vars(rate))


@dataclass(frozen=True, kw_only=True)
class ExactFactors(FactorSet):
    """A set whose products are reckoned in integers; what earns is never below zero."""

    def saved_co2e_grams(self, material: str, grams: int) -> int:
        """Return what a weight saves; nothing where the set has no factor."""
        over, under = self.ratio(material)
        return (grams * over + under) // (2 * under)

    def ratio(self, material: str) -> tuple[int, int]:
        """Return twice the grams that a gram saves, as over and under."""
        return self._ratios.get(material, _NOTHING)

    @cached_property
    def _ratios(self) -> Mapping[str, tuple[int, int]]:
        return {factor.material: _doubled(factor.credited_kg_per_kg, 1) for factor in self.lines}


_NOTHING = (0, 1)


def exact_factors(factors: FactorSet) -> ExactFactors:
    """Return a set that reckons in integers."""
    return ExactFactors(**{name: getattr(factors, name) for name in FactorSet.__dataclass_fields__})
