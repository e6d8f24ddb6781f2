"""What we export, the tools that outsiders trust check by themselves and come to our balances."""

import csv
import io
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import psycopg
import pytest
from beancount import loader
from beancount.core.data import Commodity, Open, Transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.local import programs
from backend.local.voice import Trouble
from ledger import Settle, balances, export, post, post_many
from tests.ledger.conftest import a_book
from tests.ledger.makers import ALICE, BOB, CAFE, ISSUED, LATER, a_hold, a_move, an_award, an_entry

HLEDGER = Path("/usr/bin/hledger")
ODD = "household/-X_.Alice9/green"
POINTS = [ISSUED, ALICE, BOB, CAFE, ODD]
PLACES = [*((path, "GREEN") for path in POINTS), ("bank", "FEN"), ("fund", "FEN")] + [
    (path, asset) for path in ("homes", "holder/7") for asset in ("MASS/glass", "MASS/GLASS", "MASS/null")
]

# Whatever a key may hold, and above all what means something to one of the tools.
keys = st.text(
    st.characters(codec="utf-8", exclude_characters=[chr(code) for code in (*range(32), 127)])
    | st.sampled_from("\"\\;,:|#*![](){}=+-@'% \x85\u2028"),
    min_size=1,
    max_size=60,
)
segments = st.text("abxyzABXYZ01789_.-", min_size=1, max_size=8) | st.sampled_from(["NULL", "true", "Xx"])
names = st.lists(segments, min_size=1, max_size=3).map("/".join)
points = st.lists(st.sampled_from(POINTS), min_size=2, max_size=2, unique=True).flatmap(
    lambda two: st.builds(a_move, st.just(two[0]), st.just(two[1]), st.integers(1, 50))
)
fen = st.builds(a_move, st.just("bank"), st.just("fund"), st.sampled_from([1, 2**62]), st.just("FEN"))
masses = st.builds(
    a_move,
    st.just("homes"),
    st.just("holder/7"),
    st.integers(1, 50),
    st.sampled_from([a for _, a in PLACES[-3:]]),
)
series = st.lists(
    st.tuples(keys, st.lists(st.one_of(points, points, fen, masses), min_size=1, max_size=3)), max_size=12
)


@pytest.fixture
def reader(alone) -> Iterator[psycopg.Connection[Any]]:
    """The auditor, who sees one moment in each transaction."""
    with closing(psycopg.connect(alone.auditor_url)) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield connection


@pytest.fixture
def full(conn, book: str) -> str:
    """A book with a little of everything."""
    hold, award = uuid4(), an_award(book, ALICE, 100, key='weighing/"1"; \\')
    post_many(
        conn,
        [
            award,
            a_hold(book, ALICE, 60, hold=hold, expires_at=LATER),
            an_entry(book, a_move(ALICE, CAFE, 40), settles=(Settle(hold=hold, amount=40),)),
            an_entry(book, a_move("bank", "fund", 10, "FEN"), key="=1+1"),
            an_entry(book, a_move(ALICE, ISSUED, 10), reverses=award.id, key="'quoted"),
        ],
        all_or_nothing=True,
    )
    return book


