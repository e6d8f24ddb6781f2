"""Many at once, from several processes, with real commits and connections enough to wait on one another."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from threading import Event, Thread
from uuid import UUID

import psycopg
import pytest

from backend.accounts import queries as accounts
from backend.kit.auth import Actor
from backend.kit.db import transaction
from backend.kit.errors import Problem
from backend.rewards import service
from tests.makers import NOON, YUHANG, a_member_of_staff, a_merchant, a_resident, an_offer, some_points

PROCESSES, THREADS = 4, 8

Attempt = Callable[[], str]


def attempt_to_redeem(by: Actor, offer: UUID) -> str:
    """Try once, in a transaction of its own."""
    try:
        with transaction(districts=[YUHANG]) as db:
            service.redeem(db, by=by, offer_id=offer, at=NOON)
    except Problem as refusal:
        return refusal.code
    return "yes"


def attempt_to_honour(by: Actor, code: str) -> str:
    """Scan once, in a transaction of its own."""
    try:
        with transaction(districts=[YUHANG]) as db:
            service.honour(db, code, by=by, at=NOON)
    except Problem as refusal:
        return refusal.code
    return "yes"


def in_threads(attempt: Attempt, times: int) -> Counter[str]:
    """Make a process's share of the attempts, several at a time."""
    with ThreadPoolExecutor(THREADS) as pool:
        waiting = [pool.submit(attempt) for _ in range(times)]
    return Counter(one.result() for one in waiting)


def storm(attempt: Attempt, *, times: int) -> Counter[str]:
    """Make attempts from several processes at once, and count what they were told."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        shares = [pool.submit(in_threads, attempt, times // PROCESSES) for _ in range(PROCESSES)]
    return sum((share.result() for share in shares), Counter())


@contextmanager
def watching_locks(url: str) -> Iterator[list[int]]:
    """Count now and then how many wait for somebody else's lock."""
    seen: list[int] = []
    over = Event()

    def watch() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not over.wait(0.005):
                row = connection.execute(
                    "select count(*) from pg_stat_activity"
                    " where datname = current_database() and wait_event_type = 'Lock'"
                ).fetchone()
                seen.append(row[0] if row else 0)

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


@pytest.fixture
def many_connections(database, monkeypatch):
    """A database of the test's own, and as many connections to it as there are threads."""
    monkeypatch.setenv("LV_DATABASE_POOL", str(THREADS))
    return database.app_url


def test_two_hundred_redemptions_of_a_hundred_points_give_a_hundred(many_connections):
    with transaction(districts=[YUHANG]) as db:
        alice = a_resident(db)
        some_points(db, alice.home(), 100)
        offer = an_offer(db, price_points=1, stock=1_000)

    with watching_locks(many_connections) as waiting:
        told = storm(partial(attempt_to_redeem, alice, offer), times=200)

    assert told == {"yes": 100, "not_enough_points": 100}
    assert max(waiting) > PROCESSES
    with transaction(districts=[YUHANG]) as db:
        green = accounts.household_balances(db, YUHANG, alice.home()).green
        assert (green.posted, green.held, green.available) == (100, 100, 0)


@pytest.mark.parametrize(
    ("terms", "told"), [({"stock": 7}, "sold_out"), ({"per_household_limit": 7}, "limit_reached")]
)
def test_neither_stock_nor_limit_is_overrun(many_connections, terms, told):
    with transaction(districts=[YUHANG]) as db:
        alice = a_resident(db)
        some_points(db, alice.home(), 100)
        offer = an_offer(db, **{"price_points": 1, "stock": 1_000, **terms})

    assert storm(partial(attempt_to_redeem, alice, offer), times=40) == {"yes": 7, told: 33}


def test_many_tills_scan_one_voucher_and_one_takes_it(many_connections):
    with transaction(districts=[YUHANG]) as db:
        alice, shop = a_resident(db), a_merchant(db)
        some_points(db, alice.home(), 200)
        till = a_member_of_staff(db, role="till", username="Sun.Ba", organisation=shop)
        taken = service.redeem(db, by=alice, offer_id=an_offer(db, merchant=shop), at=NOON)
        code = taken.code

    told = storm(partial(attempt_to_honour, till, code), times=32)

    assert told == {"yes": 1, "voucher_already_honoured": 31}
    with transaction(districts=[YUHANG]) as db:
        backing = accounts.backing(db, YUHANG)
        assert (backing.household_points, backing.merchant_points) == (0, 200)
        assert backing.is_exact
