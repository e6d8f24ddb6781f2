"""An account that everyone draws on: one floor for the whole, whoever draws from whichever stripe."""

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from multiprocessing import get_context
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import scalar_row, tuple_row

from ledger import Reserve, Settle, audit, balance, entry, holds, post, post_many, statement
from tests.ledger.makers import ALICE, BOB, CAFE, a_hold, a_move, an_award, an_entry, code_of, word_of
from tests.ledger.model import LARGEST
from tests.ledger.test_races import post_each

CALLERS = 6
"""Twice as many as the stripes of the tests' merchants."""


@pytest.fixture
def others(alone):
    """Sessions with each of the three stripes, the first of them twice."""
    sessions: dict[int, psycopg.Connection[Any]] = {}
    while len(sessions) < 3:
        session = psycopg.connect(alone.app_url, autocommit=True)
        stripe = session.info.backend_pid % 3
        if stripe in sessions:
            session.close()
        else:
            sessions[stripe] = session
    yield list(sessions.values())
    for session in sessions.values():
        session.close()


def stripes(conn, book, path=CAFE):
    """Tell what each stripe has and holds."""
    return (
        conn.cursor(row_factory=tuple_row)
        .execute(
            "select b.posted, b.held from ledger.balance b join ledger.account a on a.id = b.account"
            " where b.book = %s and a.path = %s order by b.stripe",
            (book, path),
        )
        .fetchall()
    )


def assert_sound(alone, book):
    with closing(psycopg.connect(alone.auditor_url)) as auditor:
        auditor.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        report = audit(auditor, [book])
    assert report.ok, report.findings


def test_what_comes_in_on_one_stripe_is_drawn_on_another(alone, others, book):
    one, other, _ = others
    post(one, an_award(book, CAFE, 90))
    assert sorted(stripes(one, book)) == [(0, 0), (0, 0), (90, 0)]

    post(other, an_entry(book, a_move(CAFE, BOB, 30)))

    assert stripes(one, book) == [(20, 0)] * 3, "what was left is spread evenly"
    assert balance(one, book, CAFE, "GREEN").posted == 60
    assert_sound(alone, book)


def test_the_whole_can_be_drawn_at_once_and_nothing_more(alone, others, book):
    for session in others:
        post(session, an_award(book, CAFE, 30))

    assert code_of(post(others[0], an_entry(book, a_move(CAFE, BOB, 91)))) == "insufficient"
    assert [posted for posted, _ in stripes(others[0], book)] == [30] * 3, "a refusal moves nothing"
    assert word_of(post(others[0], an_entry(book, a_move(CAFE, BOB, 90)))) == "posted"
    assert code_of(post(others[1], an_entry(book, a_move(CAFE, BOB, 1)))) == "insufficient"
    assert_sound(alone, book)


def test_what_moves_between_stripes_is_no_part_of_the_entry(others, book):
    one, other, _ = others
    post(one, an_award(book, CAFE, 90))
    draw = an_entry(book, a_move(CAFE, BOB, 30))
    post(other, draw)

    moves = (
        one.cursor(row_factory=scalar_row)
        .execute("select count(*) from ledger.posting where book = %s and no < 0", (book,))
        .fetchone()
    )
    assert moves == 2
    recorded = entry(one, book, draw.id)
    assert recorded is not None
    assert recorded.entry == draw
    assert [(line.amount, line.counterpart) for line in statement(one, book, CAFE, "GREEN")] in (
        [(-30, BOB), (90, "green/issued")],
        [(90, "green/issued"), (-30, BOB)],
    )
    assert word_of(post(one, draw)) == "replayed"


def test_a_hold_stays_with_its_stripe_while_others_draw_the_rest(alone, others, book):
    one, other, third = others
    post(one, an_award(book, CAFE, 90))
    hold = uuid4()
    post(one, a_hold(book, CAFE, 50, hold=hold))

    assert code_of(post(other, an_entry(book, a_move(CAFE, BOB, 41)))) == "insufficient"
    assert word_of(post(other, an_entry(book, a_move(CAFE, BOB, 40)))) == "posted"
    assert sorted(stripes(one, book)) == [(0, 0), (0, 0), (50, 50)]
    settle = an_entry(book, a_move(CAFE, BOB, 20), settles=(Settle(hold=hold, amount=20),), releases=(hold,))
    assert word_of(post(third, settle)) == "posted"
    assert balance(one, book, CAFE, "GREEN").available == 30
    assert_sound(alone, book)


