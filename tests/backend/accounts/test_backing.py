"""Whatever happens to points in whatever order, a fen stands behind each, and a plain model agrees."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy.orm import Session

from backend.accounts import queries, service
from backend.accounts.postings import (
    FEN,
    GREEN,
    Outcome,
    Posting,
    Refused,
    Reserve,
    Settle,
    Unbacked,
    bank,
    budget,
    fund,
    funded,
    green,
    green_issued,
    green_owing,
    green_retired,
    is_backed,
    merchant_green,
    merchant_payable,
    move,
    operator_due,
    owed,
    redeemed,
)
from tests.makers import NOON, YUHANG

HOMES, SHOP, OPERATOR, PROGRAMME = [UUID(int=n) for n in (1, 2, 3)], *(UUID(int=n) for n in (4, 5, 6))
PERIOD, MONEY = "2026", 400


@dataclass
class Hold:
    """Points that a voucher holds."""

    home: UUID
    points: int
    is_open: bool = True


@dataclass
class Town:
    """The books, and beside them what they should say: who has how many points, and what the fund has."""

    db: Session
    points: Counter[UUID] = field(default_factory=Counter)
    shop: int = 0
    money: int = MONEY
    holds: dict[UUID, Hold] = field(default_factory=dict)
    credits: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)
    told: list[tuple[dict[str, Any], UUID]] = field(default_factory=list)

    def post(self, **fact: Any) -> Outcome:
        """Post a fact under a key of its own."""
        said = {"key": f"test/{uuid4()}", "kind": "test", "at": NOON, **fact}
        outcome = service.post(self.db, district=YUHANG, **said)
        if not isinstance(outcome, Refused):
            self.told.append((said, outcome.entry_id))
        return outcome

    def available(self, home: UUID) -> int:
        """Tell what a household may spend."""
        return self.points[home] - sum(h.points for h in self.holds.values() if h.is_open and h.home == home)

    def credit(self, home: UUID, amount: int, nth: int) -> None:
        """Credit a bag, a part of it from the budget."""
        subsidy = amount // 3
        postings = (
            *move(operator_due(OPERATOR), fund(), FEN, amount - subsidy),
            *move(budget(PROGRAMME, PERIOD), fund(), FEN, subsidy),
            *move(green_issued(), green(home), GREEN, amount),
        )
        outcome = self.post(postings=postings, subject=home)
        assert isinstance(outcome, Refused) == (subsidy > self.money)
        if not isinstance(outcome, Refused):
            self.points[home] += amount
            self.money -= subsidy
            self.credits[outcome.entry_id] = (home, amount)

    def correct(self, home: UUID, amount: int, nth: int) -> None:
        """Take a credit back as far as it is still there; the rest is owed."""
        if not self.credits:
            return
        credit, (home, points) = list(self.credits.items())[nth % len(self.credits)]
        there = min(points, self.available(home))
        postings = (
            *move(green(home), green_issued(), GREEN, there),
            *move(fund(), operator_due(OPERATOR), FEN, there),
            *move(green_owing(), owed(home), GREEN, points - there),
        )
        again = any(said.get("reverses") == credit for said, _ in self.told)
        outcome = self.post(postings=postings, reverses=credit)
        assert isinstance(outcome, Refused) == again
        if not again:
            self.points[home] -= there

    def hold(self, home: UUID, amount: int, nth: int) -> None:
        """Hold points for a voucher."""
        hold, ends = uuid4(), NOON + timedelta(hours=1)
        reserve = Reserve(hold=hold, account=green(home), asset=GREEN, amount=amount, expires_at=ends)
        outcome = self.post(reserves=(reserve,))
        assert isinstance(outcome, Refused) == (amount > self.available(home))
        if not isinstance(outcome, Refused):
            self.holds[hold] = Hold(home, amount)

    def honour(self, home: UUID, amount: int, nth: int) -> None:
        """Pay the shop with what is held."""
        self._end(
            nth,
            lambda named, hold: {
                "postings": redeemed(hold.home, SHOP, hold.points),
                "settles": (Settle(hold=named),),
            },
            pays=True,
        )

    def cancel(self, home: UUID, amount: int, nth: int) -> None:
        """Free what is held."""
        self._end(nth, lambda named, hold: {"releases": (named,)})

    def expire(self, home: UUID, amount: int, nth: int) -> None:
        """Free what was held for too long."""
        self._end(nth, lambda named, hold: {"expires": (named,), "at": NOON + timedelta(hours=1)})

    def _end(self, nth: int, fact: Callable[[UUID, Hold], dict[str, Any]], *, pays: bool = False) -> None:
        if not self.holds:
            return
        named, hold = list(self.holds.items())[nth % len(self.holds)]
        outcome = self.post(**fact(named, hold))
        assert isinstance(outcome, Refused) != hold.is_open
        if hold.is_open and pays:
            self.points[hold.home] -= hold.points
            self.shop += hold.points
        hold.is_open = False

    def settle(self, home: UUID, amount: int, nth: int) -> None:
        """Settle the shop's points: they retire, and their fen are owed to the shop."""
        postings = (
            *move(merchant_green(SHOP), green_retired(), GREEN, amount),
            *move(fund(), merchant_payable(SHOP), FEN, amount),
        )
        outcome = self.post(postings=postings)
        assert isinstance(outcome, Refused) == (amount > self.shop)
        if not isinstance(outcome, Refused):
            self.shop -= amount

    def replay(self, home: UUID, amount: int, nth: int) -> None:
        """Say again what was said before."""
        said, entry = self.told[nth % len(self.told)]
        assert service.entry_of(self._again(said)) == entry

    def replay_changed(self, home: UUID, amount: int, nth: int) -> None:
        """Say something else under a key that is taken."""
        said, _ = self.told[nth % len(self.told)]
        assert isinstance(self._again({**said, "facts": {"other": amount}}), Refused)

    def _again(self, said: dict[str, Any]) -> Outcome:
        return service.post(self.db, district=YUHANG, **said)

    def make_points_of_nothing(self, home: UUID, amount: int, nth: int) -> None:
        """Try to leave points or fen alone."""
        for postings in (
            move(green_issued(), green(home), GREEN, amount),
            move(fund(), bank(), FEN, amount),
            move(green(home), green_retired(), GREEN, amount),
        ):
            with pytest.raises(Unbacked):
                self.post(postings=postings)

    def check(self) -> None:
        """Compare the books with what they should say."""
        backing = queries.backing(self.db, YUHANG)
        assert backing.is_exact
        assert (backing.household_points, backing.merchant_points) == (self.points.total(), self.shop)
        for home in HOMES:
            found = queries.balance(self.db, YUHANG, green(home), GREEN)
            assert (found.posted, found.available) == (self.points[home], self.available(home))


