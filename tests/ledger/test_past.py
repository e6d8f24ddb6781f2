"""What was, as a plain list of sealed entries says it; and that no answer changes once it is given."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import scalar_row

from ledger import (
    Entry,
    NotYetSealed,
    UnknownAccount,
    audit,
    balance,
    balance_at,
    balances,
    balances_at,
    log,
    post_many,
    seal,
    statement_at,
)
from tests.ledger.conftest import a_book
from tests.ledger.makers import ALICE, BOB, CAFE, ISSUED, a_move, an_award, an_entry

RETIRED = "green/retired"
PLACES = [(path, "GREEN") for path in (ISSUED, RETIRED, ALICE, BOB, CAFE)]
TILE = 256


def balance_of(path: str, entries: Iterable[Entry]) -> int:
    """Add up what entries moved."""
    moved = [posting for entry in entries for posting in entry.postings]
    return sum(p.amount * ((p.target == path) - (p.source == path)) for p in moved)


def lines_of(path: str, entries: Sequence[Entry]) -> list[tuple[int, int, int]]:
    """List position, number and amount of an account's lines, the last one first."""
    lines = [
        (position, no, p.amount if p.target == path else -p.amount)
        for position, entry in enumerate(entries)
        for no, p in enumerate(entry.postings, 1)
        if path in (p.source, p.target)
    ]
    return lines[::-1]


def in_order(conn: psycopg.Connection, book: str, entries: Iterable[Entry]) -> list[Entry]:
    """Put entries in the order of the log."""
    posted = {entry.id: entry for entry in entries}
    cursor = conn.cursor(row_factory=scalar_row)
    cursor.execute("select entry from ledger.leaf where book = %s order by position", (book,))
    return [posted[UUID(str(entry))] for entry in cursor]


kinds = st.sampled_from(
    [
        ((ISSUED, ALICE),),
        ((ISSUED, BOB),),
        ((ISSUED, ALICE), (ALICE, BOB), (BOB, RETIRED)),
        ((ALICE, BOB), (ISSUED, ALICE)),
        ((ISSUED, RETIRED),),
        ((ALICE, CAFE), (CAFE, RETIRED), (ISSUED, ALICE)),
        ((ISSUED, CAFE),),
        ((CAFE, BOB), (ISSUED, CAFE)),
    ]
)
batches = st.lists(
    st.tuples(st.lists(kinds, min_size=1, max_size=8), st.integers(1, 40), st.integers(0, 300)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(batches=batches, data=st.data())
def test_the_past_is_what_the_first_entries_of_the_log_come_to(alone, batches, data):
    with (
        closing(psycopg.connect(alone.app_url, autocommit=True)) as conn,
        closing(psycopg.connect(alone.app_url, autocommit=True)) as other,
    ):
        callers = [conn, other]  # who have, mostly, different stripes of the café
        book = a_book(conn)
        entries = [an_award(book, path, 1_000) for path in (ALICE, BOB, CAFE)]
        post_many(conn, entries)
        told: list[tuple[int, dict[tuple[str, str], int]]] = []
        for some, times, sealed in batches:
            batch = [an_entry(book, *(a_move(one, other, 1) for one, other in ways)) for ways in some * times]
            entries += batch
            callers.reverse()
            post_many(callers[0], batch)
            seal(conn, book, at_most=sealed)
            size = data.draw(st.integers(0, log(conn, book).size))
            told.append((size, balances_at(conn, book, PLACES, size=size)))
            assert {place: found.posted for place, found in balances(conn, book, PLACES).items()} == {
                (path, asset): balance_of(path, entries) for path, asset in PLACES
            }
        while seal(conn, book, at_most=77):
            pass

        entries = in_order(conn, book, entries)
        edges = {0, 1, len(entries), *(n for n in (255, 256, 257, 512) if n <= len(entries))}
        told += [(size, balances_at(conn, book, PLACES, size=size)) for size in edges]
        for size, answer in told:
            assert answer == {(path, asset): balance_of(path, entries[:size]) for path, asset in PLACES}
            assert answer == balances_at(conn, book, PLACES, size=size)
        for path, asset in PLACES:
            size = data.draw(st.integers(0, len(entries)))
            pages, before = [], None
            while page := statement_at(conn, book, path, asset, size=size, before=before, limit=90):
                pages += page
                before = page[-1].cursor
            assert [(line.position, line.no, line.amount) for line in pages] == lines_of(path, entries[:size])

    with psycopg.connect(alone.auditor_url) as auditor:
        auditor.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        report = audit(auditor, [book])
    assert report.ok, report.findings


def test_an_account_that_no_entry_has_named_yet_had_nothing(conn, book):
    assert balance_at(conn, book, ALICE, "GREEN", size=0) == 0
    assert statement_at(conn, book, ALICE, "GREEN", size=0) == []


def test_an_account_that_the_chart_does_not_know_is_nobodys(conn, book):
    with pytest.raises(UnknownAccount):
        balance_at(conn, book, "nobody", "GREEN", size=0)


@pytest.mark.parametrize("ask", [balance_at, statement_at])
def test_a_size_that_the_log_has_not_come_to_is_no_past(conn, book, ask):
    post_many(conn, [an_award(book, ALICE, 1)] * 2)
    seal(conn, book)

    assert ask(conn, book, ALICE, "GREEN", size=1)
    with pytest.raises(NotYetSealed, match="has 1 entries, not 2"):
        ask(conn, book, ALICE, "GREEN", size=2)


@pytest.mark.parametrize("sealed", [False, True])
def test_what_an_unbounded_account_has_may_be_more_than_64_bits(conn, book, sealed):
    largest = 2**63 - 1
    households = [f"household/{number}/green" for number in range(TILE)]
    post_many(conn, [an_award(book, path, largest) for path in households])
    if sealed:
        assert seal(conn, book) == TILE

    assert balance(conn, book, ISSUED, "GREEN").posted == -TILE * largest


def test_a_question_to_an_unbounded_account_reads_no_more_than_a_tile(conn, book):
    """Plans, not seconds: what is read is bounded however long the log is."""
    post_many(conn, [an_award(book, ALICE, 1) for _ in range(3 * TILE + 5)])
    seal(conn, book, at_most=10_000)

    conn.execute("set enable_seqscan = off")
    ((plan,),) = conn.execute(
        "explain (analyze, format json, timing off) select * from ledger.tail(%s)", (book,)
    ).fetchall()

    read = rows_read(plan[0]["Plan"])
    assert (read["leaf"], read["posting"]) == (5, 5)


def rows_read(node: dict[str, Any]) -> Counter[str]:
    """Tell how many rows of each table a plan returned and threw away."""
    rows = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    own = Counter({node["Relation Name"]: rows} if "Relation Name" in node else {})
    return sum(map(rows_read, node.get("Plans", ())), own)
