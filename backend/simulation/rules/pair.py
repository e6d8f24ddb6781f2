"""Two replays side by side: under the rates in force, and as proposed. It can rest anywhere and go on."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress, groupby
from operator import itemgetter

from backend.carbon.queries import FactorSet
from backend.simulation.rules.outcome import when
from backend.simulation.rules.ratios import ExactRate
from backend.simulation.rules.replay import Replay
from backend.simulation.rules.tally import Tally
from backend.subsidy.queries import BudgetEvent
from backend.weighing.queries import HELD, Step


@dataclass(frozen=True)
class Lists:
    """The price lists and factors of weighings, by id."""

    in_force: dict[str, Mapping[str, ExactRate]] = field(default_factory=dict)
    """What a weighing was quoted by."""
    proposed: dict[str, Mapping[str, ExactRate]] = field(default_factory=dict)
    """What it would have been quoted by."""
    factors: dict[str, FactorSet] = field(default_factory=dict)
    """What its grams are reckoned by."""


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
        began, factors = when(bag[0].opened_at), lists.factors[bag[0].factor_set]
        now = self.now.quote(bag, lists.in_force[bag[0].price_list], factors, began)
        rates = lists.proposed[bag[0].price_list]
        goes = [(rate := rates.get(step.material)) is not None and rate.accepted for step in bag]
        taken = list(compress(bag, goes))
        then = iter(self.then.quote(taken, rates, factors, began) if taken else ())
        for step, one, is_taken in zip(bag, now, goes, strict=True):
            self.tally.add(step, one, next(then) if is_taken else None, began.day)
            if step.given_back and not is_taken:
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
