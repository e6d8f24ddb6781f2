"""Rates and factors as columns: many lines are priced by them at once, to the same fen and gram."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backend.simulation.rules.ratios import ExactFactors, ExactRate
from backend.weighing.queries import Integers, Names, Steps, Truths

NO_CEILING = 2**62
_LARGEST = 2**63 - 1
_WHOLE = 100
"""Percent: what a share of a rate multiplies a weight by, at most."""


@dataclass(frozen=True)
class Lists:
    """What weighings are quoted by."""

    rates: Mapping[str, Mapping[str, ExactRate]]
    """The rates of each price list, as they are or as they would have been."""
    factors: Mapping[str, ExactFactors]


@dataclass(frozen=True)
class Ratios:
    """What a gram is worth, by place, as ratios of integers."""

    over: Integers
    under: Integers
    heaviest: Integers
    """What may be multiplied at most: a product of more than it does not fit into a column."""

    @classmethod
    def of(cls, ratios: Sequence[tuple[int, int]]) -> "Ratios":
        """Lay ratios side by side; by one that is too fine for a column nothing can be multiplied."""
        fitting = [ratio if max(ratio[0], 2 * ratio[1]) <= _LARGEST else None for ratio in ratios]
        over, under = zip(*(ratio or _NOTHING for ratio in fitting), strict=True)
        heaviest = [0 if ratio is None else (_LARGEST - ratio[1]) // max(1, ratio[0]) for ratio in fitting]
        return cls(_integers(over), _integers(under), _integers(heaviest))

    def times(self, places: Integers, grams: Integers) -> Integers:
        """Multiply, each product rounded half up by itself."""
        under = self.under[places]
        found: Integers = (grams * self.over[places] + under) // (2 * under)
        return found


@dataclass(frozen=True)
class Tariffs:
    """The rates of all price lists one after the other, each with all materials; place 0 is of nothing."""

    materials: int
    accepted: Truths
    programme: Integers
    ceiling: Integers
    market: Ratios
    subsidy: Ratios
    operator: Ratios
    saved: Ratios

    @classmethod
    def of(cls, lists: Lists, names: Names) -> "Tariffs":
        """Lay price lists and factor sets out."""
        rates = [
            None if name is None else lists.rates.get(named, {}).get(name)
            for named in ("", *names.price_lists)
            for name in (None, *names.materials)
        ]
        programmes = {name: place for place, name in enumerate(names.programmes, 1)}
        market, subsidy, operator = (
            Ratios.of([_NOTHING if rate is None else getattr(rate, name) for rate in rates])
            for name in ("market_ratio", "subsidy_ratio", "operator_ratio")
        )
        saved = Ratios.of(
            [
                lists.factors[named].ratio(name) if named and name else _NOTHING
                for named in (None, *names.factor_sets)
                for name in (None, *names.materials)
            ]
        )
        return cls(
            materials=len(names.materials) + 1,
            accepted=np.array([rate is not None and rate.accepted for rate in rates]),
            programme=_integers(
                [0 if rate is None else programmes.get(rate.payer or "", 0) for rate in rates]
            ),
            ceiling=_integers(
                [
                    NO_CEILING if rate is None or rate.ceiling_grams is None else rate.ceiling_grams
                    for rate in rates
                ]
            ),
            market=market,
            subsidy=subsidy,
            operator=operator,
            saved=saved,
        )

    def places(self, steps: Steps) -> Integers:
        """Return the place of the rate that each line was quoted by."""
        return steps.price_list * self.materials + steps.material

    def saved_co2e_grams(self, steps: Steps) -> Integers:
        """Return what each line saves."""
        return self.saved.times(self._factors(steps), steps.net_grams)

    def fit(self, steps: Steps) -> Truths:
        """Tell which lines fit; the others are for Python's integers, which have no largest."""
        places, net = self.places(steps), steps.net_grams
        found: Truths = net <= np.minimum.reduce(
            [
                self.market.heaviest[places],
                self.subsidy.heaviest[places] // _WHOLE,
                self.operator.heaviest[places] // _WHOLE,
                self.saved.heaviest[self._factors(steps)],
            ]
        )
        return found

    def _factors(self, steps: Steps) -> Integers:
        return steps.factor_set * self.materials + steps.material


_NOTHING = (0, 1)


def _integers(values: Sequence[Any]) -> Integers:
    return np.array(values, dtype=np.int64)
