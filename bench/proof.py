"""How fast a log is sealed and proven, and how soon after its posting an entry has its proof.

LV_BENCH_ENTRIES says how many leaves the log is to have; the bounds are for 10,000,000.
"""

import os
import random
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from statistics import quantiles
from uuid import UUID

from honcho.environ import parse_procfile

from backend.accounts import jobs
from backend.local import places, processes
from bench import book
from bench.row import Row, row
from ledger import NotYetSealed, Posted, books_behind, log, post, receipt
from seeds import load

LEAVES = int(os.environ.get("LV_BENCH_ENTRIES", "1000000"))
ROUNDS = 3
BACKLOG = 10
PROOFS = 2_000
WATCHERS, WATCHED = 8, 25
LOOK_SECONDS = 0.25
"""How often a watcher asks for a receipt: seldom enough to be no load of its own."""


def main() -> list[Row]:
    """Measure the sealer against a worker that posts, proofs in a small and in a large log, and the wait."""
    load.registers(say=lambda _: None)
    book.open_accounts()
    _seal()
    queries = [_statements()]
    sealing = _sealing()
    book.fill(LEAVES)
    _seal()
    queries.append(_statements())
    return [*sealing, *_proving(), _constant(queries), *_waiting()]


def _sealing() -> list[Row]:
    """Let one worker post as fast as it can, then bring log, tree and checkpoint to the end of a backlog."""
    rates, ratios = [], []
    for _ in range(ROUNDS):
        posted, _ = book.race(book.post_one, processes=1)
        with closing(book.connected()) as conn:
            for _ in range(BACKLOG):
                book.post_batch(conn)
        began = time.perf_counter()
        sealed = _seal()
        rates.append(sealed / (time.perf_counter() - began))
        ratios.append(rates[-1] / (posted / book.SECONDS))
    return [
        row("seal_rate", ratios, "× post_one by one worker", at_least=2),
        row("seal_rate_entries", rates, "entries/s"),
    ]


def _seal() -> int:
    """Do what the clock does until nothing is left to do; return how many entries were sealed."""
    sealed = 0
    with closing(book.connected()) as conn:
        while books_behind(conn):
            sealed += jobs.seal()
    return sealed


def _proving() -> list[Row]:
    """Take receipts of entries picked at random, and again, when all that they need was read just before."""
    first, again = list[list[float]](), list[list[float]]()
    with closing(book.connected()) as conn:
        for _ in range(ROUNDS):
            entries = _some_entries(conn, PROOFS)
            first.append(_cuts(conn, entries))
            again.append(_cuts(conn, entries))
        leaves = log(conn, book.BOOK).size
    return [
        row("proof_p99_ms", [cuts[98] for cuts in first], "ms", at_most=3),
        row("proof_p50_ms", [cuts[49] for cuts in first], "ms"),
        row("proof_again_p99_ms", [cuts[98] for cuts in again], "ms"),
        row("proof_again_p50_ms", [cuts[49] for cuts in again], "ms"),
        row("proof_leaves", [leaves], "leaves"),
    ]


def _cuts(conn: book.Connection, entries: list[UUID]) -> list[float]:
    """Take receipts; return the percentiles of how long they took, in milliseconds."""
    took = []
    for this in entries:
        began = time.perf_counter()
        assert receipt(conn, book.BOOK, this)
        took.append((time.perf_counter() - began) * 1_000)
    return quantiles(took, n=100)


def _some_entries(conn: book.Connection, count: int) -> list[UUID]:
    positions = random.choices(range(log(conn, book.BOOK).size), k=count)
    found = conn.execute(
        "select entry from ledger.leaf where book = %s and position = any (%s)", (book.BOOK, positions)
    ).fetchall()
    random.shuffle(found)
    return [this for (this,) in found]


def _statements() -> int:
    with closing(book.connected()) as conn:
        (this,) = _some_entries(conn, 1)
    return book.round_trips(lambda conn: receipt(conn, book.BOOK, this))


def _constant(queries: list[int]) -> Row:
    return row("proof_queries", queries, "statements", at_most=queries[0])


def _waiting() -> list[Row]:
    """Let the Procfile's clock seal while workers post; see how long it is from a posting to its receipt."""
    with _clock(), _load(), ThreadPoolExecutor(WATCHERS) as watchers:
        _watch(0, 1)  # the clock is up when something has its proof
        waits = [wait for some in watchers.map(_watch, range(WATCHERS)) for wait in some]
    cuts = quantiles(waits, n=100)
    return [
        row("proof_wait_p99_s", [cuts[98]], "s", at_most=5),
        row("proof_wait_p50_s", [cuts[49]], "s"),
    ]


def _watch(_: int, entries: int = WATCHED) -> list[float]:
    waits = []
    with closing(book.connected()) as conn:
        for _ in range(entries):
            entry = book.at_random()
            assert isinstance(post(conn, entry), Posted)
            began = time.perf_counter()
            while not _is_proven(conn, entry.id):
                time.sleep(LOOK_SECONDS)
            waits.append(time.perf_counter() - began)
    return waits


def _is_proven(conn: book.Connection, this: UUID) -> bool:
    try:
        return receipt(conn, book.BOOK, this) is not None
    except NotYetSealed:
        return False


@contextmanager
def _clock() -> Iterator[None]:
    """Run the clock of the Procfile."""
    command = parse_procfile((places.ROOT / "Procfile").read_text()).processes["clock"]
    path = f"{places.ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    clock = subprocess.Popen(  # noqa: S603 - our own Procfile
        ["/bin/sh", "-c", f"exec {command}"], cwd=places.ROOT, env={**os.environ, "PATH": path}
    )
    try:
        yield
    finally:
        clock.terminate()
        clock.wait(timeout=processes.GRACE_SECONDS)


@contextmanager
def _load() -> Iterator[None]:
    """Post with two workers as fast as they can."""
    context = get_context("spawn")
    over = context.Event()
    workers = [context.Process(target=_post_until, args=(over,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        over.set()
        for worker in workers:
            worker.join()


def _post_until(over: Event) -> None:
    with closing(book.connected()) as conn:
        while not over.is_set():
            book.post_one(conn)
