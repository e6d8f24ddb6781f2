"""What lapses is drawn oldest first, held with its dates, and gone only by an entry."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from pydantic import ValidationError

from ledger import AccountClass, Posting, Settle, balance, due, entry, lots, post, post_many
from tests.ledger.makers import (
    ALICE,
    BOB,
    CAFE,
    ISSUED,
    NOON,
    a_hold,
    a_move,
    an_award,
    an_entry,
    code_of,
    word_of,
)
from tests.ledger.test_stripes import assert_sound

DAY = timedelta(days=1)
MAY, JUNE, JULY = (NOON + days * DAY for days in (100, 131, 161))


def dated(amount: int, at: datetime | None, path: str = ALICE) -> Posting:
    """Award what lapses at a time."""
    return Posting(source=ISSUED, target=path, asset="GREEN", amount=amount, expires_at=at)


def lapse(amount: int, path: str = ALICE) -> Posting:
    """Take what has lapsed."""
    return Posting(source=path, target="green/retired", asset="GREEN", amount=amount, lapsed=True)


def kept(conn, book, path=ALICE):
    """Tell the dates, amounts and holds of an account's lots."""
    return [(lot.expires_at, lot.posted, lot.held) for lot in lots(conn, book, path, "GREEN")]


@pytest.fixture
def alice(conn, book):
    """Somebody with three lots; what she had first lapses last."""
    post_many(conn, [an_entry(book, dated(10, at)) for at in (JULY, MAY, JUNE)])
    return ALICE


def test_the_oldest_is_drawn_first(conn, book, alice):
    post(conn, an_entry(book, a_move(alice, CAFE, 15)))

    assert kept(conn, book) == [(JUNE, 5, 0), (JULY, 10, 0)]


def test_what_never_lapses_is_drawn_last(conn, book, alice):
    post(conn, an_award(book, alice, 7))
    post(conn, an_entry(book, a_move(alice, CAFE, 31)))

    assert kept(conn, book) == [(None, 6, 0)]


def test_a_hold_pins_what_it_will_draw(alone, conn, book, alice):
    hold = uuid4()
    post(conn, a_hold(book, alice, 12, hold=hold))
    assert kept(conn, book) == [(MAY, 10, 10), (JUNE, 10, 2), (JULY, 10, 0)]

    post(conn, an_entry(book, a_move(alice, CAFE, 8)))
    assert kept(conn, book) == [(MAY, 10, 10), (JUNE, 2, 2), (JULY, 10, 0)], "only what is not held"

    settle = an_entry(book, a_move(alice, CAFE, 12), settles=(Settle(hold=hold),))
    assert word_of(post(conn, settle)) == "posted"
    assert kept(conn, book) == [(JULY, 10, 0)]
    assert_sound(alone, book)


def test_what_is_released_keeps_its_date_and_a_month_once(alone, conn, book, alice):
    for at in (MAY - 50 * DAY, MAY - 10 * DAY, MAY + 15 * DAY):
        hold = uuid4()
        post(conn, a_hold(book, alice, 10, hold=hold, at=at))
        post(conn, an_entry(book, releases=(hold,), at=at))

        assert kept(conn, book)[0] == (MAY if at < MAY - 30 * DAY else MAY + 20 * DAY, 10, 0)
    assert_sound(alone, book)


def test_a_refund_returns_to_the_lots_it_came_from(alone, conn, book, alice):
    spend = an_entry(book, a_move(alice, CAFE, 25))
    post(conn, spend)
    assert kept(conn, book) == [(JULY, 5, 0)]

    refund = an_entry(book, dated(0 + 27, None).model_copy(update={"source": CAFE}), reverses=spend.id)
    post(conn, an_award(book, CAFE, 2))
    assert word_of(post(conn, refund)) == "posted"

    assert kept(conn, book) == [(MAY, 10, 0), (JUNE, 10, 0), (JULY, 10, 0), (None, 2, 0)]
    assert_sound(alone, book)


