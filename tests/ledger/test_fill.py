"""The large book that measurements are taken in is one that posting and sealing would have written."""

from contextlib import closing

import psycopg
import pytest

from bench import book
from ledger import audit, post, receipt, sign
from ledger.seal.note import Signer
from ledger.store import posted
from ledger.verify import check_receipt

HOUSEHOLDS, ENTRIES = 300, 2_000


@pytest.fixture
def filled(alone, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", alone.app_url)
    monkeypatch.setenv("DATABASE_OWNER_URL", alone.owner_url)
    book.open_accounts(HOUSEHOLDS)
    book.fill(ENTRIES)


def test_a_book_that_was_filled_is_sound_and_goes_on(filled, alone):
    signer = Signer.new("city.example/log/filled")
    with closing(book.connected()) as conn:
        entry = book.an_entry("issuer/1/green", "household/1/green", 5)
        post(conn, entry)
        book.seal_all(conn)
        sign(conn, book.BOOK, [signer])
        fillers = [row for row in posted.sealed(conn, book.BOOK, 0, ENTRIES) if row["kind"] == "filler"]
        receipts = [receipt(conn, book.BOOK, one["id"]) for one in fillers[::100]]

    with closing(psycopg.connect(alone.auditor_url)) as auditor:
        auditor.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        report = audit(auditor, [book.BOOK])
    assert report.ok, report.findings
    assert report.books[0].size == ENTRIES + 1
    for one in receipts:
        assert one
        proven = check_receipt(one._asdict(), [signer.log_key()])
        assert proven.opened.checkpoint.size == ENTRIES + 1
