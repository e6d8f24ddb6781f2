"""One replay: ceilings, budgets and their events, step by step, by the rules that quotes are made by."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from heapq import heappop, heappush
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from backend.carbon.queries import FactorSet
from backend.catalogue.queries import Rate
from backend.kit.clock import CITY
from backend.subsidy.queries import (
    BudgetEvent,
    Terms,
    month_of,
    percent_paid,
    period_of,
    terms,
    under_ceiling,
)
from backend.weighing.queries import Price, Reading, Step, promise, share, unpaid, wanted

_NOBODY = Terms()
_STATES = {"frozen": "frozen", "thawed": "open", "carried_over": "carried_over", "closed": "closed"}


@dataclass(frozen=True)
class Opening:
    """How things stood when the first step was made."""

    taken: Mapping[str, int]
    """Grams under each ceiling, by household, month and material."""
    held: Mapping[str, int]
    """Fen paid or promised of each budget, by programme and period."""
    queued: Sequence[Step] = ()
    """Lines that a programme had promised from money to come."""


class Held(Protocol):
    """What a line holds, as it was quoted or as it would have been."""

    @property
    def subsidised_grams(self) -> int: ...
    @property
    def held_fen(self) -> int: ...
    @property
    def queued_fen(self) -> int: ...
    @property
    def queued_operator_fen(self) -> int: ...
    @property
    def programme(self) -> UUID | None: ...


@dataclass
class _Cap:
    """What a programme does at its cap."""

    cap_rule: str = "stop"
    taper_below_fen: int | None = None
    taper_percent: int | None = None
    closed: bool = False


@dataclass
class Replay:
    """Where one replay of a history has come to; all of it is plain JSON, so that it can rest and go on."""

    taken: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    caps: dict[str, dict[str, Any]] = field(default_factory=dict)
    fixed_caps: list[str] = field(default_factory=list)
    """Programmes whose cap rule is proposed: what was recorded of theirs does not count."""
    queues: dict[str, list[list[Any]]] = field(default_factory=dict)
    """What each programme owes from money to come: when it was promised, the line, and the fen."""
    promised: dict[str, list[Any]] = field(default_factory=dict)
    """What lines hold that will be given back: place of the ceiling, grams, place of the budget, fen."""
    ran_out: dict[str, str] = field(default_factory=dict)
    """When each budget first could not pay what was asked."""

    @classmethod
    def begin(
        cls,
        opening: Opening,
        caps: Mapping[UUID, Mapping[str, Any]],
        *,
        proposed: Mapping[UUID, Mapping[str, Any]],
    ) -> "Replay":
        """Begin where things stood.

        :param caps: the cap rule that each programme began with
        :param proposed: cap rules in place of them, whatever they were changed to
        """
        return cls(
            taken=dict(opening.taken),
            left={place: -fen for place, fen in opening.held.items()},
            caps={
                str(programme): {**asdict(_Cap()), **cap} for programme, cap in {**caps, **proposed}.items()
            },
            fixed_caps=[str(programme) for programme in proposed],
            queues=_queues(opening.queued),
        )

    def forget(self, *, before: datetime) -> None:
        """Forget the ceilings of months before a moment: nothing that began then has anything to come."""
        month = when(before).month
        self.taken = {place: grams for place, grams in self.taken.items() if place.split("|")[1] >= month}

    def happen(self, event: BudgetEvent) -> None:
        """Follow what happened to a budget or to a programme."""
        owner = str(event.programme)
        if event.period is None:
            self._change_programme(owner, event)
            return
        place = f"{owner}|{event.period}"
        self.left[place] = self.left.get(place, 0) + event.fen
        self.states.setdefault(place, "open")
        if event.happened in _STATES:
            self.states[place] = _STATES[event.happened]
        if event.fen > 0:
            self._serve(owner, place, event)

    def _change_programme(self, owner: str, event: BudgetEvent) -> None:
        cap = self.caps.setdefault(owner, asdict(_Cap()))
        if event.happened == "programme_closed":
            cap["closed"] = True
        elif owner not in self.fixed_caps:
            cap.update(event.facts.get("after", {}))

    def _serve(self, owner: str, place: str, event: BudgetEvent) -> None:
        """Pay the queue first, in its order and each in full, from what comes."""
        waiting, given = self.queues.get(owner, []), 0
        while waiting and waiting[0][0] <= event.at.isoformat() and given + waiting[0][2] <= event.fen:
            given += heappop(waiting)[2]
        self.left[place] -= given

    def quote(self, steps: Sequence[Step], rates: Mapping[str, Rate], factors: FactorSet) -> list[Price]:
        """Quote one bag as it would have been quoted."""
        first = steps[0]
        began = when(first.opened_at)
        home, period = f"{first.household}|{began.month}|", began.period
        readings = [Reading(step.line, step.material, step.net_grams, 0) for step in steps]
        granted = {
            material: under_ceiling(
                grams,
                ceiling_grams=rates[material].ceiling_grams,
                taken_grams=self.taken.get(home + material, 0),
            )
            for material, grams in wanted(readings, rates).items()
        }
        shares = share(readings, granted)
        prices = promise(
            readings,
            rates,
            factors,
            shares=shares,
            terms=self._terms([rates[step.material].programme for step in steps], period),
            hold=lambda prices: self._hold(prices, first, period),
        )
        for material, grams in unpaid(prices, shares).items():
            granted[material] -= grams
        for material, grams in granted.items():
            self.taken[home + material] = self.taken.get(home + material, 0) + grams
        for step, one in zip(steps, prices, strict=True):
            self._remember(step, home + step.material, _budget(one.programme, period), one)
        return prices

    def _terms(self, programmes: Sequence[UUID | None], period: str) -> dict[UUID | None, Terms]:
        return {
            owner: _NOBODY if owner is None else self._terms_of(_name(owner), _budget(owner, period), period)
            for owner in programmes
        }

    def _terms_of(self, owner: str, place: str, period: str) -> Terms:
        cap = self.caps.get(owner)
        if cap is None:
            return _NOBODY.exhausted()
        percent = percent_paid(
            cap["cap_rule"],
            left_fen=self.left.get(place, 0),
            below_fen=cap["taper_below_fen"],
            percent=cap["taper_percent"],
        )
        state = self.states.get(place)
        return terms(cap["cap_rule"], state=state, closed=cap["closed"], percent=percent, period=period)

    def _hold(self, prices: Sequence[Price], step: Step, period: str) -> UUID | None:
        """Take what is promised from the budgets, all or nothing."""
        asked: dict[UUID, int] = {}
        for one in prices:
            if one.held_fen and one.programme is not None:
                asked[one.programme] = asked.get(one.programme, 0) + one.held_fen
        for owner, fen in asked.items():
            place = _budget(owner, period)
            if self.left.get(place, 0) < fen:
                self.ran_out.setdefault(place, step.at.isoformat())
                return owner
        for owner, fen in asked.items():
            self.left[_budget(owner, period)] -= fen
        return None

    def _remember(self, step: Step, ceiling: str, budget: str, one: Held) -> None:
        """Keep in mind what a line holds if it will be given back, or is owed if it will be agreed on."""
        if step.given_back:
            self.promised[str(step.line)] = [ceiling, one.subsidised_grams, budget, one.held_fen]
        elif (owed := one.queued_fen + one.queued_operator_fen) and step.is_confirmed:
            heappush(self.queues.setdefault(str(one.programme), []), _owed(step, owed))

    def follow(self, steps: Sequence[Step]) -> None:
        """Let a bag of outside the period be quoted as it was."""
        for step in steps:
            ceiling, budget = _places(step)
            self.taken[ceiling] = self.taken.get(ceiling, 0) + step.subsidised_grams
            if step.held_fen:
                self.left[budget] = self.left.get(budget, 0) - step.held_fen
            self._remember(step, ceiling, budget, step)

    def give_back(self, steps: Sequence[Step]) -> None:
        """Free what lines held; what was held before the replay began is freed as it was."""
        for step in steps:
            ceiling, budget = _places(step)
            as_it_was = [ceiling, step.subsidised_grams, budget, step.held_fen]
            ceiling, grams, budget, fen = self.promised.pop(str(step.line), as_it_was)
            if grams:
                self.taken[ceiling] = self.taken.get(ceiling, 0) - grams
            if fen:
                self.left[budget] = self.left.get(budget, 0) + fen


class When(NamedTuple):
    """What the moment at which a weighing began decides: its ceiling, its budget, and its day."""

    month: str
    period: str
    day: str


@lru_cache(maxsize=64)
def when(opened_at: datetime) -> When:
    """Say what a moment decides; lines of one weighing share theirs."""
    return When(month_of(opened_at), period_of(opened_at), f"{opened_at.astimezone(CITY):%Y-%m-%d}")


@cache
def _budget(programme: UUID | None, period: str) -> str:
    """Name a budget; there are a few."""
    return f"{programme}|{period}"


@cache
def _name(programme: UUID) -> str:
    """Name a programme; there are a few."""
    return str(programme)


def _places(step: Step) -> tuple[str, str]:
    """Name the ceiling and the budget of a line."""
    began = when(step.opened_at)
    return f"{step.household}|{began.month}|{step.material}", _budget(step.programme, began.period)


def _owed(step: Step, fen: int) -> list[Any]:
    assert step.ended_at is not None, "only what was agreed on is owed"
    return [step.ended_at.isoformat(), str(step.line), fen]


def _queues(steps: Sequence[Step]) -> dict[str, list[list[Any]]]:
    queues: dict[str, list[list[Any]]] = {}
    for step in steps:
        heappush(queues.setdefault(str(step.programme), []), _owed(step, step.owed_fen))
    return queues
