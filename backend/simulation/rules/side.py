"""One side of a simulation: a replay of the tape, and what it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import compress, groupby
from operator import attrgetter

import numpy as np

from backend.simulation.rules.ahead import Ahead
from backend.simulation.rules.outcome import Outcome, Outcomes, Promised, when
from backend.simulation.rules.places import Places
from backend.simulation.rules.replay import Replay
from backend.simulation.rules.settled import settled
from backend.simulation.rules.tally import Tally
from backend.simulation.rules.tariffs import Lists, Tariffs
from backend.subsidy.queries import BudgetEvent
from backend.weighing.queries import Integers, Names, Step, Steps, Truths, since_2000

_FARTHEST = 4_096
"""So many bags are looked ahead at once, at most; fewer while that holds for few."""
_FEW = 16


@dataclass(frozen=True)
class Batch:
    """Lines that are replayed together, and what they are replayed by."""

    steps: Steps
    places: Places
    names: Names
    quoted: Truths
    """Which of them were quoted within the period."""
    events: Sequence[BudgetEvent]
    """All that ever happened to the district's budgets, in order."""

    def part(self, begin: int, end: int) -> "Batch":
        """Return the lines from one to before another."""
        return replace(
            self,
            steps=self.steps.part(begin, end),
            places=self.places.part(begin, end),
            quoted=self.quoted[begin:end],
        )


@dataclass
class Side:
    """Where a replay has come to."""

    replay: Replay
    checked: bool
    """Whether it is under the rates in force, and so must come to what the ledger has."""
    tally: Tally = field(default_factory=Tally)
    events: int = 0
    """How many of the recorded events have happened."""

    def go_on(self, batch: Batch, lists: Lists) -> None:
        """Replay what comes next, in its order: as far ahead as can be seen, else bag by bag."""
        begins, tariffs = batch.steps.bags(), Tariffs.of(lists, batch.names)
        at = batch.steps.at[begins[:-1]]
        first, reach, in_turn = 0, _FARTHEST, 1
        while first < len(at):
            last = min(first + reach, self._happen(batch.events, at, first))
            seen = self._look_ahead(batch.part(begins[first], begins[last]), tariffs)
            first += seen
            if first == last:
                reach = min(2 * reach, _FARTHEST)
                continue
            reach = max(2 * seen, _FEW)
            in_turn = 1 if seen >= _FEW else min(2 * in_turn, _FARTHEST)
            turned = min(first + in_turn, last)
            self._go_in_turn(batch.part(begins[first], begins[turned]), lists)
            first = turned

    def _happen(self, events: Sequence[BudgetEvent], at: Integers, first: int) -> int:
        """Let happen what comes before a bag; return the next bag that something happens before."""
        while self.events < len(events):
            event = since_2000(events[self.events].at)
            if event > at[first]:
                later = np.flatnonzero(at[first:] >= event)
                return first + int(later[0]) if len(later) else len(at)
            self._let_happen(events[self.events])
        return len(at)

    def end(self, events: Sequence[BudgetEvent], *, until: datetime) -> None:
        """Let what happened after the last weighing happen, up to the end of the period."""
        while self.events < len(events) and events[self.events].at < until:
            self._let_happen(events[self.events])

    def _let_happen(self, event: BudgetEvent) -> None:
        self.replay.happen(event)
        self.events += 1

    def _look_ahead(self, batch: Batch, tariffs: Tariffs) -> int:
        """Replay as many bags as a look ahead holds for, and return how many."""
        ahead = Ahead(self.replay, batch.steps, batch.places, tariffs, batch.names, batch.quoted)
        if ahead.bags:
            self.replay.settle(settled(ahead))
            lines = int(batch.steps.bags()[ahead.bags])
            self._count(batch.part(0, lines), ahead.outcomes.first(lines))
        return ahead.bags

    def _go_in_turn(self, batch: Batch, lists: Lists) -> None:
        """Replay bags one after the other."""
        found: list[Outcome | None] = []
        for _, together in groupby(batch.steps.one_by_one(batch.names), key=attrgetter("seq")):
            bag = list(together)
            if batch.quoted[len(found)]:
                found += self._quote(bag, lists)
                continue
            found += [None] * len(bag)
            if bag[0].is_held:
                self.replay.follow(bag)
            else:
                self.replay.give_back(bag)
        self._count(batch, Outcomes.of(found))

    def _quote(self, bag: Sequence[Step], lists: Lists) -> list[Outcome | None]:
        """Quote a bag without what would not have been taken."""
        first = bag[0]
        rates = lists.rates[first.price_list]
        goes = [(rate := rates.get(step.material)) is not None and rate.accepted for step in bag]
        taken = list(compress(bag, goes))
        factors, began = lists.factors[first.factor_set], when(first.opened_at)
        found = iter(self.replay.quote(taken, rates, factors, began) if taken else ())
        for step, is_taken in zip(bag, goes, strict=True):
            if step.given_back and not is_taken:
                self.replay.promised[step.line] = Promised("", 0, "", 0)
        return [next(found) if is_taken else None for is_taken in goes]

    def _count(self, batch: Batch, outcomes: Outcomes) -> None:
        if self.checked:
            self.tally.check(batch.steps, outcomes, batch.quoted)
        self.tally.add(batch.steps, outcomes, batch.places, batch.quoted)
