"""An audit of what is new: it reads that and no more, finds what is wrong in it, and says how far it read."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from ledger import Report, Settle, audit, last_audited, log, mark_audited, post, post_many, seal
from tests.ledger.makers import ALICE, BOB, CAFE, LATER, a_hold, a_move, an_award, an_entry

OLD = 300


@pytest.fixture
def tamper(alone, conn, book) -> Iterator[psycopg.Connection[Any]]:
    """A superuser over a book with old entries, new ones, and one that waits for its seal; nothing stays."""
    hold, other = uuid4(), uuid4()
    post_many(conn, [an_award(book, path, 10) for path in (ALICE, BOB, CAFE) * (OLD // 3)])
    assert seal(conn, book) == OLD
    post_many(
        conn,
        [
            a_hold(book, ALICE, 60, hold=hold, expires_at=LATER),
            a_hold(book, ALICE, 5, hold=other),
            an_entry(book, a_move(ALICE, CAFE, 40), settles=(Settle(hold=hold, amount=40),)),
            an_entry(book, a_move(ALICE, BOB, 10), facts={"why": "a gift"}),
            an_entry(book, a_move("bank", "fund", 10, "FEN")),
            *(an_award(book, ALICE, 1) for _ in range(220)),
        ],
    )
    seal(conn, book)
    post(conn, an_entry(book, a_move(BOB, CAFE, 1)))
    with psycopg.connect(alone.admin_url) as admin:
        admin.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield admin
        admin.rollback()


def recent(admin: psycopg.Connection[Any], book: str) -> Report:
    return audit(admin, [book], since={book: OLD})


def test_only_what_is_new_is_read(tamper, book):
    report = recent(tamper, book)

    assert report.ok, report.findings
    (seen,) = report.books
    assert (seen.since, seen.size, seen.entries) == (OLD, OLD + 225, 226)
    assert {one.asset: (one.total, one.postings) for one in seen.sums} == {"FEN": (0, 1), "GREEN": (0, 223)}


@pytest.mark.parametrize(
    ("tampering", "check"),
    [
        ("update ledger.entry set kind = 'other' where book = %(book)s and facts <> '{}'", "fingerprints"),
        (
            "update ledger.hold_event set asked = 39 where book = %(book)s and kind = 'settled'",
            "fingerprints",
        ),
        ("delete from ledger.entry where book = %(book)s and facts <> '{}'", "sealed"),
        ("insert into ledger.unsealed (book, entry) values (%(book)s, gen_random_uuid())", "sealed"),
        (
            "insert into ledger.unsealed (book, entry)"
            " select book, entry from ledger.leaf where book = %(book)s and position in (1, 302)",
            "sealed",
        ),
        ("delete from ledger.leaf where book = %(book)s and position = 302", "positions"),
        ("delete from ledger.leaf where book = %(book)s and position >= 300", "positions"),
        ("delete from ledger.leaf where book = %(book)s", "positions"),
        (
            "update ledger.leaf set sealed_at = '2001-01-01' where book = %(book)s and position = 302",
            "positions",
        ),
        ("update ledger.log set size = 299 where book = %(book)s", "positions"),
        ("update ledger.leaf set position = 999 where book = %(book)s and position = 302", "order"),
        ("update ledger.posting set target = 0 where book = %(book)s and asset = 'FEN'", "accounts"),
        ("update ledger.account set asset = 'CO2E' where book = %(book)s and path = 'fund'", "accounts"),
        (
            "update ledger.posting set source_after = 7 where book = %(book)s and source_version = 102",
            "versions",
        ),
        (
            "update ledger.posting set source_version = 101 where book = %(book)s and source_version = 102",
            "versions",
        ),
        ("update ledger.account set bounded = false where book = %(book)s and path = 'fund'", "versions"),
        (
            "update ledger.posting set source_after = -7 where book = %(book)s and source_version = 102",
            "floors",
        ),
        ("update ledger.balance set posted = posted + 1 where book = %(book)s", "balances"),
        ("update ledger.balance set posted = posted + 1 where book = %(book)s", "conservation"),
        ("update ledger.balance set version = version + 1 where book = %(book)s", "balances"),
        ("update ledger.balance set held = held + 1 where book = %(book)s and held > 0", "held"),
        ("update ledger.snapshot set posted = 0 where book = %(book)s and size = 512", "snapshots"),
        ("delete from ledger.snapshot where book = %(book)s and size = 512", "snapshots"),
        ("update ledger.account set status = 'closed' where book = %(book)s", "status"),
    ],
)
def test_what_is_wrong_with_what_is_new_is_found(tamper, book, tampering, check):
    tamper.execute("alter table ledger.balance drop constraint balance_book_account_fkey")
    for table in ("entry", "posting", "hold", "hold_event", "leaf", "snapshot"):
        tamper.execute(f"alter table ledger.{table} disable trigger user")

    assert tamper.execute(tampering, {"book": book}).rowcount

    assert check in {finding.check for finding in recent(tamper, book).findings}


def test_what_is_old_is_seen_in_the_sums_or_by_the_whole_audit(tamper, book):
    tamper.execute("alter table ledger.posting disable trigger user")
    tamper.execute("update ledger.posting set amount = 11 where book = %s and target_version = 3", (book,))

    assert {finding.check for finding in recent(tamper, book).findings} == {"triggers"}
    assert "versions" in {finding.check for finding in audit(tamper, [book]).findings}


def test_how_far_a_book_was_found_sound_is_written_down(alone, conn, book):
    post_many(conn, [an_award(book, ALICE, 1)] * 2 + [an_award(book, ALICE, 1)])
    seal(conn, book)
    with closing(psycopg.connect(alone.auditor_url, autocommit=True)) as auditor:
        assert last_audited(auditor, book) == 0
        mark_audited(auditor, book, since=0, size=1)
        mark_audited(auditor, book, since=0, size=1)
        mark_audited(auditor, book, since=1, size=2)

    assert last_audited(conn, book) == 2


@pytest.mark.parametrize(("since", "size"), [(1, 2), (0, 4)])
def test_no_audit_vouches_for_what_nobody_read(conn, book, since, size):
    post_many(conn, [an_award(book, ALICE, 1) for _ in range(3)])
    seal(conn, book)
    mark_audited(conn, book, since=since, size=size)

    assert log(conn, book).size == 3
    assert last_audited(conn, book) == 0
