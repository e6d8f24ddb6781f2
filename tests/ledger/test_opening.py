"""A table of balances is read with its flaws by line, and opened as entries, once."""

import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import Flaw, Had, Opening, Outcome, Refusal, balance, find, open_balances, opening, read_balances
from tests.ledger.makers import ALICE, BOB, ISSUED, NOON, a_move, code_of, word_of
from tests.ledger.model import LARGEST

HEAD = "account,asset,balance\n"


def table(*lines: str) -> opening.Table:
    return read_balances(io.StringIO(HEAD + "\n".join(lines)))


def had(path: str = ALICE, amount: int = 5) -> Opening:
    return Opening(had=Had(account=path, asset="GREEN", balance=amount), against=ISSUED)


def opened(conn, book: str, *openings: Opening, system: str = "old") -> Sequence[Outcome]:
    return open_balances(conn, book, openings, system=system, at=NOON)


def test_a_table_is_read_line_by_line():
    rows, flaws = table(f"{ALICE},GREEN,5", "", f"{BOB},GREEN,-7", f"{BOB},CO2E,0")

    assert flaws == []
    assert rows == {
        2: Had(account=ALICE, asset="GREEN", balance=5),
        4: Had(account=BOB, asset="GREEN", balance=-7),
        5: Had(account=BOB, asset="CO2E", balance=0),
    }


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a,GREEN", "3 cells are wanted, here are 2"),
        ("a,GREEN,5,6", "3 cells are wanted, here are 4"),
        ("a b,GREEN,5", "the account 'a b' cannot be"),
        (",GREEN,5", "the account '' cannot be"),
        (f"{'a' * 101},GREEN,5", "the account"),
        ("a,green points,5", "the asset 'green points' cannot be"),
        *((f"a,GREEN,{text}", "is no whole number") for text in ("", "5.0", "1e3", "٥", "+5", "1_0", " 5")),
        ("a,GREEN,9223372036854775808", "the balance '9223372036854775808' cannot be"),
        ("b,GREEN,1", "b GREEN stands in line 2 too"),
        ('a,"GREEN,5', "this is no CSV"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_number(line, words):
    rows, flaws = table("b,GREEN,1", line)

    assert list(rows) == [2]
    assert [flaw.line for flaw in flaws] == [3]
    assert words in flaws[0].sentence


@pytest.mark.parametrize("text", ["", "account;asset;balance\n", "a,GREEN,5\n"])
def test_a_table_says_what_its_columns_are(text):
    assert read_balances(io.StringIO(text)) == ({}, [Flaw(1, "the first line says account,asset,balance")])


def test_a_table_has_an_end(monkeypatch):
    monkeypatch.setattr(opening, "MOST_ROWS", 2)

    rows, flaws = table("a,GREEN,1", "b,GREEN,1", "c,GREEN,1", "d,GREEN,1")

    assert list(rows) == [2, 3]
    assert flaws == [Flaw(4, "a table has at most 2 rows")]


@given(st.text())
def test_whatever_is_in_a_file_it_is_read_or_refused_by_line(text):
    rows, flaws = read_balances(io.StringIO(HEAD + text, newline=""))

    assert all(flaw.line > 0 and flaw.sentence for flaw in flaws)
    assert len({(row.account, row.asset) for row in rows.values()}) == len(rows)


def test_a_system_opens_an_account_once(conn, book):
    first = opened(conn, book, had(), had(BOB, 7))
    again = opened(conn, book, had(BOB, 7), had())

    assert [word_of(one) for one in first] == ["posted", "posted"]
    assert [word_of(one) for one in again] == ["replayed", "replayed"]
    assert [code_of(one) for one in opened(conn, book, had(amount=6))] == [Refusal.KEY_REUSED]
    assert [word_of(one) for one in opened(conn, book, had(amount=6), system="another")] == ["posted"]
    assert balance(conn, book, ALICE, "GREEN").posted == 11


def test_what_must_not_be_missing_is_moved_beside(conn, book):
    money = a_move("bank", "fund", 5, "FEN")
    backed = had().model_copy(update={"beside": (money,)})
    opened(conn, book, backed)

    found = find(conn, book, f"opening/old/{ALICE}:GREEN")
    assert found is not None
    assert found.entry.postings == (a_move(ISSUED, ALICE, 5), money)
    assert found.entry.facts == {"system": "old"}


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (had("nobody"), Refusal.UNKNOWN_ACCOUNT),
        (had(BOB, -1), Refusal.INSUFFICIENT),
        (had(BOB, LARGEST).model_copy(update={"beside": (a_move(ISSUED, BOB, 1),)}), Refusal.AMOUNT_OVERFLOW),
    ],
)
def test_all_are_opened_or_none(conn, book, bad, code):
    outcomes = opened(conn, book, had(), bad)

    assert [code_of(one) for one in outcomes] == [Refusal.BATCH_REFUSED, code]
    assert balance(conn, book, ALICE, "GREEN").posted == 0


def test_less_than_nothing_is_what_an_account_without_a_floor_may_have(conn, book):
    owing = Opening(had=Had(account="bank", asset="FEN", balance=-5), against="fund")

    assert [word_of(one) for one in opened(conn, book, owing)] == ["posted"]
    assert balance(conn, book, "bank", "FEN").posted == -5