VERBS = [
    *(Town.credit, Town.credit, Town.hold, Town.honour, Town.cancel, Town.expire, Town.settle),
    *(Town.correct, Town.replay, Town.replay_changed, Town.make_points_of_nothing),
]
steps = some.tuples(
    some.sampled_from(VERBS), some.sampled_from(HOMES), some.integers(1, 60), some.integers(0, 9)
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(some.lists(steps, max_size=25))
def test_every_point_is_backed_after_every_step(db, told):
    with db.begin_nested() as example:
        service.open_book(db, YUHANG)
        town = Town(db)
        town.post(postings=funded(PROGRAMME, PERIOD, MONEY))
        for verb, home, amount, nth in told:
            verb(town, home, amount, nth)
            town.check()
        example.rollback()


@given(
    some.lists(
        some.builds(
            Posting,
            source=some.sampled_from([green(HOMES[0]), merchant_green(SHOP), fund()]),
            target=some.sampled_from([green(HOMES[1]), green_retired(), bank()]),
            asset=some.sampled_from([GREEN, FEN]),
            amount=some.integers(1, 9),
        ),
        max_size=6,
    )
)
def test_an_entry_is_backed_if_points_and_fen_come_and_go_together(postings):
    change: Counter[str] = Counter()
    for one in postings:
        change[f"{one.source} {one.asset}"] -= one.amount
        change[f"{one.target} {one.asset}"] += one.amount
    points = sum(change[f"{path} GREEN"] for path in (green(HOMES[0]), green(HOMES[1]), merchant_green(SHOP)))

    assert is_backed(postings) == (points == change[f"{fund()} FEN"])
