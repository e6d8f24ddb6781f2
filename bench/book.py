"""A book to be measured: its chart, what is posted to it and by how many at once, and how it gets large."""

import os
import random
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
from psycopg.rows import scalar_row

from backend.kit.ids import new_id
from ledger import AccountClass, Entry, Posted, Posting, adopt, grow, post, post_many, publishing, seal
from ledger.rules import BOOK_ITSELF
from ledger.seal.tree import right_edge
from ledger.store import tree

Connection: TypeAlias = psycopg.Connection[Any]
Verb: TypeAlias = Callable[[Connection], int]

BOOK = "330110"
HOUSEHOLDS = 100_000
ISSUERS = 1_000
ISSUED, BUDGET = "green/issued", "budget/green"
SECONDS = 6
BATCH = 1_000
AT_ONCE = 10_000
CHART = (
    AccountClass(pattern="household/*/green", asset="GREEN", owner="household", bounded=True),
    AccountClass(pattern="issuer/*/green", asset="GREEN", owner="district", bounded=False),
    AccountClass(pattern=ISSUED, asset="GREEN", owner="district", bounded=False),
    AccountClass(pattern=BUDGET, asset="GREEN", owner="district", bounded=True, stripes=32),
)

_start: Barrier


def connected() -> Connection:
    """Connect as the platform does, but with each statement a transaction, as pgbench has it."""
    return _connected("DATABASE_URL")


def owning() -> Connection:
    """Connect as the owner, who sees the book too."""
    return _connected("DATABASE_OWNER_URL")


def _connected(name: str) -> Connection:
    conn = psycopg.connect(os.environ[name], autocommit=True)
    conn.execute("select set_config('lv.districts', %s, false)", (BOOK,))
    return conn


def an_entry(source: str, target: str, amount: int, *, kind: str = "weighing.confirmed") -> Entry:
    """Make an entry of two lines."""
    this = new_id()
    return Entry(
        id=this,
        key=f"{kind}/{this}",
        book=BOOK,
        kind=kind,
        at=datetime.now(UTC),
        postings=(Posting(source=source, target=target, asset="GREEN", amount=amount),),
    )


def at_random() -> Entry:
    """Move points between a household and an issuer, both picked at random."""
    issuer, household = f"issuer/{random.randrange(ISSUERS)}/green", _a_household()
    source, target = (issuer, household) if random.random() < 0.67 else (household, issuer)
    return an_entry(source, target, random.randint(1, 100))


def post_one(conn: Connection) -> int:
    """Post one entry on accounts that nobody else needs just now."""
    return _posted(conn, at_random())


def post_hot_unbounded(conn: Connection) -> int:
    """Post one entry that draws on the account without a floor that everybody draws on."""
    return _posted(conn, an_entry(ISSUED, _a_household(), random.randint(1, 100)))


def post_hot_striped(conn: Connection) -> int:
    """Post one entry that draws on the account with a floor that everybody draws on."""
    return _posted(conn, an_entry(BUDGET, _a_household(), random.randint(1, 100)))


def post_batch(conn: Connection) -> int:
    """Post a batch."""
    outcomes = post_many(conn, [at_random() for _ in range(BATCH)])
    assert all(isinstance(outcome, Posted) for outcome in outcomes)
    return len(outcomes)


def _a_household() -> str:
    return f"household/{random.randrange(HOUSEHOLDS)}/green"


def _posted(conn: Connection, entry: Entry) -> int:
    assert isinstance(post(conn, entry), Posted)
    return 1


def race(verb: Verb, *, processes: int) -> tuple[int, list[float]]:
    """Let processes do it as often as they can; count what they posted, and time each call."""
    context = get_context("spawn")
    start = context.Barrier(processes)
    with ProcessPoolExecutor(processes, context, initializer=_take_place, initargs=(start,)) as runners:
        results = list(runners.map(_run, [verb] * processes))
    return sum(posted for posted, _ in results), [wait for _, waits in results for wait in waits]


def _take_place(start: Barrier) -> None:
    global _start  # noqa: PLW0603 - a barrier reaches a process only when it is made
    _start = start


def _run(verb: Verb) -> tuple[int, list[float]]:
    random.seed(os.getpid())
    with closing(connected()) as conn:
        for _ in range(10):
            verb(conn)
        posted, waits = 0, []
        _start.wait(timeout=60)
        end = time.perf_counter() + SECONDS
        while (began := time.perf_counter()) < end:
            posted += verb(conn)
            waits.append(time.perf_counter() - began)
    return posted, waits


def round_trips(verb: Callable[[Connection], object]) -> int:
    """Count the statements that one call sends."""
    sent = 0

    class Counting(psycopg.Cursor[Any]):
        def execute(self, *given: Any, **options: Any) -> "Counting":
            nonlocal sent
            sent += 1
            super().execute(*given, **options)
            return self

    with closing(connected()) as conn:
        conn.cursor_factory = Counting
        verb(conn)
    return sent


def open_accounts(households: int = HOUSEHOLDS) -> None:
    """Give a million to each household and much to the budget: the platform's demo has a chart of its own."""
    openings = [(f"household/{number}/green", 1_000_000) for number in range(households)]
    openings += [(BUDGET, 10**11)] * 32
    openings += [(f"issuer/{number}/green", 1) for number in range(ISSUERS)]
    with closing(connected()) as conn:
        adopt(conn, BOOK, CHART)
        for first in range(0, len(openings), AT_ONCE):
            batch = [
                an_entry(ISSUED, target, amount, kind="opening")
                for target, amount in openings[first : first + AT_ONCE]
            ]
            assert all(isinstance(outcome, Posted) for outcome in post_many(conn, batch))
    _tidy()


def seal_all(conn: Connection) -> int:
    """Bring the log and its tree to their ends; return how many entries came into the tree."""
    while seal(conn, BOOK):
        pass
    leaves = 0
    while True:
        with conn.transaction():
            grown = grow(conn, BOOK)
        if not grown:
            return leaves
        leaves += grown


def fill(entries: int) -> None:
    """Make the book so large: with what posting and sealing would have written, but set by set."""
    with closing(connected()) as conn:
        seal_all(conn)
    with closing(owning()) as owner:
        owner.execute("set synchronous_commit = off")
        owner.execute((Path(__file__).parent / "fill.sql").read_text())
        key = tree.keys(owner, BOOK, [BOOK_ITSELF])[BOOK_ITSELF]
        while (missing := entries - (tree.grown(owner, BOOK) or (0, 0))[0]) > 0:
            with owner.transaction():
                _give(owner, min(missing, HOUSEHOLDS), key)
    _tidy()


def _give(owner: Connection, count: int, key: bytes) -> None:
    """Give something to so many households, and put what their leaves commit to into the tree."""
    before, size = tree.grown(owner, BOOK) or (0, 0)
    assert before == size, "it was sealed to its end"
    inner, outer = (bytes(byte ^ pad for byte in key.ljust(64, b"\0")) for pad in (0x36, 0x5C))
    asked = owner.cursor(row_factory=scalar_row, binary=True).execute(
        "select filler.give(%s, %s, %s, %s, %s)", (BOOK, ISSUED, count, inner, outer)
    )
    publishing.put(owner, BOOK, before, tree.stored(owner, BOOK, list(right_edge(before))), asked.fetchall())


def _tidy() -> None:
    with closing(owning()) as owner:
        owner.execute("vacuum analyze")
