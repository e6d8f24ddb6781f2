"""One side of a simulation: a replay of the tape, and what it comes to. It can rest anywhere and go on."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress, groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from backend.carbon.queries import FactorSet
from backend.simulation.rules.outcome import Opening, when
from backend.simulation.rules.ratios import ExactRate
from backend.simulation.rules.replay import Replay
from backend.simulation.rules.tally import Tally
from backend.subsidy.queries import BudgetEvent
from backend.weighing.queries import HELD, Step


@dataclass(frozen=True)
class Lists:
    """What weighings are quoted by."""

    rates: Mapping[str, Mapping[str, ExactRate]]
    """The rates of each price list, as they are or as they would have been."""
    factors: Mapping[str, FactorSet]


@dataclass
class Side:
    """Where a replay has come to."""

    replay: Replay
    since: str
    until: str
    checked: bool
    """Whether it is under the rates in force, and so must come to what the ledger has."""
    tally: Tally = field(default_factory=Tally)
    events: int = 0
    """How many of the recorded events have happened."""
    lines: int = 0
    """How many lines of the period were replayed."""

    @classmethod
    def begin(
        cls,
        opening: Opening,
        caps: Mapping[UUID, Mapping[str, Any]],
        proposed: Mapping[UUID, Mapping[str, Any]],
        *,
        since: datetime,
        until: datetime,
        checked: bool,
    ) -> "Side":
        """Begin where things stood."""
        replay = Replay.begin(opening, caps, proposed=proposed)
        return cls(replay, since.isoformat(), until.isoformat(), checked)

    def go_on(self, steps: Iterable[Step], events: Sequence[BudgetEvent], lists: Lists) -> None:
        """Replay what comes next, in its order.

        :param events: all that ever happened to the district's budgets, in order
        """
        since, until = datetime.fromisoformat(self.since), datetime.fromisoformat(self.until)
        for _, together in groupby(steps, key=itemgetter(0)):
            bag = list(together)
            first = bag[0]
            while self.events < len(events) and events[self.events].at <= first.at:
                self._happen(events[self.events])
            if first.kind != HELD:
                self.replay.give_back(bag)
            elif since <= first.opened_at < until:
                self._quote(bag, lists)
            else:
                self.replay.follow(bag)

    def end(self, events: Sequence[BudgetEvent]) -> None:
        """Let what happened after the last weighing happen, up to the end of the period."""
        until = datetime.fromisoformat(self.until)
        while self.events < len(events) and events[self.events].at < until:
            self._happen(events[self.events])

    def _happen(self, event: BudgetEvent) -> None:
        self.replay.happen(event)
        self.events += 1

    def _quote(self, bag: Sequence[Step], lists: Lists) -> None:
        first = bag[0]
        began, rates = when(first.opened_at), lists.rates[first.price_list]
        goes = [(rate := rates.get(step.material)) is not None and rate.accepted for step in bag]
        taken = bag if all(goes) else list(compress(bag, goes))
        found = iter(self.replay.quote(taken, rates, lists.factors[first.factor_set], began) if taken else ())
        for step, is_taken in zip(bag, goes, strict=True):
            one = next(found) if is_taken else None
            if self.checked:
                self.tally.check(step, one)
            self.tally.add(step, one, began.day)
            if step.given_back and not is_taken:
                self.replay.promised[step.line] = ["", 0, "", 0]
        self.lines += len(bag)

    def rest(self) -> bytes:
        """Return all of it as JSON."""
        rested = {"replay": self.replay.resting(), "tally": vars(self.tally)}
        return json.dumps({**vars(self), **rested}, separators=(",", ":")).encode()

    @classmethod
    def wake(cls, rested: bytes) -> "Side":
        """Take it up where it rested."""
        told = json.loads(rested)
        return cls(**{**told, "replay": Replay(**told["replay"]), "tally": Tally(**told["tally"])})
