"""Tellers move points while a reader looks at everything at once: nothing is made, lost, or posted twice.

After Jepsen's bank test. What is done follows from a seed, which is printed; LV_SEED chooses another one.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import psycopg
import pytest

from backend.local.roles import Database
from ledger import Refusal, audit, balances
from ledger.store import grant, install
from tests.breakable import breakable, is_lost
from tests.ledger.bank import PLACES, Teller, Told, look, work
from tests.ledger.conftest import a_book

TELLERS = 6
ORDERS = 40
OUTAGES = 12
REFUSALS = {
    *(Refusal.KEY_REUSED, Refusal.INSUFFICIENT, Refusal.BATCH_REFUSED, Refusal.SETTLEMENT_MISMATCH),
    *(Refusal.UNKNOWN_ENTRY, Refusal.ALREADY_REVERSED, Refusal.UNKNOWN_HOLD, Refusal.HOLD_EXISTS),
    *(Refusal.HOLD_CLOSED, Refusal.HOLD_EXPIRED, Refusal.HOLD_NOT_DUE, Refusal.HOLD_EXCEEDED),
    Refusal.NOT_LAPSED,
}


@contextmanager
def at_work(
    url: str, book: str, seed: int, *, over: Path, orders: int | None = None
) -> Iterator[list[Future[list[Told]]]]:
    """Put the tellers to work, each in a process of its own; at the end, let them go home."""
    tellers = [Teller(book=book, seed=seed, number=number, tellers=TELLERS) for number in range(TELLERS)]
    with ProcessPoolExecutor(TELLERS, mp_context=get_context("spawn")) as pool:
        try:
            yield [pool.submit(work, url, teller, over=over, orders=orders) for teller in tellers]
        finally:
            over.touch()


def settle_accounts(database: Database, book: str, journals: Sequence[Future[list[Told]]]) -> Counter[str]:
    """Compare what the tellers were told with what stands in the book; count the answers."""
    told = [one for journal in journals for one in journal.result()]
    words = Counter(one.word for one in told)
    assert set(words) - {"posted", "replayed"} <= REFUSALS, words
    first = Counter(one.key for one in told if one.word == "posted")
    assert not [key for key, times in first.items() if times > 1], "posted twice"

    acknowledged = {one.key: one for one in told if one.word in {"posted", "replayed"}}
    with psycopg.connect(database.auditor_url) as auditor:
        auditor.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        rows = auditor.execute("select key, fingerprint from ledger.entry where book = %s", (book,))
        stands: dict[str, bytes] = dict(rows.fetchall())
        report = audit(auditor, [book])
        found = balances(auditor, book, PLACES)
    assert stands == {key: one.fingerprint for key, one in acknowledged.items()}
    assert report.ok, report.findings
    moved: Counter[tuple[str, str]] = Counter()
    for one in acknowledged.values():
        for posting in one.postings:
            moved[posting.source, posting.asset] -= posting.amount
            moved[posting.target, posting.asset] += posting.amount
    assert {place: balance.posted for place, balance in found.items()} == {
        place: moved[place] for place in PLACES
    }
    return words


def test_every_look_at_the_whole_book_finds_it_in_order(alone, book, seed, tmp_path):
    looks = 0
    with at_work(alone.app_url, book, seed, over=tmp_path / "over", orders=ORDERS) as journals:
        while wait(journals, timeout=0.05).not_done:
            look(alone.auditor_url, book)
            looks += 1
    look(alone.auditor_url, book)

    words = settle_accounts(alone, book, journals)

    assert looks
    assert words["posted"] > TELLERS * ORDERS // 4
    assert words["replayed"]


@pytest.mark.long
def test_nothing_acknowledged_is_lost_though_the_server_is_killed(seed, tmp_path, record_property):
    draw, looks = random.Random(seed), 0
    with breakable("bank", draw) as server:
        database = server.database("bank")
        with psycopg.connect(database.owner_url) as owner:
            install(owner)
            grant(owner, app="lv_app", auditor="lv_auditor")
        with psycopg.connect(database.app_url, autocommit=True) as conn:
            book = a_book(conn)
        with at_work(database.app_url, book, seed, over=tmp_path / "over") as journals:
            while not look(database.auditor_url, book):
                time.sleep(0.1)
            for nth in range(OUTAGES):
                until = time.monotonic() + draw.uniform(1, 4)
                while time.monotonic() < until:
                    looks += looked(database.auditor_url, book)
                server.outages[nth % len(server.outages)]()
                assert not [journal.result() for journal in journals if journal.done()]
        words = settle_accounts(database, book, journals)
        look(database.auditor_url, book)

    record_property("answers", dict(words))
    assert looks > OUTAGES
    assert words["posted"] > OUTAGES


def looked(url: str, book: str) -> bool:
    """Look, unless the server is away just now."""
    try:
        look(url, book)
    except psycopg.OperationalError as error:
        if not is_lost(error):
            raise
        time.sleep(0.05)
        return False
    return True