def test_a_refund_in_part_fills_the_youngest_first(conn, book, alice):
    spend = an_entry(book, a_move(alice, CAFE, 25))
    post(conn, spend)

    post(conn, an_entry(book, a_move(CAFE, alice, 8), reverses=spend.id))

    assert kept(conn, book) == [(JUNE, 3, 0), (JULY, 10, 0)]


def test_nothing_lapses_by_itself(alone, conn, book, alice):
    assert balance(conn, book, alice, "GREEN").available == 30
    assert [(one.account, one.amount, one.since) for one in due(conn, book, JUNE)] == [(alice, 20, MAY)]

    assert code_of(post(conn, an_entry(book, lapse(10), at=MAY - DAY))) == "not_lapsed"
    assert code_of(post(conn, an_entry(book, lapse(21), at=JUNE))) == "not_lapsed"
    assert word_of(post(conn, an_entry(book, lapse(20), at=JUNE))) == "posted"

    assert kept(conn, book) == [(JULY, 10, 0)]
    assert due(conn, book, JUNE) == []
    assert_sound(alone, book)


def test_what_is_held_does_not_lapse(conn, book, alice):
    post(conn, a_hold(book, alice, 10, hold=uuid4()))

    assert due(conn, book, MAY) == []
    assert code_of(post(conn, an_entry(book, lapse(1), at=MAY))) == "not_lapsed"


def test_what_was_spent_meanwhile_no_longer_lapses(conn, book, alice):
    post(conn, an_entry(book, a_move(alice, CAFE, 4)))

    assert code_of(post(conn, an_entry(book, lapse(10), at=MAY))) == "not_lapsed"
    assert word_of(post(conn, an_entry(book, lapse(6), at=MAY))) == "posted"


def test_in_a_batch_each_entry_sees_what_those_before_it_drew(conn, book, alice):
    batch = [
        an_entry(book, a_move(alice, CAFE, 4), at=MAY),
        an_entry(book, lapse(10), at=MAY),
        an_entry(book, lapse(6), at=MAY),
    ]

    assert [word_of(outcome) for outcome in post_many(conn, batch)] == ["posted", "not_lapsed", "posted"]


def test_who_has_lapsed_points_is_listed_page_by_page(conn, book):
    paths = [f"household/{name}/green" for name in "abcde"]
    post_many(conn, [an_entry(book, dated(1, MAY, path)) for path in paths])

    first = due(conn, book, MAY, limit=3)
    second = due(conn, book, MAY, after=first[-1], limit=3)

    assert [one.account for one in first + second] == paths


def test_dates_are_part_of_what_was_posted(conn, book):
    award = an_entry(book, dated(5, MAY))
    post(conn, award)

    found = entry(conn, book, award.id)

    assert found is not None
    assert found.entry == award
    assert code_of(post(conn, award.model_copy(update={"postings": (dated(5, JUNE),)}))) == "key_reused"


def test_only_an_account_with_lots_takes_a_date(conn, book):
    assert code_of(post(conn, an_entry(book, dated(5, MAY, CAFE)))) == "account_without_lots"
    assert code_of(post(conn, an_entry(book, lapse(5, CAFE)))) == "not_lapsed"


def test_points_that_are_handed_on_get_the_date_that_the_entry_says(conn, book, alice):
    gift = Posting(source=alice, target=BOB, asset="GREEN", amount=12, expires_at=JUNE)
    post(conn, an_entry(book, gift))

    assert kept(conn, book, BOB) == [(JUNE, 12, 0)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"bounded": False, "lots": True},
        {"bounded": False, "stripes": 2},
        {"bounded": True, "lots": True, "stripes": 2},
        {"bounded": True, "stripes": 1},
        {"bounded": True, "stripes": 65},
    ],
)
def test_lots_and_stripes_go_with_a_floor_and_not_together(wrong):
    with pytest.raises(ValidationError):
        AccountClass(pattern="a", asset="A", owner="nobody", **wrong)


def test_what_has_lapsed_is_drawn_once_from_each_account_of_an_entry(book):
    with pytest.raises(ValidationError, match="draws once"):
        an_entry(book, lapse(1), a_move(ALICE, CAFE, 1))
