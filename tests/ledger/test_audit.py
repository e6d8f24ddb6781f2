"""Whatever a superuser changes behind the ledger's back, the audit finds and names."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from ledger import Settle, audit, post, post_many, seal
from tests.ledger.makers import ALICE, BOB, CAFE, LATER, a_hold, a_move, an_award, an_entry


@pytest.fixture
def tamper(alone, conn, book) -> Iterator[psycopg.Connection[Any]]:
    """A superuser whom no trigger stops, over a book with a little of everything; nothing of it stays."""
    hold, other, award = uuid4(), uuid4(), an_award(book, ALICE, 100)
    post_many(
        conn,
        [
            award,
            a_hold(book, ALICE, 60, hold=hold, expires_at=LATER),
            a_hold(book, ALICE, 5, hold=other),
            an_entry(
                book, a_move(ALICE, CAFE, 40), settles=(Settle(hold=hold, amount=40),), releases=(hold,)
            ),
            an_entry(book, a_move(ALICE, BOB, 10), facts={"why": "a gift"}),
            an_entry(book, a_move("bank", "fund", 10, "FEN")),
        ],
    )
    seal(conn, book)
    post(conn, an_entry(book, a_move(ALICE, "green/issued", 10), reverses=award.id))
    with psycopg.connect(alone.admin_url) as admin:
        admin.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield admin
        admin.rollback()


def found(admin: psycopg.Connection[Any], book: str) -> dict[str, str]:
    return {finding.check: finding.sentence for finding in audit(admin, [book]).findings}


def test_an_untouched_book_passes(tamper, book):
    heard = []
    report = audit(tamper, [book], lambda *what: heard.append(what))

    assert report.ok, report.findings
    (seen,) = report.books
    assert seen.entries == 7
    assert {one.asset: one.total for one in seen.sums} == {"FEN": 0, "GREEN": 0}
    assert ("", "triggers") in heard
    assert (book, "fingerprints") in heard


def test_an_audit_sees_one_moment(conn):
    with pytest.raises(ValueError, match="REPEATABLE READ"):
        audit(conn)


@pytest.mark.parametrize(
    ("tampering", "check"),
    [
        ("update ledger.posting set amount = amount + 1 where book = %(book)s and no = 1", "versions"),
        (
            "update ledger.posting set amount = amount + 1 where book = %(book)s and asset = 'FEN'",
            "fingerprints",
        ),
        (
            "update ledger.entry set facts = '{\"why\": \"a loan\"}' where book = %(book)s and facts <> '{}'",
            "fingerprints",
        ),
        ("update ledger.entry set kind = 'b d' where book = %(book)s", "fingerprints"),
        ("update ledger.entry set key = 'x' where book = %(book)s and facts <> '{}'", "fingerprints"),
        (
            "update ledger.hold_event set asked = 39 where book = %(book)s and kind = 'settled'",
            "fingerprints",
        ),
        ("delete from ledger.entry where book = %(book)s and facts <> '{}'", "orphans"),
        ("delete from ledger.unsealed where book = %(book)s", "sealed"),
        ("insert into ledger.unsealed (book, entry) values (%(book)s, gen_random_uuid())", "sealed"),
        (
            "insert into ledger.unsealed (book, entry) select book, entry from ledger.leaf"
            " where book = %(book)s and position = 1",
            "sealed",
        ),
        ("update ledger.leaf set entry = gen_random_uuid() where book = %(book)s and position = 2", "sealed"),
        ("delete from ledger.leaf where book = %(book)s and position = 2", "sealed"),
        ("delete from ledger.leaf where book = %(book)s and position = 2", "positions"),
        ("update ledger.leaf set position = 9 where book = %(book)s and position = 2", "positions"),
        (
            "update ledger.leaf set sealed_at = '2001-01-01' where book = %(book)s and position = 2",
            "positions",
        ),
        ("update ledger.log set size = 1 where book = %(book)s", "positions"),
        ("update ledger.log set sealed_until = '2001-01-01' where book = %(book)s", "positions"),
        ("delete from ledger.log where book = %(book)s", "positions"),
        ("update ledger.leaf set position = 9 where book = %(book)s and position = 0", "order"),
        (
            "with gone as (delete from ledger.leaf where book = %(book)s and position = 0 returning *)"
            " insert into ledger.unsealed (book, entry) select book, entry from gone",
            "order",
        ),
        ("delete from ledger.posting where book = %(book)s and asset = 'FEN'", "fingerprints"),
        ("delete from ledger.posting where book = %(book)s and source_version = 2", "versions"),
        ("update ledger.balance set posted = posted + 1 where book = %(book)s", "balances"),
        ("update ledger.balance set posted = posted + 1 where book = %(book)s", "conservation"),
        ("update ledger.balance set version = version + 1 where book = %(book)s", "balances"),
        ("update ledger.balance set held = held + 1 where book = %(book)s and posted > held", "held"),
        ("delete from ledger.balance where book = %(book)s and held > 0", "balances"),
        (
            "update ledger.posting set source_after = 7 where book = %(book)s and source_version = 2",
            "versions",
        ),
        (
            "update ledger.posting set source_after = -7 where book = %(book)s and source_version = 2",
            "floors",
        ),
        (
            "update ledger.posting set source_version = 9 where book = %(book)s and source_version = 4",
            "versions",
        ),
        ("update ledger.account set asset = 'CO2E' where book = %(book)s and path = 'fund'", "assets"),
        ("update ledger.posting set target = 0 where book = %(book)s and asset = 'FEN'", "accounts"),
        (
            "update ledger.account set bounded = not bounded where book = %(book)s and path = 'bank'",
            "versions",
        ),
        ("update ledger.hold set remaining = 4 where book = %(book)s and state = 'open'", "holds"),
        ("update ledger.hold set state = 'expired' where book = %(book)s and state = 'released'", "holds"),
        ("delete from ledger.hold where book = %(book)s and state = 'open'", "holds"),
        ("delete from ledger.hold_event where book = %(book)s and kind = 'settled'", "holds"),
        ("update ledger.hold_event set entry = gen_random_uuid() where book = %(book)s", "hold_events"),
        (
            "update ledger.entry set reverses = gen_random_uuid() where book = %(book)s",
            "reversals",
        ),
        ("delete from ledger.balance where book = %(book)s and stripe > 0 and version = 0", "balances"),
        ("update ledger.lot set posted = posted + 1 where book = %(book)s", "lots"),
        ("update ledger.lot set expires_at = now() where book = %(book)s", "lots"),
        ("delete from ledger.lot where book = %(book)s and posted > 0", "lot_sums"),
        ("delete from ledger.lot_event where book = %(book)s and kind = 'drawn'", "draws"),
        ("delete from ledger.lot_event where book = %(book)s and kind = 'pinned'", "lot_events"),
        ("update ledger.lot_event set account = -1 where book = %(book)s and kind = 'drawn'", "lot_events"),
    ],
)
def test_a_changed_row_is_found(tamper, book, tampering, check):
    tamper.execute("alter table ledger.balance drop constraint balance_book_account_fkey")
    for table in ("entry", "posting", "hold", "hold_event", "lot_event", "leaf"):
        tamper.execute(f"alter table ledger.{table} disable trigger user")
    assert "triggers" in found(tamper, book)

    changed = tamper.execute(tampering, {"book": book}).rowcount

    assert changed
    assert check in found(tamper, book)


@pytest.mark.parametrize(
    ("tampering", "check", "words"),
    [
        ("alter table ledger.entry disable trigger append_only", "triggers", "append_only on ledger.entry"),
        (
            "alter table ledger.posting enable trigger append_only",
            "triggers",
            "append_only on ledger.posting",
        ),
        ("alter table ledger.leaf disable trigger append_only", "triggers", "append_only on ledger.leaf"),
        (
            "drop trigger append_only on ledger.status_change",
            "triggers",
            "append_only on ledger.status_change",
        ),
        ("drop trigger append_only on ledger.snapshot", "triggers", "append_only on ledger.snapshot"),
        ("alter table ledger.leaf drop constraint leaf_once", "constraints", "leaf_once"),
        ("drop trigger append_only on ledger.hold_event", "triggers", "append_only on ledger.hold_event"),
        ("alter table ledger.hold disable trigger terminal_is_terminal", "triggers", "terminal_is_terminal"),
        ("alter table ledger.entry drop constraint entry_once", "constraints", "entry_once"),
        ("drop index ledger.entry_reversed_once", "constraints", "entry_reversed_once"),
        ("alter table ledger.balance drop constraint balance_floor", "constraints", "balance_floor"),
        ("grant update on ledger.balance to lv_app", "grants", "lv_app may UPDATE on ledger.balance"),
        ("grant insert (facts) on ledger.entry to public", "grants", "everyone may INSERT on ledger.entry"),
    ],
)
def test_a_changed_schema_is_found(tamper, book, tampering, check, words):
    tamper.execute(tampering)

    assert words in found(tamper, book)[check]


def test_a_key_that_was_given_twice_is_found(tamper, book):
    tamper.execute("alter table ledger.entry drop constraint entry_once")
    tamper.execute("alter table ledger.entry disable trigger user")
    tamper.execute("update ledger.entry set key = 'twice' where book = %s", (book,))

    assert found(tamper, book)["keys"] == "key twice stands under 7 entries"


@pytest.mark.parametrize(
    ("tampering", "words"),
    [
        (
            "update ledger.snapshot set posted = posted + 1 where book = %(book)s",
            "bank FEN: the snapshot at size 256 says -9, the lines come to -10",
        ),
        ("delete from ledger.snapshot where book = %(book)s", "says nothing, the lines come to -10"),
        ("update ledger.snapshot set size = 512 where book = %(book)s", "at size 256 says nothing"),
        (
            "insert into ledger.snapshot (book, account, size, posted)"
            " select book, account, 512, posted from ledger.snapshot where book = %(book)s",
            "at size 512 says -10, the lines come to nothing",
        ),
    ],
)
def test_a_changed_snapshot_is_found(tamper, conn, book, tampering, words):
    tamper.rollback()
    post_many(conn, [an_award(book, BOB, 1) for _ in range(300)])
    seal(conn, book)
    assert "snapshots" not in found(tamper, book)

    tamper.execute("alter table ledger.snapshot disable trigger user")
    assert tamper.execute(tampering, {"book": book}).rowcount

    assert words in found(tamper, book)["snapshots"]
