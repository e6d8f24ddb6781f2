"""Posting, one by one: what is written, what is refused, and what a second call gives."""

from datetime import timedelta
from uuid import uuid4

import pytest
from psycopg.sql import SQL, Identifier

from ledger import (
    AccountClass,
    ChartConflict,
    Posted,
    Refusal,
    UnknownAccount,
    adopt,
    balance,
    entry,
    find,
    fingerprint,
    post,
    post_many,
    statement,
)
from tests.ledger.makers import ALICE, BOB, CAFE, ISSUED, NOON, a_move, an_award, an_entry, code_of, word_of
from tests.ledger.model import LARGEST


def test_an_entry_is_read_as_it_was_posted(conn, book):
    told = an_award(
        book,
        ALICE,
        100,
        subject=uuid4(),
        facts={
            "weighing": "018f",
            "rate": 3,
            "text": 'a "quoted" \\ {back, slash}, 绿账',
            "big": 2**70,
            "none": None,
        },
    )
    outcome = post(conn, told)

    assert isinstance(outcome, Posted)
    found = entry(conn, book, told.id)
    assert found is not None
    assert (found.entry, found.posted_at, found.fingerprint) == (told, outcome.posted_at, fingerprint(told))
    assert find(conn, book, told.key) == found
    assert find(conn, book, "another") is None


@pytest.mark.parametrize(
    "text", ["a,b", '"', "\\", "{}", "null", "NULL", " ", "绿", "'", 'a\\"b', "%s", "\u2028"]
)
def test_a_key_is_any_text(conn, book, text):
    told = an_award(book, ALICE, 1, key=text)
    post(conn, told)

    found = find(conn, book, text)
    assert found is not None
    assert found.entry == told


def test_the_same_content_at_another_time_is_a_replay(conn, book):
    first = an_award(book, ALICE, 5)
    again = first.model_copy(update={"id": uuid4(), "at": NOON + timedelta(days=1)})
    posted, replayed = post(conn, first), post(conn, again)

    assert isinstance(posted, Posted)
    assert replayed == posted.model_copy(update={"replayed": True})
    assert balance(conn, book, ALICE, "GREEN").posted == 5


def test_other_content_under_the_key_is_refused(conn, book):
    first = an_award(book, ALICE, 5)
    post(conn, first)

    assert code_of(post(conn, an_award(book, ALICE, 6, key=first.key))) is Refusal.KEY_REUSED
    assert code_of(post(conn, an_award(book, ALICE, 6, id=first.id))) is Refusal.ID_REUSED


def test_a_replay_is_a_replay_even_if_it_would_be_refused_now(conn, book):
    post(conn, an_award(book, ALICE, 5))
    spend = an_entry(book, a_move(ALICE, CAFE, 5))

    assert [word_of(post(conn, spend)) for _ in range(2)] == ["posted", "replayed"]


def test_a_floor_counts_what_the_whole_entry_does(conn, book):
    through = an_entry(book, a_move(ALICE, CAFE, 5), a_move(ISSUED, ALICE, 5))

    assert word_of(post(conn, through)) == "posted"
    assert [line.after for line in statement(conn, book, ALICE, "GREEN")] == [0, -5]


def test_a_refusal_writes_nothing(conn, book):
    refused = post(conn, an_entry(book, a_move(ALICE, "household/new/green", 1)))

    assert code_of(refused) is Refusal.INSUFFICIENT
    for table in ("account", "balance", "entry", "posting", "unsealed"):
        rows = SQL("select * from {} where book = %s").format(Identifier("ledger", table))
        assert not conn.execute(rows, (book,)).fetchall()


def test_a_balance_fits_in_64_bits(conn, book):
    post(conn, an_award(book, ALICE, LARGEST))

    assert code_of(post(conn, an_award(book, ALICE, 1))) is Refusal.AMOUNT_OVERFLOW
    assert word_of(post(conn, an_award(book, BOB, LARGEST))) == "posted"
    assert balance(conn, book, ISSUED, "GREEN").posted == -2 * LARGEST


@pytest.mark.parametrize("status", ["frozen", "closed"])
def test_an_account_that_is_not_open_stands_still(conn, owner, book, status):
    post(conn, an_award(book, ALICE, 5))
    owner.execute(
        "update ledger.account set status = %s where book = %s and path = %s", (status, book, ALICE)
    )

    assert code_of(post(conn, an_award(book, ALICE, 5))) == f"account_{status}"
    assert code_of(post(conn, an_entry(book, a_move(ALICE, BOB, 5)))) == f"account_{status}"


