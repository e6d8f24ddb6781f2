"""Many bags at once against one budget: exactly what it suffices for is paid, its own rule meets the rest.

Every bag is weighed, quoted and agreed on in transactions of its own, on as many connections as the pool has.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from backend.accounts import audit
from backend.accounts import queries as accounts
from backend.accounts.postings import FEN, treasury
from backend.kit.auth import Actor
from backend.kit.db import transaction
from backend.local.roles import Database
from backend.settings import settings
from backend.subsidy import budgets, jobs, orders, queries, service
from backend.subsidy.errors import BudgetStillPromised
from backend.subsidy.postings import budget_path
from backend.weighing import service as weighing
from tests.makers import BASIS, NOON, PROGRAMME, YUHANG
from tests.rounds import ADMIN, FINANCE, Round, a_neighbour, a_quote, a_round, a_visit

CONNECTIONS = 24
BAG = 156
"""What 5.2 kg of glass cost a budget: 52 for the household and 104 for the operator."""
SMALL = (60, 17, 20)
LARGE = pytest.param((500, 137, 63), marks=pytest.mark.long)
"""Bags, how many of them the budget suffices for, and how many more at half the rate."""


@dataclass(frozen=True)
class Door:
    """A household at whose door the collector stands."""

    resident: Actor
    pickup: UUID


@pytest.fixture(autouse=True)
def _connections(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LV_DATABASE_POOL", str(CONNECTIONS + 1))
    settings.cache_clear()


def prepared(bags: int, *, fen: int, **cap: Any) -> tuple[Round, list[Door]]:
    """Bring a collector to so many doors."""
    with transaction(districts=[YUHANG]) as db:
        tour = a_round(db, fen=fen, **cap)
    doors = []
    for begun in range(0, bags, 50):
        with transaction(districts=[YUHANG]) as db:
            residents = [a_neighbour(db, tour) for _ in range(begun, min(begun + 50, bags))]
            doors += [Door(one, a_visit(db, tour, one)) for one in residents]
    return tour, doors


def quote(tour: Round, door: Door) -> str:
    """Weigh a bag and deliver its quote; say what it said of the subsidy."""
    with transaction(districts=[YUHANG]) as db:
        return a_quote(db, tour, door.pickup).lines[0].cap or "paid"


def hand_over(tour: Round, door: Door) -> str:
    """Weigh a bag, quote it, and agree on it."""
    with transaction(districts=[YUHANG]) as db:
        quoted = a_quote(db, tour, door.pickup)
        weighed, said = quoted.weighing.id, quoted.lines[0].cap or "paid"
    with transaction(districts=[YUHANG]) as db:
        weighing.confirm(db, weighed, by=door.resident, at=NOON)
    return said


@contextmanager
def all_at_once(attempt: Callable[[Door], str], doors: Sequence[Door]) -> Iterator[list[Future[str]]]:
    """Go about it on all connections; what came of each is there when it is done."""
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        yield [threads.submit(attempt, door) for door in doors]


def outcomes(attempt: Callable[[Door], str], doors: Sequence[Door]) -> Counter[str]:
    """Do it all at once, and count what came of it."""
    with all_at_once(attempt, doors) as begun:
        return Counter(one.result() for one in begun)


def budget(period: str = "2026") -> tuple[int, int]:
    with transaction(districts=[YUHANG], read_only=True) as db:
        found = accounts.balance(db, YUHANG, budget_path(PROGRAMME, period), FEN)
    return found.posted, found.held


def points(doors: Sequence[Door]) -> Counter[int]:
    with transaction(districts=[YUHANG], read_only=True) as db:
        return Counter(
            accounts.household_balances(db, YUHANG, door.resident.home()).green.posted for door in doors
        )


def is_sound(database: Database) -> bool:
    return audit.run(database.auditor_url, say=lambda _: None)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=str)
def test_a_budget_pays_exactly_what_it_suffices_for_and_stops(database: Database, size):
    bags, enough, _ = size
    tour, doors = prepared(bags, fen=enough * BAG + BAG - 1)

    assert outcomes(partial(hand_over, tour), doors) == {"paid": enough, "budget": bags - enough}
    assert budget() == (BAG - 1, 0)
    assert points(doors) == {52: enough, 0: bags - enough}
    assert is_sound(database)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=str)
def test_a_taper_pays_exactly_so_many_in_full_and_so_many_in_part(database: Database, size):
    bags, enough, half = size
    rest = half * BAG // 2
    cap: dict[str, Any] = {"cap_rule": "taper", "taper_below_fen": rest + 1, "taper_percent": 50}
    tour, doors = prepared(bags, fen=enough * BAG + rest, **cap)

    said = outcomes(partial(hand_over, tour), doors)
    assert said == {"paid": enough, "tapered": half, "budget": bags - enough - half}
    assert budget() == (0, 0)
    assert points(doors) == {52: enough, 26: half, 0: bags - enough - half}
    assert is_sound(database)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=str)
def test_a_queue_pays_exactly_so_many_and_the_rest_in_their_order_when_money_comes(database: Database, size):
    bags, enough, more = size
    tour, doors = prepared(bags, fen=enough * BAG, cap_rule="queue")

    assert outcomes(partial(hand_over, tour), doors) == {"paid": enough, "queued": bags - enough}
    assert budget() == (0, 0)
    with transaction(districts=[YUHANG]) as db:
        assert queries.owed_to_queue(db, YUHANG, PROGRAMME) == (bags - enough) * BAG
        service.fund(
            db,
            district=YUHANG,
            programme=PROGRAMME,
            period="2027",
            fen=more * BAG + 1,
            by=FINANCE,
            at=NOON,
            **BASIS,
        )
    assert budget("2027") == (more * BAG + 1, more * BAG)
    for _ in range(more + 1):
        with transaction(districts=[YUHANG]) as db:
            jobs.serve_queue(db, district=YUHANG, at=NOON, programme=str(PROGRAMME))
    assert budget("2027") == (1, 0)
    assert points(doors) == {52: enough + more, 0: bags - enough - more}
    assert is_sound(database)


def test_a_freeze_between_quotes_lets_none_through_after_it_and_breaks_no_promise(database: Database):
    tour, doors = prepared(80, fen=80 * BAG)
    with all_at_once(partial(quote, tour), doors[:60]) as begun:
        wait([begun[4]])
        with transaction(districts=[YUHANG]) as db:
            budgets.freeze(db, PROGRAMME, "2026", reason="审计", by=ADMIN, at=NOON)
        promised = budget()[1]
        said = Counter(one.result() for one in begun)

    assert set(said) <= {"paid", "frozen"}
    assert said["paid"] * BAG == promised
    assert outcomes(partial(quote, tour), doors[60:]) == {"frozen": 20}
    assert budget() == (80 * BAG, promised)


def test_a_close_between_confirmations_waits_for_what_is_promised_and_loses_nothing(database: Database):
    tour, doors = prepared(80, fen=200 * BAG)
    with transaction(districts=[YUHANG]) as db:
        order = orders.draft(
            db,
            by=ADMIN,
            at=NOON,
            kind="close",
            programme=PROGRAMME,
            period="2026",
            fen=None,
            source=None,
            to_period=None,
            **BASIS,
        )
    with all_at_once(partial(hand_over, tour), doors) as begun:
        wait([begun[4]])
        while not _closed(order.id):
            time.sleep(0.01)
        said = Counter(one.result() for one in begun)

    assert set(said) <= {"paid", "budget"}
    assert budget() == (0, 0)
    with transaction(districts=[YUHANG], read_only=True) as db:
        assert accounts.balance(db, YUHANG, treasury(), FEN).posted == (200 - said["paid"]) * BAG
    assert points(doors) == Counter({52: said["paid"], 0: said["budget"]}) - Counter()
    assert is_sound(database)


def _closed(order: UUID) -> bool:
    try:
        with transaction(districts=[YUHANG]) as db:
            orders.approve(db, order, by=FINANCE, at=NOON)
    except BudgetStillPromised:
        return False
    return True
