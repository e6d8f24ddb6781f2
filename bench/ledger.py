"""The ledger against the smallest posting that one can write by hand, side by side on one server.

The yardstick has no idempotency, no balance after each line and no proof; `yardstick*.{sql,pgb}` are what
pgbench runs. Ours is the public Python call as the app's role, behind the walls of the platform. All rows
that have a ratio come from rounds: yardstick, then ours, and again.
"""

import os
import random
import re
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import quantiles
from typing import Any

import psycopg

from backend.kit.ids import new_id
from backend.local import programs
from bench.row import Row, row
from ledger import AccountClass, Entry, Posted, Posting, adopt, post, post_many

HERE = Path(__file__).parent
BOOK = "330110"
HOUSEHOLDS = 100_000
ROUNDS = 3
SECONDS = 6
BATCH = 1_000
CHART = (
    AccountClass(pattern="household/*/green", asset="GREEN", owner="household", bounded=True),
    AccountClass(pattern="green/issued", asset="GREEN", owner="district", bounded=False),
)

_start: Barrier


def main() -> list[Row]:
    """Measure posting, one by one and in batches."""
    _lay_yardstick()
    _open_accounts()
    one, many, one_ratio, many_ratio, latencies = [], [], [], [], []
    for _ in range(ROUNDS):
        yardstick = _pgbench("yardstick_one.pgb", clients=8)
        posted, waited = _race(_post_one, processes=8)
        one.append(posted / SECONDS)
        one_ratio.append(posted / SECONDS / yardstick)
        latencies += waited
        yardstick = _pgbench("yardstick_batch.pgb", clients=4) * 100
        posted, _ = _race(_post_many, processes=2)
        many.append(posted / SECONDS)
        many_ratio.append(posted / SECONDS / yardstick)
    percentiles = quantiles(latencies, n=100)
    return [
        row("post_one", one_ratio, "× yardstick", at_least=0.35),
        row("post_one_rate", one, "entries/s"),
        *(row(f"post_one_p{p}", [percentiles[p - 1] * 1_000], "ms") for p in (50, 95, 99)),
        row("post_many", many_ratio, "× yardstick", at_least=0.50),
        row("post_many_rate", many, "entries/s"),
        row("round_trips_one", [_round_trips(lambda conn: post(conn, _entry()))], "statements", at_most=1),
        row(
            "round_trips_many",
            [_round_trips(lambda conn: post_many(conn, [_entry() for _ in range(BATCH)]))],
            "statements",
            at_most=1,
        ),
        row("bytes_per_entry", [_bytes_per_entry()], "bytes", at_most=700),
    ]


def _entry() -> Entry:
    """Make an entry of two lines, one on the floor of a household picked at random."""
    this = new_id()
    household, issued = f"household/{random.randrange(HOUSEHOLDS)}/green", "green/issued"
    source, target = (issued, household) if random.random() < 0.67 else (household, issued)
    return Entry(
        id=this,
        key=f"weighing/{this}/confirmed",
        book=BOOK,
        kind="weighing.confirmed",
        at=datetime.now(UTC),
        postings=(Posting(source=source, target=target, asset="GREEN", amount=random.randint(1, 100)),),
    )


def _app() -> psycopg.Connection[Any]:
    """Connect as the platform does, but with each statement a transaction, as pgbench has it."""
    conn = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    conn.execute("select set_config('lv.districts', %s, false)", (BOOK,))
    return conn


def _post_one(conn: psycopg.Connection[Any]) -> int:
    assert isinstance(post(conn, _entry()), Posted)
    return 1


def _post_many(conn: psycopg.Connection[Any]) -> int:
    outcomes = post_many(conn, [_entry() for _ in range(BATCH)])
    assert all(isinstance(outcome, Posted) for outcome in outcomes)
    return len(outcomes)


def _race(verb: Callable[[psycopg.Connection[Any]], int], *, processes: int) -> tuple[int, list[float]]:
    """Let processes do it as often as they can; count what they posted, and time each call."""
    context = get_context("spawn")
    start = context.Barrier(processes)
    with ProcessPoolExecutor(processes, context, initializer=_take_place, initargs=(start,)) as runners:
        results = list(runners.map(_run, [verb] * processes))
    return sum(posted for posted, _ in results), [wait for _, waits in results for wait in waits]


def _take_place(start: Barrier) -> None:
    global _start  # noqa: PLW0603 - a barrier reaches a process only when it is made
    _start = start


def _run(verb: Callable[[psycopg.Connection[Any]], int]) -> tuple[int, list[float]]:
    random.seed(os.getpid())
    with closing(_app()) as conn:
        for _ in range(10):
            verb(conn)
        posted, waits = 0, []
        _start.wait(timeout=60)
        end = time.perf_counter() + SECONDS
        while (began := time.perf_counter()) < end:
            posted += verb(conn)
            waits.append(time.perf_counter() - began)
    return posted, waits


def _open_accounts() -> None:
    """Give a million to each household: the platform's demo has a chart of its own, and this is not it."""
    with closing(_app()) as conn:
        adopt(conn, BOOK, CHART)
        for first in range(0, HOUSEHOLDS, 10_000):
            entries = [_opening(number) for number in range(first, first + 10_000)]
            assert all(isinstance(outcome, Posted) for outcome in post_many(conn, entries))
    with closing(psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)) as owner:
        owner.execute("vacuum analyze")


def _opening(number: int) -> Entry:
    return Entry(
        id=new_id(),
        key=f"opening/{number}",
        book=BOOK,
        kind="opening",
        at=datetime.now(UTC),
        postings=(
            Posting(
                source="green/issued", target=f"household/{number}/green", asset="GREEN", amount=1_000_000
            ),
        ),
    )


def _lay_yardstick() -> None:
    """Lay the yardstick in a schema of its own: its tables have everybody's names."""
    with closing(psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)) as owner:
        owner.execute("create schema yardstick")
    _run_program("psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(HERE / "yardstick.sql"))


def _pgbench(script: str, *, clients: int) -> float:
    """Run one of the yardstick's scripts; return its transactions a second."""
    options = ("-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(SECONDS))
    told = _run_program("pgbench", *options, "-f", str(HERE / script))
    found = re.search(r"tps = ([0-9.]+)", told)
    assert found, told
    return float(found[1])


def _run_program(name: str, *options: str) -> str:
    return subprocess.run(  # noqa: S603 - a program of PostgreSQL's, and our own words
        [programs.postgres() / name, *options, os.environ["DATABASE_OWNER_URL"]],
        env={**os.environ, "PGOPTIONS": "-c search_path=yardstick"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def _round_trips(verb: Callable[[psycopg.Connection[Any]], object]) -> int:
    """Count the statements that one call sends."""
    sent = 0

    class Counting(psycopg.Cursor[Any]):
        def execute(self, *given: Any, **options: Any) -> "Counting":
            nonlocal sent
            sent += 1
            super().execute(*given, **options)
            return self

    with closing(_app()) as conn:
        conn.cursor_factory = Counting
        verb(conn)
    return sent


def _bytes_per_entry() -> float:
    """Measure what stays of an entry with one posting: indexes and its wait for the seal included."""
    with closing(psycopg.connect(os.environ["DATABASE_OWNER_URL"])) as owner:
        owner.execute("select set_config('lv.districts', %s, false)", (BOOK,))
        found = owner.execute(
            """
            select (pg_total_relation_size('ledger.entry')
                    + pg_total_relation_size('ledger.posting')
                    + pg_total_relation_size('ledger.unsealed'))::float / count(*)
              from ledger.entry
            """
        ).fetchone()
    assert found
    return float(found[0])
