"""What a replay of a history comes to, line by line, and whether that is what the ledger has."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import add
from typing import Final

from backend.simulation.rules.outcome import Outcome
from backend.weighing.queries import Step

FIGURES: Final = ("lines", "net_grams", "market_fen", "subsidy_fen", "operator_subsidy_fen", "queued_fen")
"""What is counted."""
NOT_TAKEN: Final = Outcome(0, 0, 0, 0, 0, 0, 0, None)


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
    promised: int = 0
    """Points of quotes that nobody has answered."""
    unexplained: list[int] = field(default_factory=lambda: [0, 0, 0])
    """Lines that came to something else than the ledger has; by how many fen, and grams."""

    def check(self, step: Step, one: Outcome | None) -> None:
        """Hold a line against the ledger."""
        if one is None or one.amounts != step.amounts:
            self._note(step, one or NOT_TAKEN)

    def add(self, step: Step, one: Outcome | None, day: str) -> None:
        """Count a line.

        :param one: None where its material would not have been taken
        :param day: on which its weighing began
        """
        if step.given_back and not step.is_declined:
            return
        if one is not None and step.is_declined:
            one = _without_subsidy(one)
        if not step.is_confirmed:
            if one is not None and step.ended_at is None:
                self.promised += one.market_fen + one.subsidy_fen
            return
        row = _NOTHING if one is None else _row(one, step.net_grams)
        _sum(self.cells, f"{step.household}|{step.material}", row)
        self._count_day(step.household, day, row)

    def _count_day(self, home: str, day: str, row: Sequence[int]) -> None:
        _sum(self.days, day, row)
        if self.last_days.get(home) != day:
            self.last_days[home] = day
            self.households[day] = self.households.get(day, 0) + 1

    def _note(self, step: Step, one: Outcome) -> None:
        fen = (
            abs(one.market_fen - step.market_fen)
            + abs(one.subsidy_fen - step.subsidy_fen)
            + abs(one.operator_subsidy_fen - step.operator_subsidy_fen)
            + abs(one.queued_fen - step.queued_fen)
            + abs(one.queued_operator_fen - step.queued_operator_fen)
        )
        grams = abs(one.subsidised_grams - step.subsidised_grams)
        grams += abs(one.saved_co2e_grams - step.saved_co2e_grams)
        self.unexplained = [was + more for was, more in zip(self.unexplained, (1, fen, grams), strict=True)]


_NOTHING = (0,) * len(FIGURES)


def _without_subsidy(one: Outcome) -> Outcome:
    return one._replace(subsidy_fen=0, operator_subsidy_fen=0, queued_fen=0, queued_operator_fen=0)


def _row(one: Outcome, net_grams: int) -> tuple[int, ...]:
    return (1, net_grams, one.market_fen, one.subsidy_fen, one.operator_subsidy_fen, one.owed_fen)


def _sum(table: dict[str, list[int]], key: str, row: Sequence[int]) -> None:
    known = table.get(key)
    if known is None:
        table[key] = list(row)
    else:
        table[key] = list(map(add, known, row))