@pytest.fixture(scope="session")
def hledger() -> Callable[..., str]:
    """Debian's hledger on a journal."""
    try:
        programs.fetch_from_debian({HLEDGER: "hledger"})
    except Trouble as trouble:
        pytest.skip(str(trouble))

    def run(journal: str, *arguments: str) -> str:
        command, utf8 = [str(HLEDGER), "-f", "-", *arguments], {"LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, input=journal, capture_output=True, text=True, check=False, env=utf8)
        assert not done.returncode, done.stderr
        return str(done.stdout)

    return run


def written(write: Callable[..., None], reader: psycopg.Connection[Any], book: str) -> str:
    out = io.StringIO(newline="")
    with reader.transaction():
        write(reader, book, out)
    return out.getvalue()


def a_series(conn: psycopg.Connection[Any], entries: list[Any]) -> tuple[str, list[str]]:
    """Post a series into a book of its own; answer with the keys that were posted first."""
    book = a_book(conn)
    post(conn, an_entry(book, *(a_move(ISSUED, path, 60) for path in POINTS[1:])))
    batch = [an_entry(book, *moves, key=key) for key, moves in entries]
    batch.append(a_hold(book, ALICE, 1, hold=uuid4()))
    post_many(conn, batch)
    stored = conn.execute("select key from ledger.entry where book = %s order by posted_at, id", (book,))
    return book, [key for (key,) in stored]


def ours(conn: psycopg.Connection[Any], book: str) -> dict[tuple[str, str], int]:
    return {place: one.posted for place, one in balances(conn, book, PLACES).items() if one.posted}


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(entries=series)
def test_beancount_comes_to_our_balances(conn, reader, entries):
    book, posted = a_series(conn, entries)

    directives, errors, _ = loader.load_string(written(export.beancount, reader, book))

    assert errors == []
    told = [one for one in directives if isinstance(one, Transaction)]
    assert sorted(one.meta["key"] for one in told) == sorted(posted)
    paths = {one.account: one.meta["path"] for one in directives if isinstance(one, Open)}
    assets = {one.currency: one.meta["asset"] for one in directives if isinstance(one, Commodity)}
    theirs: Counter[tuple[str, str]] = Counter()
    for one in told:
        for side in one.postings:
            assert side.units is not None
            assert side.units.number is not None
            theirs[paths[side.account], assets[side.units.currency]] += int(side.units.number)
    assert {place: amount for place, amount in theirs.items() if amount} == ours(conn, book)


@pytest.mark.long
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(entries=series)
def test_hledger_comes_to_our_balances(conn, reader, hledger, entries):
    book, posted = a_series(conn, entries)
    journal = written(export.hledger, reader, book)

    hledger(journal, "check", "--strict", "ordereddates")

    told = hledger(journal, "tags", "--values", "--parsed", "^key$").splitlines()
    assert sorted(map(unquote, told)) == sorted(posted)
    assets = dict(re.findall(r'^commodity "(.*)"  ; asset:(.*)$', journal, re.MULTILINE))
    table = csv.DictReader(io.StringIO(hledger(journal, "balance", "--layout=tidy", "-O", "csv")))
    theirs = {(export.path_of(row["account"]), assets[row["commodity"]]): int(row["value"]) for row in table}
    assert theirs == ours(conn, book)


def test_bean_check_passes_a_book_and_refuses_one_that_was_changed(reader, full, tmp_path):
    journal = written(export.beancount, reader, full)
    checked = []
    for text in (journal, journal.replace("-40 GREEN", "-39 GREEN").replace("  40 GREEN", "  39 GREEN")):
        (tmp_path / "book.beancount").write_text(text)
        command = [sys.executable, "-m", "beancount.scripts.check", "--no-cache", tmp_path / "book.beancount"]
        checked.append(subprocess.run(command, capture_output=True, text=True, check=False))

    assert (checked[0].returncode, checked[0].stderr) == (0, "")
    assert checked[1].returncode
    assert "Balance failed for 'Assets:Household:Alice:Green'" in checked[1].stderr


@pytest.mark.long
def test_hledger_passes_a_book_and_refuses_one_that_was_changed(reader, hledger, full, book):
    journal = written(export.hledger, reader, full)
    hledger(journal, "check", "--strict", "ordereddates")

    with pytest.raises(AssertionError, match="balance assertion"):
        hledger(
            journal.replace('-40 "GREEN"', '-39 "GREEN"').replace('  40 "GREEN"', '  39 "GREEN"'), "check"
        )


def test_a_reversal_and_a_hold_are_told(conn, reader, full):
    journal = written(export.beancount, reader, full)
    (award,) = conn.execute(
        "select reverses from ledger.entry where book = %s and reverses is not null", (full,)
    ).fetchone()

    assert f'  reverses: "{award}"' in journal
    assert f'  entry: "{award}"\n  key: "weighing/\\"1\\"; \\\\"\n' in journal
    assert "keeps 20 GREEN of Assets:Household:Alice:Green until 2026-05-01T13:00:00+00:00." in journal
    assert f"; {award}" not in journal


@pytest.mark.parametrize("write", [export.beancount, export.hledger, export.csv])
def test_an_export_repeats_itself_and_sees_one_moment(conn, reader, full, write):
    assert written(write, reader, full) == written(write, reader, full)
    with pytest.raises(ValueError, match="REPEATABLE READ"), conn.transaction():
        write(conn, full, io.StringIO())


@pytest.mark.parametrize("write", [export.beancount, export.hledger])
def test_a_book_without_entries_is_a_journal_too(reader, book, write):
    assert written(write, reader, book).startswith(f"; The book {book}.\n")


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(entries=series)
def test_a_table_holds_every_posting_and_no_formula(conn, reader, entries):
    book, posted = a_series(conn, entries)

    rows = list(csv.DictReader(io.StringIO(written(export.csv, reader, book), newline="")))

    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    assert {row["key"].removeprefix("'") for row in rows} == set(posted)
    theirs: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if row["no"]:
            asset = row["asset"]
            theirs[row["source"], asset] -= int(row["amount"])
            theirs[row["target"], asset] += int(row["amount"])
    assert {place: amount for place, amount in theirs.items() if amount} == ours(conn, book)


def test_a_cell_is_defused_and_an_amount_is_not(reader, full):
    rows = list(csv.DictReader(io.StringIO(written(export.csv, reader, full), newline="")))

    assert {row["key"] for row in rows if row["key"].startswith("'")} == {"'=1+1", "''quoted"}
    assert sorted(row["amount"] for row in rows) == ["", "10", "10", "100", "40"]


@given(path=names)
def test_a_name_leads_back_to_its_path(path):
    assert export.path_of(export.account_name(path, bounded=True)) == path


@given(assets=st.lists(names, unique=True, max_size=5))
def test_no_two_assets_have_one_name(assets):
    named = export.commodity_names(assets)

    assert len(set(named.values())) == len(assets)


@settings(max_examples=30)
@given(
    paths=st.lists(names, min_size=1, max_size=5, unique=True),
    assets=st.lists(names, min_size=1, max_size=5, unique=True),
)
def test_beancount_takes_every_name(paths, assets):
    tongue = export.Beancount()
    named = export.commodity_names(assets)
    lines = [line for asset, name in named.items() for line in tongue.commodity(name, asset)]
    for path in paths:
        lines += tongue.account(export.account_name(path, bounded=True), path, named.values())

    directives, errors, _ = loader.load_string("\n".join(lines) + "\n")

    assert errors == []
    assert {one.meta["path"] for one in directives if isinstance(one, Open)} == set(paths)
    assert {one.meta["asset"] for one in directives if isinstance(one, Commodity)} == set(assets)
