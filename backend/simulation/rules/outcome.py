"""Where a replay begins, what a line comes to in it, and what the moment of its weighing decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, Protocol

from backend.kit.clock import CITY
from backend.weighing.queries import Price, Step


@dataclass(frozen=True)
class Opening:
    """How things stood when the first step was made."""

    taken: Mapping[str, int]
    """Grams under each ceiling, by household, month and material."""
    held: Mapping[str, int]
    """Fen paid or promised of each budget, by programme and period."""
    queued: Sequence[Step] = ()
    """Lines that a programme had promised from money to come."""


class When(NamedTuple):
    """What the moment at which a weighing began decides: its ceiling, its budget, and its day."""

    month: str
    period: str
    day: str


@lru_cache(maxsize=4)
def when(opened_at: datetime) -> When:
    """Say what a moment decides, as `month_of` and `period_of` do; both replays of a bag ask."""
    day = opened_at.astimezone(CITY).isoformat()[:10]
    return When(day[:7], day[:4], day)


class Outcome(NamedTuple):
    """What a line comes to in a replay; what is compared with the ledger comes first."""

    market_fen: int
    subsidised_grams: int
    subsidy_fen: int
    operator_subsidy_fen: int
    saved_co2e_grams: int
    queued_fen: int
    queued_operator_fen: int
    programme: str | None

    @property
    def amounts(self) -> tuple[int, ...]:
        """Return what is compared, in the order of a step's."""
        return self[:7]

    @property
    def held_fen(self) -> int:
        """Return what it holds of its budget."""
        return self.subsidy_fen + self.operator_subsidy_fen

    @property
    def owed_fen(self) -> int:
        """Return what it is owed from money to come."""
        return self.queued_fen + self.queued_operator_fen


def outcome(one: Price) -> Outcome:
    """Return what a price comes to."""
    return Outcome(
        one.market_fen,
        one.subsidised_grams,
        one.subsidy_fen,
        one.operator_subsidy_fen,
        one.saved_co2e_grams,
        one.queued_fen,
        one.queued_operator_fen,
        None if one.programme is None else str(one.programme),
    )


class Held(Protocol):
    """What a line holds, as it was quoted or as it would have been."""

    @property
    def subsidised_grams(self) -> int: ...
    @property
    def held_fen(self) -> int: ...
    @property
    def owed_fen(self) -> int: ...
    @property
    def programme(self) -> str | None: ...
