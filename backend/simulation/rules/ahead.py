"""Many bags at once, as columns: what they come to as long as each programme goes on as it does now.

Where a bag finds a programme otherwise, with too little left for it, or enough again, or past its taper,
nothing that comes after it is known: what is found holds for the bags before the first of those.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np

from backend.simulation.rules.outcome import Outcomes, Promised
from backend.simulation.rules.places import Places
from backend.simulation.rules.tariffs import NO_CEILING, Tariffs
from backend.subsidy.queries import Bar, Terms, under_ceiling
from backend.weighing.queries import Integers, Names, Steps, Truths

_YEARS = 10_000
NOWHERE = -1


class Standing(NamedTuple):
    """How a budget stands before the first bag."""

    left_fen: int
    terms: Terms
    tapers_below_fen: int
    """Zero where it does not."""
    is_short: bool
    """Whether the last bag found too little in it."""

    @property
    def asks(self) -> bool:
        """Tell whether a bag must find in it what it asks for."""
        return self.terms.bar is None

    @property
    def queues(self) -> bool:
        """Tell whether what is promised of it waits for money to come."""
        waits = self.is_short and self.terms.queue_for is not None
        return self.terms.bar == Bar.QUEUED or (self.asks and waits)

    @property
    def promises(self) -> bool:
        """Tell whether it promises anything, now or later."""
        return self.queues or (self.asks and not self.is_short)


class Stand(Protocol):
    """How things stand: a replay knows."""

    @property
    def taken(self) -> Mapping[str, int]: ...
    @property
    def promised(self) -> Mapping[str, Promised]: ...
    def standing(self, budget: str) -> Standing: ...


@dataclass(frozen=True)
class Ahead:
    """A look ahead over the lines of some bags."""

    stand: Stand
    steps: Steps
    places: Places
    tariffs: Tariffs
    names: Names
    quoted: Truths
    """Which lines are to be quoted; the others were quoted as they were, or give back."""

    @cached_property
    def bag(self) -> Integers:
        """Number the bag of each line."""
        begins = self.steps.bags()
        return np.repeat(np.arange(len(begins) - 1), np.diff(begins))

    @cached_property
    def tariff(self) -> Integers:
        """Return the place of each line's rate."""
        return np.where(self.quoted, self.tariffs.places(self.steps), 0)

    @cached_property
    def is_taken(self) -> Truths:
        """Tell which lines' materials are accepted."""
        found: Truths = self.tariffs.accepted[self.tariff]
        return found

    @cached_property
    def follows(self) -> Truths:
        """Tell which lines are of outside the period: what they were promised stands."""
        return self.steps.is_held & ~self.quoted

    @cached_property
    def programme(self) -> Integers:
        """Return who pays for each line."""
        rated = np.where(self.is_taken, self.tariffs.programme[self.tariff], 0)
        return np.where(self.quoted, rated, self.steps.programme)

    @cached_property
    def asks(self) -> Truths:
        """Tell which lines ask for a subsidy."""
        return self.is_taken & (self.programme > 0)

    # Where what is given back was held: in these lines, or before them.

    @cached_property
    def source(self) -> Integers:
        """Return where in these lines each line that gives back was held."""
        found = np.full(self.steps.lines, NOWHERE)
        held = np.flatnonzero(self.steps.is_held & self.steps.given_back)
        known = dict(zip(self.steps.line[held].tolist(), held.tolist(), strict=True))
        for row in np.flatnonzero(~self.steps.is_held).tolist():
            found[row] = known.get(self.steps.line[row], NOWHERE)
        return found

    @cached_property
    def earlier(self) -> dict[int, Promised]:
        """Return what was held before by lines that give it back."""
        rows = np.flatnonzero(~self.steps.is_held & (self.source == NOWHERE)).tolist()
        return {
            row: self.stand.promised.get(self.steps.line[row].decode()) or self._as_it_was(row)
            for row in rows
        }

    def _as_it_was(self, row: int) -> Promised:
        owner = self.steps.programme[row]
        fen = int(self.steps.subsidy_fen[row] + self.steps.operator_subsidy_fen[row])
        return Promised(
            self.places.ceilings[self.places.ceiling[row]],
            int(self.steps.subsidised_grams[row]),
            self._budget_name(int(owner), int(self.places.year[row])) if owner else "",
            fen,
        )

    def _budget_name(self, owner: int, year: int) -> str:
        return f"{self.names.programmes[owner - 1]}|{year}"

    # Budgets.

    @cached_property
    def _budgets(self) -> tuple[list[str], Integers]:
        rows = self.programme * (self.asks | self.follows) > 0
        codes, places = np.unique(self.programme[rows] * _YEARS + self.places.year[rows], return_inverse=True)
        found = np.full(self.steps.lines, NOWHERE)
        found[rows] = places
        names = [self._budget_name(*divmod(code, _YEARS)) for code in codes.tolist()]
        names += sorted({held.budget for held in self.earlier.values() if held.fen} - {*names})
        return names, found

    @cached_property
    def budgets(self) -> list[str]:
        """Name the budgets that something happens to."""
        return self._budgets[0]

    @cached_property
    def budget(self) -> Integers:
        """Return which of them each line is paid from."""
        return self._budgets[1]

    @cached_property
    def standings(self) -> list[Standing]:
        """Tell how each of them stands."""
        return [self.stand.standing(name) for name in self.budgets]

    def _of_budgets(self, facts: Iterator[int]) -> Integers:
        """Return of each line what is so of its budget; nothing of a line that is paid from none."""
        found: Integers = np.array([*facts, 0])[self.budget]
        return found

    @cached_property
    def promises(self) -> Truths:
        """Tell which lines are promised what their ceilings leave them."""
        return self.asks & (self._of_budgets(one.promises for one in self.standings) > 0)

    @cached_property
    def queues(self) -> Truths:
        """Tell which of those wait for money to come."""
        return self.promises & (self._of_budgets(one.queues for one in self.standings) > 0)

    # Ceilings.

    @cached_property
    def groups(self) -> tuple[Integers, Integers]:
        """Return the ceilings, and which of them each line is under."""
        return np.unique(self.places.ceiling, return_inverse=True)

    @cached_property
    def _before(self) -> Integers:
        names, taken = self.places.ceilings, self.stand.taken
        return np.array([taken.get(names[place], 0) for place in self.groups[0].tolist()])

    @cached_property
    def _limits(self) -> Integers:
        return self.tariffs.ceiling[self.tariff]

    @cached_property
    def granted(self) -> Integers:
        """Return how much of each line that asks is still under its ceiling.

        Weights add up until a ceiling is reached, whoever reaches it: so running sums tell, where all lines
        under it are of one rate. The others are looked at one after the other.
        """
        _, group = self.groups
        adding = np.where(self.promises, self.steps.net_grams, 0)
        order = np.argsort(group, kind="stable")
        running = np.cumsum(adding[order]) - adding[order]
        begins = np.flatnonzero(np.diff(group[order], prepend=-1))
        added = np.empty_like(running)
        added[order] = running - running[begins][group[order]]
        room = np.maximum(self._limits - self._before[group] - added, 0)
        found = np.where(self.asks, np.minimum(self.steps.net_grams, room), 0)
        ends = np.append(begins[1:], len(order))
        for place in np.flatnonzero(self._is_mixed).tolist():
            self._grant_in_turn(order[begins[place] : ends[place]].tolist(), int(self._before[place]), found)
        return found

    @cached_property
    def _is_mixed(self) -> Truths:
        codes, group = self.groups
        lowest, highest = np.full(len(codes), self.tariffs.ceiling.size), np.zeros(len(codes), dtype=np.int64)
        np.minimum.at(lowest, group[self.asks], self.tariff[self.asks])
        np.maximum.at(highest, group[self.asks], self.tariff[self.asks])
        found = lowest < highest
        found[group[~self.quoted]] = True
        return found

    def _grant_in_turn(self, rows: Sequence[int], taken: int, granted: Integers) -> None:
        for row in rows:
            if self.asks[row]:
                limit = int(self._limits[row])
                granted[row] = under_ceiling(
                    int(self.steps.net_grams[row]),
                    ceiling_grams=None if limit == NO_CEILING else limit,
                    taken_grams=taken,
                )
            taken += self._change(row, granted)

    def _change(self, row: int, granted: Integers) -> int:
        """Return by how much a line changes what is taken of its ceiling."""
        if self.promises[row]:
            return int(granted[row])
        if self.follows[row]:
            return int(self.steps.subsidised_grams[row])
        if self.steps.is_held[row]:
            return 0
        source = int(self.source[row])
        return -self.earlier[row].grams if source == NOWHERE else -self._change(source, granted)

    # What all of it comes to.

    @cached_property
    def _full(self) -> tuple[Integers, Integers]:
        """Return what household and operator would be paid if the money sufficed."""
        percent = self._of_budgets(100 if one.queues else one.terms.percent for one in self.standings)
        grams = np.where(self.asks, self.granted, 0) * percent
        return self.tariffs.subsidy.times(self.tariff, grams), self.tariffs.operator.times(self.tariff, grams)

    @cached_property
    def outcomes(self) -> Outcomes:
        """Return what each line comes to."""
        household, operator = self._full
        now, later = self.promises & ~self.queues, self.queues
        net = np.where(self.is_taken, self.steps.net_grams, 0)
        return Outcomes(
            is_taken=self.is_taken,
            market_fen=self.tariffs.market.times(self.tariff, net),
            subsidised_grams=np.where(self.promises, self.granted, 0),
            subsidy_fen=np.where(now, household, 0),
            operator_subsidy_fen=np.where(now, operator, 0),
            saved_co2e_grams=np.where(self.is_taken, self.tariffs.saved_co2e_grams(self.steps), 0),
            queued_fen=np.where(later, household, 0),
            queued_operator_fen=np.where(later, operator, 0),
        )

    @cached_property
    def held(self) -> Integers:
        """Return what each line takes of its budget."""
        quoted = self.outcomes.subsidy_fen + self.outcomes.operator_subsidy_fen
        return np.where(self.follows, self.steps.subsidy_fen + self.steps.operator_subsidy_fen, quoted)

    @cached_property
    def spent(self) -> Integers:
        """Return what each bag takes of each budget, less what it gives back."""
        found = np.zeros((len(self.budgets), self.bag[-1] + 1), dtype=np.int64)
        held = np.flatnonzero(self.budget != NOWHERE)
        np.add.at(found, (self.budget[held], self.bag[held]), self.held[held])
        back = np.flatnonzero(self.source != NOWHERE)
        back = back[self.budget[self.source[back]] != NOWHERE]
        source = self.source[back]
        np.subtract.at(found, (self.budget[source], self.bag[back]), self.held[source])
        for row, was in self.earlier.items():
            if was.fen:
                found[self.budgets.index(was.budget), self.bag[row]] -= was.fen
        return found

    @cached_property
    def bags(self) -> int:
        """Return how many bags there are before the first that finds something otherwise."""
        doubtful: Truths = np.any(self._is_otherwise, axis=0)
        doubtful[self.bag[self.quoted & ~self.tariffs.fit(self.steps)]] = True
        doubtful[self._twice] = True
        return int(doubtful.argmax()) if doubtful.any() else len(doubtful)

    @cached_property
    def _is_otherwise(self) -> Truths:
        """Tell for each budget and bag whether it finds less, or more, than was thought."""
        rows = np.flatnonzero(self.asks)
        places = self.budget[rows], self.bag[rows]
        household, operator = self._full
        asked, comes, gets = (np.zeros_like(self.spent) for _ in range(3))
        np.add.at(asked, places, household[rows] + operator[rows])
        np.add.at(comes, places, 1)
        np.add.at(gets, places, self.granted[rows])
        facts = [(one.left_fen, one.is_short, one.asks, one.tapers_below_fen) for one in self.standings]
        first, short, asks, below = np.array(facts, dtype=np.int64).reshape(-1, 4, 1).swapaxes(0, 1)
        left = first - np.cumsum(self.spent, axis=1) + self.spent
        lacks = asked > np.maximum(left, 0)
        other_share = (comes > 0) & ((left >= below) != (first >= below))
        found: Truths = (asks > 0) & (np.where(short > 0, (gets > 0) & ~lacks, lacks) | other_share)
        return found

    @cached_property
    def _twice(self) -> Integers:
        """Return the bags that ask in vain twice under one ceiling: the second for what the first left."""
        waits = self._of_budgets(one.asks for one in self.standings) > 0
        rows = np.flatnonzero(self.asks & waits & ~self.promises)
        _, group = self.groups
        keys, counts = np.unique(self.bag[rows] * (group.max() + 1) + group[rows], return_counts=True)
        found: Integers = keys[counts > 1] // (group.max() + 1)
        return found
