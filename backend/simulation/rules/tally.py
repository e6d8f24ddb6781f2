"""What two replays of one history come to, line by line, and whether the first is what the ledger has."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import add
from typing import Final

from backend.simulation.rules.outcome import Outcome
from backend.weighing.queries import Step

FIGURES: Final = ("lines", "net_grams", "market_fen", "subsidy_fen", "operator_subsidy_fen", "queued_fen")
"""What is counted of the rates in force, and then once more of the proposal."""


@dataclass
class Tally:
    """Sums as plain JSON, so that they can rest and go on."""

    cells: dict[str, list[int]] = field(default_factory=dict)
    """What was agreed on, by household and material."""
    days: dict[str, list[int]] = field(default_factory=dict)
    """The same by the day of the city on which the weighing began."""
    households: dict[str, int] = field(default_factory=dict)
    """How many households agreed to something on each of these days."""
    last_days: dict[str, str] = field(default_factory=dict)
    """The last of these days for each household: one after the other, as it has one pickup at a time."""
    promised: list[int] = field(default_factory=lambda: [0, 0])
    """Points of quotes that nobody has answered: in force, and as proposed."""
    unexplained: list[int] = field(default_factory=lambda: [0, 0, 0])
    """Lines whose replay under the rates in force is not what the ledger has; by how many fen, and grams."""

    def add(self, step: Step, now: Outcome, then: Outcome | None, day: str) -> None:
        """Count a line.

        :param then: as proposed; None where the material would not have been taken
        :param day: on which its weighing began
        """
        if now.amounts != step.amounts:
            self._note(step, now)
        if step.is_declined:
            now, then = _without_subsidy(now), then and _without_subsidy(then)
        elif step.given_back:
            return
        points = _points(now), _points(then) if then else 0
        if not step.is_confirmed:
            if step.ended_at is None:
                self.promised[0] += points[0]
                self.promised[1] += points[1]
            return
        row = [*_row(now, step.net_grams), *(_row(then, step.net_grams) if then else _NOTHING)]
        _sum(self.cells, f"{step.household}|{step.material}", row)
        self._count_day(step.household, day, row)

    def _count_day(self, home: str, day: str, row: Sequence[int]) -> None:
        _sum(self.days, day, row)
        if self.last_days.get(home) != day:
            self.last_days[home] = day
            self.households[day] = self.households.get(day, 0) + 1

    def _note(self, step: Step, now: Outcome) -> None:
        fen = (
            abs(now.market_fen - step.market_fen)
            + abs(now.subsidy_fen - step.subsidy_fen)
            + abs(now.operator_subsidy_fen - step.operator_subsidy_fen)
            + abs(now.queued_fen - step.queued_fen)
            + abs(now.queued_operator_fen - step.queued_operator_fen)
        )
        grams = abs(now.subsidised_grams - step.subsidised_grams)
        grams += abs(now.saved_co2e_grams - step.saved_co2e_grams)
        self.unexplained = [was + more for was, more in zip(self.unexplained, (1, fen, grams), strict=True)]


_NOTHING = (0,) * len(FIGURES)


def _without_subsidy(one: Outcome) -> Outcome:
    return one._replace(subsidy_fen=0, operator_subsidy_fen=0, queued_fen=0, queued_operator_fen=0)


def _points(one: Outcome) -> int:
    return one.market_fen + one.subsidy_fen


def _row(one: Outcome, net_grams: int) -> tuple[int, ...]:
    return (1, net_grams, one.market_fen, one.subsidy_fen, one.operator_subsidy_fen, one.owed_fen)


def _sum(table: dict[str, list[int]], key: str, row: Sequence[int]) -> None:
    known = table.get(key)
    if known is None:
        table[key] = list(row)
    else:
        table[key] = list(map(add, known, row))
