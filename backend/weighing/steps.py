"""The steps of the tape, one by one as tuples, and many at once as columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int64]
Truths: TypeAlias = NDArray[np.bool_]
Texts: TypeAlias = NDArray[np.bytes_]

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
NEVER: Final = 2**63 - 1
"""How a moment that has not come stands in a column, as PostgreSQL writes infinity."""


class Step(NamedTuple):
    """What one line was promised or gave back, with what is known today of its weighing."""

    seq: int
    is_held: bool
    """Whether it was promised something; else it gave back what it held."""
    line: str
    at: datetime
    material: str
    net_grams: int
    market_fen: int
    subsidised_grams: int
    subsidy_fen: int
    operator_subsidy_fen: int
    saved_co2e_grams: int
    queued_fen: int
    queued_operator_fen: int
    programme: str | None
    household: str
    price_list: str
    factor_set: str
    opened_at: datetime
    ended_at: datetime | None
    proven_at: datetime | None
    """Since when its subsidies wait for no evidence: a queue pays nobody before."""
    is_confirmed: bool
    given_back: bool
    """Whether what it holds was given back later."""
    is_declined: bool
    """Whether that was because staff did not accept its evidence: then the rest of it is paid."""

    @property
    def held_fen(self) -> int:
        """Return what it holds of its budget."""
        return self.subsidy_fen + self.operator_subsidy_fen

    @property
    def owed_fen(self) -> int:
        """Return what it is owed from money to come."""
        return self.queued_fen + self.queued_operator_fen


@dataclass(frozen=True)
class Names:
    """What the numbers in columns stand for: places in these, counted from one; zero stands for nothing."""

    materials: Sequence[str]
    programmes: Sequence[str]
    price_lists: Sequence[str]
    factor_sets: Sequence[str]


class Steps(NamedTuple):
    """The same of many lines, a column each; moments are microseconds since 2000 in UTC."""

    seq: Integers
    is_held: Truths
    line: Texts
    at: Integers
    material: Integers
    net_grams: Integers
    market_fen: Integers
    subsidised_grams: Integers
    subsidy_fen: Integers
    operator_subsidy_fen: Integers
    saved_co2e_grams: Integers
    queued_fen: Integers
    queued_operator_fen: Integers
    programme: Integers
    household: Texts
    price_list: Integers
    factor_set: Integers
    opened_at: Integers
    opened_on: Integers
    """The day of the city, counted from the first of 2000."""
    ended_at: Integers
    proven_at: Integers
    is_confirmed: Truths
    given_back: Truths
    is_declined: Truths

    @property
    def lines(self) -> int:
        """Return how many there are."""
        return len(self.seq)

    def part(self, begin: int, end: int) -> "Steps":
        """Return the lines from one to before another."""
        return Steps._make(column[begin:end] for column in self)

    def bags(self) -> Integers:
        """Return where the lines of each quote begin, and where the last ones end."""
        begins = np.flatnonzero(np.diff(self.seq, prepend=self.seq[:1] - 1))
        return np.append(begins, self.lines)

    def one_by_one(self, names: Names) -> list[Step]:
        """Return them as tuples."""
        return [_step(row, names) for row in zip(*(column.tolist() for column in self), strict=True)]


def _step(row: Sequence[Any], names: Names) -> Step:
    told = Steps._make(row)._asdict()
    del told["opened_on"]
    for name in ("line", "household"):
        told[name] = told[name].decode()
    for name, known in _NAMED.items():
        told[name] = _named(known(names), told[name])
    for name in ("at", "opened_at", "ended_at", "proven_at"):
        told[name] = moment(told[name])
    return Step(**told)


_NAMED: dict[str, Callable[[Names], Sequence[str]]] = {
    "material": lambda names: names.materials,
    "programme": lambda names: names.programmes,
    "price_list": lambda names: names.price_lists,
    "factor_set": lambda names: names.factor_sets,
}


def _named(names: Sequence[str], place: int) -> str | None:
    return names[place - 1] if place else None


def moment(since_2000: int) -> datetime | None:
    """Return a moment of a column; None if it has not come."""
    return None if since_2000 == NEVER else _EPOCH + timedelta(microseconds=since_2000)


def since_2000(at: datetime) -> int:
    """Return a moment as it stands in a column."""
    return (at - _EPOCH) // timedelta(microseconds=1)
