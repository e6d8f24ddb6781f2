"""Where a replay begins, what a line comes to in it, and what the moment of its weighing decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np

from backend.kit.clock import CITY
from backend.weighing.queries import Integers, Price, Step, Truths


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
    """What the moment at which a weighing began decides: its ceiling, and its budget."""

    month: str
    period: str


@lru_cache(maxsize=4)
def when(opened_at: datetime) -> When:
    """Say what a moment decides, as `month_of` and `period_of` do; both replays of a bag ask."""
    day = opened_at.astimezone(CITY).isoformat()
    return When(day[:7], day[:4])


class Promised(NamedTuple):
    """What a line holds that will be given back."""

    ceiling: str
    grams: int
    budget: str
    fen: int


class Owed(NamedTuple):
    """What a line is owed from money to come, in the order in which that is shared out."""

    promised_at: str
    line: str
    fen: int
    proven_at: str | None

    @classmethod
    def of(cls, line: str, fen: int, *, promised_at: datetime | None, proven_at: datetime | None) -> "Owed":
        """Say what a line is owed."""
        assert promised_at is not None, "only what was agreed on is owed"
        return cls(written(promised_at), line, fen, None if proven_at is None else written(proven_at))


def written(at: datetime) -> str:
    """Write a moment down so that the later one is the greater text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


class Outcomes(NamedTuple):
    """What lines come to in a replay, a column each; what is compared with the ledger follows the first."""

    is_taken: Truths
    market_fen: Integers
    subsidised_grams: Integers
    subsidy_fen: Integers
    operator_subsidy_fen: Integers
    saved_co2e_grams: Integers
    queued_fen: Integers
    queued_operator_fen: Integers

    def first(self, lines: int) -> "Outcomes":
        """Return those of the first lines."""
        return Outcomes._make(column[:lines] for column in self)

    @classmethod
    def of(cls, lines: Sequence["Outcome | None"]) -> "Outcomes":
        """Lay lines side by side; None is one whose material would not have been taken."""
        rows = [(one is not None, *(NOT_TAKEN if one is None else one).amounts) for one in lines]
        taken, *amounts = np.array(rows, dtype=np.int64).reshape(-1, len(cls._fields)).T
        return cls(taken > 0, *amounts)


class Outcome(NamedTuple):
    """What a line comes to in a replay."""

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
        """Return what is compared with the ledger, in the order of columns."""
        return self[:7]

    @property
    def held_fen(self) -> int:
        """Return what it holds of its budget."""
        return self.subsidy_fen + self.operator_subsidy_fen

    @property
    def owed_fen(self) -> int:
        """Return what it is owed from money to come."""
        return self.queued_fen + self.queued_operator_fen


NOT_TAKEN = Outcome(0, 0, 0, 0, 0, 0, 0, None)


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
