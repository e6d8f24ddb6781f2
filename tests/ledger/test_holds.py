"""What is held is not available, and whoever settles a hold draws what it held."""

from uuid import uuid4

import psycopg
import pytest
from psycopg.sql import SQL

from ledger import Entry, Refusal, Reserve, Settle, balance, holds, open_holds, post
from tests.ledger.makers import ALICE, BOB, CAFE, LATER, a_hold, a_move, an_award, an_entry, code_of


@pytest.fixture
def held(conn, book):
    """A hold of 60 on Alice's 100, until later."""
    post(conn, an_award(book, ALICE, 100))
    named = uuid4()
    post(conn, a_hold(book, ALICE, 60, hold=named, expires_at=LATER))
    return named


def settling(book, held, amount, *, asked=None, **others) -> Entry:
    return an_entry(book, a_move(ALICE, CAFE, amount), settles=(Settle(hold=held, amount=asked),), **others)


def test_what_is_held_is_not_available(conn, book, held):
    assert balance(conn, book, ALICE, "GREEN").available == 40
    assert code_of(post(conn, an_entry(book, a_move(ALICE, BOB, 41)))) is Refusal.INSUFFICIENT
    assert code_of(post(conn, a_hold(book, ALICE, 41, hold=uuid4()))) is Refusal.INSUFFICIENT
    assert code_of(post(conn, an_entry(book, a_move(ALICE, BOB, 40)))) is None


def test_a_settlement_draws_what_was_held(conn, book, held):
    assert code_of(post(conn, settling(book, held, 60))) is None

    assert holds(conn, book, [held])[held].state == "settled"
    assert (balance(conn, book, ALICE, "GREEN").posted, balance(conn, book, ALICE, "GREEN").held) == (40, 0)


def test_a_settlement_may_draw_more_than_was_held_if_it_is_available(conn, book, held):
    assert code_of(post(conn, settling(book, held, 101))) is Refusal.INSUFFICIENT
    assert code_of(post(conn, settling(book, held, 100))) is None


def test_a_part_is_settled_and_the_rest_stays_held(conn, book, held):
    post(conn, settling(book, held, 25, asked=25))

    assert [(hold.id, hold.remaining) for hold in open_holds(conn, book, ALICE, "GREEN")] == [(held, 35)]
    assert code_of(post(conn, settling(book, held, 36, asked=36))) is Refusal.HOLD_EXCEEDED
    assert code_of(post(conn, settling(book, held, 35))) is None
    assert holds(conn, book, [held])[held].state == "settled"


def test_a_part_is_settled_and_the_rest_released_at_once(conn, book, held):
    post(conn, settling(book, held, 25, asked=25, releases=(held,)))

    assert holds(conn, book, [held])[held].state == "released"
    assert balance(conn, book, ALICE, "GREEN").held == 0


def test_a_whole_settlement_may_release_the_nothing_that_is_left(conn, book, held):
    assert code_of(post(conn, settling(book, held, 60, releases=(held,)))) is None
    assert holds(conn, book, [held])[held].state == "settled"


def test_a_settlement_that_draws_from_elsewhere_is_refused(conn, book, held):
    post(conn, an_award(book, BOB, 100))
    elsewhere = an_entry(book, a_move(BOB, CAFE, 60), settles=(Settle(hold=held),))

    assert code_of(post(conn, elsewhere)) is Refusal.SETTLEMENT_MISMATCH
    assert code_of(post(conn, settling(book, held, 59))) is Refusal.SETTLEMENT_MISMATCH


def test_two_holds_of_one_account_are_settled_by_what_is_drawn_together(conn, book, held):
    second = uuid4()
    post(conn, a_hold(book, ALICE, 30, hold=second))
    both = (Settle(hold=held), Settle(hold=second))

    assert (
        code_of(post(conn, an_entry(book, a_move(ALICE, CAFE, 89), settles=both)))
        is Refusal.SETTLEMENT_MISMATCH
    )
    assert code_of(post(conn, an_entry(book, a_move(ALICE, CAFE, 90), settles=both))) is None


def test_a_hold_without_an_end_never_expires(conn, book, held):
    endless = uuid4()
    post(conn, a_hold(book, ALICE, 1, hold=endless))

    assert code_of(post(conn, an_entry(book, expires=(endless,), at=LATER))) is Refusal.HOLD_NOT_DUE


def test_an_account_without_a_floor_is_not_held(conn, book):
    assert code_of(post(conn, a_hold(book, "green/issued", 1, hold=uuid4()))) is Refusal.ACCOUNT_UNBOUNDED


def test_an_entry_may_hold_what_it_brings(conn, book):
    named = uuid4()
    reserve = Reserve(hold=named, account=BOB, asset="GREEN", amount=5)

    assert code_of(post(conn, an_entry(book, a_move("green/issued", BOB, 5), reserves=(reserve,)))) is None
    assert balance(conn, book, BOB, "GREEN").available == 0


@pytest.mark.parametrize(
    "change", ["remaining = 61, amount = 61", "amount = 70", "expires_at = null", "account = 1"]
)
def test_the_database_lets_a_hold_only_shrink(owner, book, held, change):
    with pytest.raises(psycopg.errors.RestrictViolation, match="only ever shrinks"):
        owner.execute(
            SQL("update ledger.hold set {} where book = %s and id = %s").format(SQL(change)), (book, held)
        )
