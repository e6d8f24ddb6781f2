"""Many at once: one weighing is posted once, however many agree to it in the same moment."""

import multiprocessing
import threading
import time
from collections import Counter
from multiprocessing.synchronize import Barrier
from uuid import UUID

import psycopg

from backend.accounts import queries as accounts
from backend.identity import queries as identity
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.errors import Problem
from backend.weighing import service
from tests.journeys.conftest import quoted

PROCESSES, THREADS = 4, 50
YUHANG = "330110"


def _agree(token: str, weighing: UUID, begin: Barrier, said: "multiprocessing.Queue[str]") -> None:
    """Agree from many connections of one process, all at once, and say what came of it."""
    with transaction() as db:
        by = identity.authenticate(db, token, utc_now())

    def agree() -> None:
        with transaction(districts=[YUHANG]) as db:
            begin.wait()
            try:
                service.confirm(db, weighing, by=by, at=utc_now())
                outcome = "confirmed"
            except Problem as refusal:
                outcome = refusal.code
        said.put(outcome)

    threads = [threading.Thread(target=agree) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _waiting(admin_url: str) -> int:
    with psycopg.connect(admin_url) as conn:
        row = conn.execute(
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and wait_event_type = 'Lock'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_two_hundred_agree_at_once_and_it_is_posted_once(city, database, monkeypatch, record_property):
    monkeypatch.setenv("LV_DATABASE_POOL", str(THREADS))
    bag = quoted(city, city.zhang())
    context = multiprocessing.get_context("spawn")
    begin, said = context.Barrier(PROCESSES * THREADS + 1), context.Queue()
    crowd = [
        context.Process(target=_agree, args=(bag.resident.token, UUID(bag.weighing), begin, said))
        for _ in range(PROCESSES)
    ]
    # While this row is held, everybody who agrees must queue up behind it.
    with psycopg.connect(database.admin_url) as gate:
        gate.execute("select from weighing where id = %s for update", (bag.weighing,))
        for process in crowd:
            process.start()
        begin.wait()
        waiting, deadline = 0, time.monotonic() + 60
        while waiting < PROCESSES * THREADS and time.monotonic() < deadline:
            waiting = _waiting(database.admin_url)
    outcomes = Counter(said.get(timeout=60) for _ in range(PROCESSES * THREADS))
    for process in crowd:
        process.join()

    record_property("waited_for_one_weighing", waiting)
    assert waiting == PROCESSES * THREADS
    assert outcomes == {"confirmed": 1, "weighing_already_confirmed": PROCESSES * THREADS - 1}
    with transaction(districts=[YUHANG], read_only=True) as db:
        household = UUID(bag.resident.get("/v1/me")["household"])
        assert accounts.household_balances(db, YUHANG, household).green.posted == 292
