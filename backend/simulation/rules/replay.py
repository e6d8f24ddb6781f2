"""One replay: ceilings, budgets and their events, step by step, by the rules that quotes are made by."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.carbon.queries import FactorSet
from backend.simulation.rules.ahead import Standing
from backend.simulation.rules.outcome import (
    Held,
    Opening,
    Outcome,
    Owed,
    Promised,
    When,
    outcome,
    when,
    written,
)
from backend.simulation.rules.ratios import ExactRate
from backend.simulation.rules.settled import Settled
from backend.subsidy.queries import (
    BudgetEvent,
    CapRule,
    Terms,
    percent_paid,
    terms,
    under_ceiling,
)
from backend.weighing.queries import Price, Reading, Step, promise, share, unpaid, wanted

_NOBODY = Terms()
_STATES = {"frozen": "frozen", "thawed": "open", "carried_over": "carried_over", "closed": "closed"}


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
    queues: dict[str, list[Owed]] = field(default_factory=dict)
    """What each programme owes from money to come."""
    promised: dict[str, Promised] = field(default_factory=dict)
    """What lines hold that will be given back."""
    ran_out: dict[str, str] = field(default_factory=dict)
    """When each budget first could not pay what was asked."""

    def __post_init__(self) -> None:
        """Remember what programmes pay until something happens to one; it is reckoned anew after a rest."""
        self.queues = {owner: [Owed(*owed) for owed in queue] for owner, queue in self.queues.items()}
        self.promised = {line: Promised(*held) for line, held in self.promised.items()}
        self._known: dict[str, Terms] = {}
        self._short: set[str] = set()

    def resting(self) -> dict[str, Any]:
        """Return all that it takes to go on."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

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
        self._known.clear()
        self._short.clear()
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
        """Pay the queue first, in its order and each in full, from what comes; who is not proven waits on."""
        at, given, kept = written(event.at), 0, list[Owed]()
        queue = sorted(self.queues.get(owner, []))
        for nth, owed in enumerate(queue):
            if owed.promised_at > at or owed.proven_at is None or owed.proven_at > at:
                kept.append(owed)
            elif given + owed.fen > event.fen:
                kept += queue[nth:]
                break
            else:
                given += owed.fen
        self.queues[owner] = kept
        self.left[place] -= given

    def standing(self, budget: str) -> Standing:
        """Tell how a budget stands."""
        owner, period = budget.split("|")
        cap = self.caps.get(owner) or asdict(_Cap())
        tapers = cap["cap_rule"] == CapRule.TAPER and cap["taper_percent"] is not None
        return Standing(
            left_fen=self.left.get(budget, 0),
            terms=self._terms_of(owner, budget, period),
            tapers_below_fen=(cap["taper_below_fen"] or 0) if tapers else 0,
            is_short=budget in self._short,
        )

    def settle(self, found: Settled) -> None:
        """Let bags be quoted, followed and given back as it was foreseen."""
        for table, changes in ((self.taken, found.taken), (self.left, found.left)):
            for place, change in changes.items():
                table[place] = table.get(place, 0) + change
        for line in found.given_back:
            self.promised.pop(line, None)
        self.promised.update(found.promised)
        for owner, owed in found.owed:
            self.queues.setdefault(owner, []).append(owed)

    def quote(
        self, steps: Sequence[Step], rates: Mapping[str, ExactRate], factors: FactorSet, began: When
    ) -> list[Outcome]:
        """Quote one bag as it would have been quoted, by the very functions that quotes are made by."""
        home, period = f"{steps[0].household}|{began.month}|", began.period
        readings = [Reading(UUID(step.line), step.material, step.net_grams, 0) for step in steps]
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
            terms=self._terms([rates[step.material] for step in steps], period),
            hold=lambda prices: self._hold(prices, steps[0], period),
        )
        for material, grams in unpaid(prices, shares).items():
            granted[material] -= grams
        for material, grams in granted.items():
            self.taken[home + material] = self.taken.get(home + material, 0) + grams
        found = [outcome(one) for one in prices]
        for step, one in zip(steps, found, strict=True):
            self._remember(step, home + step.material, f"{one.programme}|{period}", one)
        return found

    def _terms(self, rates: Sequence[ExactRate], period: str) -> dict[UUID | None, Terms]:
        return {
            rate.programme: _NOBODY
            if rate.payer is None
            else self._terms_of(rate.payer, f"{rate.payer}|{period}", period)
            for rate in rates
        }

    def _terms_of(self, owner: str, place: str, period: str) -> Terms:
        known = self._known.get(place)
        if known is not None:
            return known
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
        found = terms(cap["cap_rule"], state=state, closed=cap["closed"], percent=percent, period=period)
        if cap["cap_rule"] != CapRule.TAPER:
            self._known[place] = found
        return found

    def _hold(self, prices: Sequence[Price], step: Step, period: str) -> UUID | None:
        """Take what is promised from the budgets, all or nothing."""
        asked: dict[UUID, int] = {}
        for one in prices:
            if one.held_fen and one.programme is not None:
                asked[one.programme] = asked.get(one.programme, 0) + one.held_fen
        for owner, fen in asked.items():
            place = f"{owner}|{period}"
            if self.left.get(place, 0) < fen:
                self.ran_out.setdefault(place, step.at.isoformat())
                self._short.add(place)
                return owner
        for owner, fen in asked.items():
            place = f"{owner}|{period}"
            self.left[place] -= fen
            if self.left[place] >= fen:
                self._short.discard(place)
        return None

    def _remember(self, step: Step, ceiling: str, budget: str, one: Held) -> None:
        """Keep in mind what a line holds if it will be given back, or is owed if it will be agreed on."""
        if step.given_back:
            self.promised[step.line] = Promised(ceiling, one.subsidised_grams, budget, one.held_fen)
        elif one.owed_fen and step.is_confirmed:
            self.queues.setdefault(str(one.programme), []).append(_owed(step, one.owed_fen))

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
            as_it_was = Promised(ceiling, step.subsidised_grams, budget, step.held_fen)
            ceiling, grams, budget, fen = self.promised.pop(step.line, as_it_was)
            if grams:
                self.taken[ceiling] = self.taken.get(ceiling, 0) - grams
            if fen:
                self.left[budget] = self.left.get(budget, 0) + fen


def _places(step: Step) -> tuple[str, str]:
    """Name the ceiling and the budget of a line."""
    began = when(step.opened_at)
    return f"{step.household}|{began.month}|{step.material}", f"{step.programme}|{began.period}"


def _owed(step: Step, fen: int) -> Owed:
    return Owed.of(step.line, fen, promised_at=step.ended_at, proven_at=step.proven_at)


def _queues(steps: Sequence[Step]) -> dict[str, list[Owed]]:
    queues: dict[str, list[Owed]] = {}
    for step in steps:
        queues.setdefault(str(step.programme), []).append(_owed(step, step.owed_fen))
    return queues