def test_one_entry_settles_holds_of_several_stripes(alone, others, book):
    made = []
    for session in others:
        hold = uuid4()
        post_many(session, [an_award(book, CAFE, 30), a_hold(book, CAFE, 20, hold=hold)])
        made.append(hold)

    word = word_of(
        post(
            others[1],
            an_entry(
                book,
                a_move(CAFE, BOB, 65),
                settles=tuple(Settle(hold=hold) for hold in made[:2]),
                releases=(made[2],),
                reserves=(Reserve(hold=uuid4(), account=CAFE, asset="GREEN", amount=5),),
            ),
        )
    )

    assert word == "posted"
    assert {hold.state for hold in holds(others[0], book, made).values()} == {"settled", "released"}
    left = balance(others[0], book, CAFE, "GREEN")
    assert (left.posted, left.held) == (25, 5)
    assert_sound(alone, book)


def test_what_a_refused_entry_of_a_batch_would_have_freed_stays_held(alone, others, book):
    one, other, third = others
    held = uuid4()
    post_many(one, [an_award(book, CAFE, 30), a_hold(book, CAFE, 20, hold=held)])
    post_many(third, [an_award(book, CAFE, 60), a_hold(book, CAFE, 5, hold=(fellow := uuid4()))])
    before = sorted(held for _, held in stripes(one, book))

    words = [
        word_of(outcome)
        for outcome in post_many(
            other,
            [
                an_entry(book, a_move(CAFE, BOB, 100), settles=(Settle(hold=held),), releases=(fellow,)),
                an_entry(book, a_move(CAFE, BOB, 40)),
            ],
        )
    ]

    assert words == ["insufficient", "posted"]
    assert sorted(held for _, held in stripes(one, book)) == before == [0, 5, 20]
    assert_sound(alone, book)


def test_a_batch_draws_on_the_whole(alone, others, book):
    for session in others:
        post(session, an_award(book, CAFE, 30))
    draws = [an_entry(book, a_move(CAFE, BOB, 20)) for _ in range(6)]

    words = [word_of(outcome) for outcome in post_many(others[0], draws)]

    assert words == ["posted"] * 4 + ["insufficient"] * 2
    assert_sound(alone, book)


def test_many_who_draw_at_once_take_exactly_what_is_there(alone, conn, book):
    post(conn, an_award(book, CAFE, 600))
    post(conn, an_award(book, ALICE, 1))
    draws = [[an_entry(book, a_move(CAFE, BOB, 5)) for _ in range(30)] for _ in range(CALLERS)]
    returns = [[an_entry(book, a_move(ALICE, CAFE, 1))], *[[] for _ in range(CALLERS - 1)]]

    with ProcessPoolExecutor(CALLERS, mp_context=get_context("spawn")) as pool:
        each = pool.map(
            partial(post_each, alone.app_url),
            [mine + theirs for mine, theirs in zip(draws, returns, strict=True)],
        )
        words = Counter(word for words in each for word in words)

    assert words == {"posted": 121, "insufficient": 60}
    assert balance(conn, book, CAFE, "GREEN").available == 1
    assert_sound(alone, book)


def test_sessions_that_gather_at_the_same_time_do_not_meet_in_a_circle(alone, others, book):
    """Each draws more than its stripe has, from two striped accounts in opposite order."""
    post_many(others[0], [an_award(book, CAFE, 3_000), an_award(book, "merchant/bar/green", 3_000)])
    rounds = [
        [
            an_entry(book, *(a_move(path, BOB, 100) for path in paths))
            for paths in ((CAFE, "merchant/bar/green"), ("merchant/bar/green", CAFE)) * 2
        ]
        for _ in range(CALLERS)
    ]

    with ProcessPoolExecutor(CALLERS, mp_context=get_context("spawn")) as pool:
        words = Counter(w for words in pool.map(partial(post_each, alone.app_url), rounds) for w in words)

    assert words == {"posted": 24}
    assert balance(others[0], book, CAFE, "GREEN").posted == 600
    assert_sound(alone, book)


def test_the_whole_of_all_stripes_stays_within_64_bits(alone, others, book):
    half = 2**62
    assert word_of(post(others[0], an_award(book, CAFE, half))) == "posted"
    assert word_of(post(others[1], an_award(book, CAFE, half - 1))) == "posted"
    for other in others:
        assert code_of(post(other, an_award(book, CAFE, 1))) == "amount_overflow"
    assert code_of(post_many(others[2], [an_award(book, CAFE, half)])[0]) == "amount_overflow"

    assert balance(others[0], book, CAFE, "GREEN").posted == LARGEST
    assert_sound(alone, book)
