"""What a replay of a history comes to, and whether that is what the ledger has."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from backend.simulation.rules.outcome import Outcomes
from backend.simulation.rules.places import Places, days
from backend.weighing.queries import NEVER, Integers, Steps, Truths

FIGURES: Final = ("lines", "net_grams", "market_fen", "subsidy_fen", "operator_subsidy_fen", "queued_fen")
"""What is counted."""
_FEN = ("market_fen", "subsidy_fen", "operator_subsidy_fen", "queued_fen", "queued_operator_fen")
_GRAMS = ("subsidised_grams", "saved_co2e_grams")
_MANY = 500_000
"""So many lines are counted before equal cells are put together."""


def _none() -> Integers:
    return np.zeros((0, 2 + len(FIGURES)), dtype=np.int64)


@dataclass
class Tally:
    """Sums of what was agreed on."""

    cells: Integers = field(default_factory=_none)
    """A row for a household, by number, and a material, by place: these, then the figures."""
    days: dict[str, list[int]] = field(default_factory=dict)
    """The figures by the day of the city on which the weighing began."""
    households: dict[str, int] = field(default_factory=dict)
    """How many households agreed to something on each of these days."""
    last_days: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """The last of these days by household: one after the other, as it has one pickup at a time."""
    promised: int = 0
    """Points of quotes that nobody has answered."""
    unexplained: list[int] = field(default_factory=lambda: [0, 0, 0])
    """Lines that came to something else than the ledger has; by how many fen, and grams."""

    def check(self, steps: Steps, outcomes: Outcomes, quoted: Truths) -> None:
        """Hold lines against the ledger."""
        fen, grams = (
            sum(abs(getattr(outcomes, name) - getattr(steps, name)) for name in names) * quoted
            for names in (_FEN, _GRAMS)
        )
        lines = quoted & (~outcomes.is_taken | (fen + grams > 0))
        for place, more in enumerate((lines, fen, grams)):
            self.unexplained[place] += int(more.sum())

    def add(self, steps: Steps, outcomes: Outcomes, places: Places, quoted: Truths) -> None:
        """Count lines that were quoted."""
        paid = ~steps.is_declined
        counted = quoted & (steps.is_declined | ~steps.given_back)
        subsidy = outcomes.subsidy_fen * paid
        unanswered = counted & ~steps.is_confirmed & (steps.ended_at == NEVER)
        self.promised += int(((outcomes.market_fen + subsidy) * unanswered).sum())
        agreed = np.flatnonzero(counted & steps.is_confirmed)
        figures = (
            outcomes.is_taken,
            steps.net_grams * outcomes.is_taken,
            outcomes.market_fen,
            subsidy,
            outcomes.operator_subsidy_fen * paid,
            (outcomes.queued_fen + outcomes.queued_operator_fen) * paid,
        )
        rows = np.stack([places.home, steps.material, *figures], axis=1)[agreed]
        self.cells = np.concatenate([self.cells, rows])
        if len(self.cells) > _MANY:
            self.gathered()
        self._count_days(places.home[agreed], steps.opened_on[agreed], rows[:, 2:])

    def gathered(self) -> Integers:
        """Put the rows of each household and material together, and return them in order."""
        self.cells = _gathered(self.cells, 2)
        return self.cells

    def _count_days(self, home: Integers, opened_on: Integers, figures: Integers) -> None:
        for day, *row in _gathered(np.column_stack([opened_on, figures]), 1).tolist():
            known = self.days.setdefault(_named(day), [0] * len(FIGURES))
            known[:] = [was + more for was, more in zip(known, row, strict=True)]
        for day, count in zip(*np.unique(self._arrivals(home, opened_on), return_counts=True), strict=True):
            self.households[_named(day)] = self.households.get(_named(day), 0) + int(count)

    def _arrivals(self, home: Integers, opened_on: Integers) -> Integers:
        """Return the days on which households agree to something for the first time of the day."""
        missing = int(home.max(initial=-1)) + 1 - len(self.last_days)
        self.last_days = np.pad(self.last_days, (0, max(missing, 0)), constant_values=-1)
        order = np.argsort(home, kind="stable")
        homes, on = home[order], opened_on[order]
        begins = np.flatnonzero(np.diff(homes, prepend=-1))
        last = np.roll(on, 1)
        last[begins] = self.last_days[homes[begins]]
        self.last_days[homes] = on
        found: Integers = on[on != last]
        return found


def _named(day: int) -> str:
    return str(days(np.array(day))[()])


def _gathered(rows: Integers, keys: int) -> Integers:
    """Add up the rows whose first columns are the same."""
    if not len(rows):
        return rows
    rows = rows[np.lexsort(rows[:, :keys].T[::-1])]
    begins = np.flatnonzero((np.diff(rows[:, :keys], axis=0, prepend=rows[:1, :keys] - 1) != 0).any(axis=1))
    found = np.add.reduceat(rows, begins)
    found[:, :keys] = rows[begins, :keys]
    return found