def test_a_correction_happens_once(conn, book):
    award = an_award(book, ALICE, 5)
    post(conn, award)
    correction = an_entry(book, a_move(ALICE, ISSUED, 5), reverses=award.id)

    assert word_of(post(conn, correction)) == "posted"
    assert (
        code_of(post(conn, an_entry(book, a_move(ISSUED, BOB, 1), reverses=award.id)))
        is Refusal.ALREADY_REVERSED
    )
    assert (
        code_of(post(conn, an_entry(book, a_move(ISSUED, BOB, 1), reverses=uuid4()))) is Refusal.UNKNOWN_ENTRY
    )
    assert word_of(post(conn, an_entry(book, a_move(ISSUED, ALICE, 5), reverses=correction.id))) == "posted"


def test_a_statement_comes_in_pages(conn, book):
    entries = [an_award(book, ALICE, amount) for amount in range(1, 8)]
    post_many(conn, entries)
    post(conn, an_entry(book, a_move(ALICE, CAFE, 3)))

    for path in (ALICE, ISSUED):
        lines, page = [], statement(conn, book, path, "GREEN", limit=3)
        while page:
            lines += page
            page = statement(conn, book, path, "GREEN", before=page[-1].cursor, limit=3)
        assert sum(line.amount for line in lines) == balance(conn, book, path, "GREEN").posted
        assert len({(line.entry_id, line.no) for line in lines}) == len(lines) == (8 if path == ALICE else 7)
    assert [(line.version, line.after) for line in statement(conn, book, ALICE, "GREEN", limit=2)] == [
        (8, 25),
        (7, 28),
    ]


def test_an_account_is_asked_for_by_a_name_that_the_chart_knows(conn, book):
    assert balance(conn, book, "household/new/green", "GREEN").available == 0
    for path, asset in [
        ("household/a/b/green", "GREEN"),
        ("household/new/green", "FEN"),
        ("household", "GREEN"),
    ]:
        with pytest.raises(UnknownAccount):
            balance(conn, book, path, asset)


def test_a_chart_grows_and_does_not_contradict_itself(conn, book):
    adopt(conn, book, [AccountClass(pattern="loss/*", asset="MASS/*", owner="book", bounded=False)])
    assert word_of(post(conn, an_entry(book, a_move("loss/gain", "holder/h", 5, "MASS/glass")))) == "posted"

    for pattern, bounded in [("household/*/green", False), ("*/alice/green", True)]:
        with pytest.raises(ChartConflict), conn.transaction():
            adopt(
                conn, book, [AccountClass(pattern=pattern, asset="GREEN", owner="household", bounded=bounded)]
            )


def test_a_batch_posts_each_in_its_turn(conn, book):
    first = an_award(book, ALICE, 5)
    outcomes = post_many(
        conn,
        [
            first,
            an_entry(book, a_move(ALICE, BOB, 6)),
            an_entry(book, a_move(ALICE, BOB, 5)),
            first,
            an_entry(book, a_move(BOB, CAFE, 5)),
            an_entry(book, a_move(ALICE, CAFE, 1), key=first.key),
        ],
    )
    assert [word_of(outcome) for outcome in outcomes] == [
        *("posted", "insufficient", "posted", "replayed", "posted", "key_reused")
    ]
    assert post_many(conn, []) == []


def test_a_batch_posts_all_or_nothing(conn, book):
    bad = an_entry(book, a_move(BOB, CAFE, 1))
    outcomes = post_many(conn, [an_award(book, ALICE, 5), bad], all_or_nothing=True)

    assert [code_of(outcome) for outcome in outcomes] == [Refusal.BATCH_REFUSED, Refusal.INSUFFICIENT]
    assert conn.execute("select count(*) from ledger.entry where book = %s", (book,)).fetchone() == (0,)


def test_a_batch_is_of_one_book_and_not_too_large(conn, book):
    one = an_award(book, ALICE, 1)
    for batch in (
        [one, an_award("another", ALICE, 1)],
        [one] * 10_001,
        [one, an_award(book, ALICE, 1, id=one.id)],
    ):
        with pytest.raises(ValueError, match="batch"):
            post_many(conn, batch)


def test_ten_thousand_entries_are_one_batch(conn, book):
    entries = [an_award(book, f"household/{number}/green", 1) for number in range(10_000)]

    assert {word_of(outcome) for outcome in post_many(conn, entries)} == {"posted"}
    assert balance(conn, book, ISSUED, "GREEN").posted == -10_000
