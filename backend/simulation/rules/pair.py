"""Two replays side by side: under the rates in force, and as proposed. It can rest anywhere and go on."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Protocol

from backend.carbon.queries import FactorSet
from backend.simulation.rules.ratios import ExactRate
from backend.simulation.rules.replay import Replay
from backend.simulation.rules.tally import Tally
from backend.subsidy.queries import BudgetEvent
from backend.weighing.queries import HELD, Step


class Lists(Protocol):
    """Where the price lists and factors of weighings are found."""

    def in_force(self, price_list: str) -> Mapping[str, ExactRate]:
        """Return what a weighing was quoted by."""

    def proposed(self, price_list: str) -> Mapping[str, ExactRate]:
        """Return what it would have been quoted by."""

    def factors(self, factor_set: str) -> FactorSet:
        """Return what its grams are reckoned by."""


@dataclass
class Pair:
    """Where both replays have come to."""

    now: Replay
    then: Replay
    since: str
    until: str
    tally: Tally = field(default_factory=Tally)
    events: int = 0
    """How many of the recorded events have happened."""
    lines: int = 0
    """How many lines of the period were replayed."""

    def go_on(self, steps: Iterable[Step], events: Sequence[BudgetEvent], lists: Lists) -> None:
        """Replay what comes next, in its order.

        :param events: all that ever happened to the district's budgets, in order
        """
        since, until = datetime.fromisoformat(self.since), datetime.fromisoformat(self.until)
        for _, together in groupby(steps, key=itemgetter(0)):
            bag = list(together)
            while self.events < len(events) and events[self.events].at <= bag[0].at:
                self._happen(events[self.events])
            if bag[0].kind != HELD:
                self.now.give_back(bag)
                self.then.give_back(bag)
            elif since <= bag[0].opened_at < until:
                self._quote(bag, lists)
            else:
                self.now.follow(bag)
                self.then.follow(bag)

    def end(self, events: Sequence[BudgetEvent], *, upto: datetime) -> None:
        """Let what happened after the last weighing happen, up to the end of the period."""
        while self.events < len(events) and events[self.events].at < upto:
            self._happen(events[self.events])

    def _happen(self, event: BudgetEvent) -> None:
        self.now.happen(event)
        self.then.happen(event)
        self.events += 1

    def _quote(self, bag: Sequence[Step], lists: Lists) -> None:
        factors = lists.factors(bag[0].factor_set)
        now = self.now.quote(bag, lists.in_force(bag[0].price_list), factors)
        rates = lists.proposed(bag[0].price_list)
        taken = [step for step in bag if step.material in rates and rates[step.material].accepted]
        quoted = self.then.quote(taken, rates, factors) if taken else []
        then = {step.line: one for step, one in zip(taken, quoted, strict=True)}
        for step, one in zip(bag, now, strict=True):
            self.tally.add(step, one, then.get(step.line))
            if step.given_back and step.line not in then:
                self.then.promised[step.line] = ["", 0, "", 0]
        self.lines += len(bag)

    def rest(self) -> bytes:
        """Return all of it as JSON."""
        rested = {"now": self.now.resting(), "then": self.then.resting(), "tally": vars(self.tally)}
        return json.dumps({**vars(self), **rested}, separators=(",", ":")).encode()

    @classmethod
    def wake(cls, rested: bytes) -> "Pair":
        """Take it up where it rested."""
        told = json.loads(rested)
        told["now"], told["then"] = Replay(**told["now"]), Replay(**told["then"])
        return cls(**{**told, "tally": Tally(**told["tally"])})
