"""What a line is worth, and how a weighing may end. No database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from backend.carbon.queries import FactorSet
from backend.catalogue.queries import Rate

CODE_TRIES = 5


class State(StrEnum):
    """Where a weighing stands."""

    OPEN = "open"
    QUOTED = "quoted"
    CONFIRMED = "confirmed"
    RETURNED = "returned"


LIVE = frozenset({State.OPEN, State.QUOTED})
"""The goods are with the collector and nothing is decided."""


@dataclass(frozen=True)
class Reading:
    """What the scale showed for one material."""

    id: UUID
    material: str
    gross_grams: int
    tare_grams: int

    @property
    def net_grams(self) -> int:
        """Return what the material itself weighs."""
        return self.gross_grams - self.tare_grams


@dataclass(frozen=True)
class Price:
    """What a reading is worth at a rate."""

    reading: Reading
    market_fen: int
    subsidised_grams: int
    subsidy_fen: int
    operator_subsidy_fen: int
    saved_co2e_grams: int
    programme: UUID | None
    cap: str | None

    @property
    def held_fen(self) -> int:
        """Return what the programme's budget must hold for it."""
        return self.subsidy_fen + self.operator_subsidy_fen


def price(reading: Reading, rate: Rate, factors: FactorSet, *, subsidised_grams: int, budget: bool) -> Price:
    """Price one reading, each amount rounded by itself.

    :param subsidised_grams: how much of it is under the household's ceiling
    :param budget: whether the programme can still pay; at its cap the subsidy stops
    """
    paid_grams = subsidised_grams if budget and rate.is_subsidised else 0
    cap = None
    if rate.is_subsidised and paid_grams < reading.net_grams:
        cap = "ceiling" if budget else "budget"
    return Price(
        reading=reading,
        market_fen=rate.market_fen(reading.net_grams),
        subsidised_grams=paid_grams,
        subsidy_fen=rate.subsidy_fen(paid_grams),
        operator_subsidy_fen=rate.operator_subsidy_fen(paid_grams),
        saved_co2e_grams=factors.saved_co2e_grams(reading.material, reading.net_grams),
        programme=rate.programme,
        cap=cap,
    )


def share(readings: Sequence[Reading], granted: Mapping[str, int]) -> dict[UUID, int]:
    """Share what was granted for each material among its readings, first come first served."""
    left = dict(granted)
    shares: dict[UUID, int] = {}
    for reading in readings:
        part = min(reading.net_grams, left.get(reading.material, 0))
        shares[reading.id] = part
        left[reading.material] = left.get(reading.material, 0) - part
    return shares
