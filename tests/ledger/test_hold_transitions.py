"""Every verb on every state of a hold, one by one: what becomes of it, or why nothing does.

A hold of 60 lies on Alice's 200, until LATER. What is refused leaves everything as it was.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.sql import SQL

from ledger import Entry, Hold, Posted, Settle, balance, holds, post, post_many
from tests.ledger.makers import ALICE, BOB, CAFE, LATER, NOON, a_hold, a_move, an_award, an_entry, word_of

Verb = Callable[[str, UUID], Entry]


def settling(draws: str = ALICE, amount: int = 60, asked: int | None = None, **others: Any) -> Verb:
    """Draw so much, and settle what is asked of the hold, or whatever is left."""
    return lambda book, hold: an_entry(
        book, a_move(draws, CAFE, amount), settles=(Settle(hold=hold, amount=asked),), **others
    )


VERBS: dict[str, Verb] = {
    "reserve": lambda book, hold: a_hold(book, ALICE, 60, hold=hold, expires_at=LATER),
    "settle": settling(),
    "settle 10": settling(asked=10),
    "settle 10, free the rest": lambda book, hold: settling(asked=10, releases=(hold,))(book, hold),
    "settle all, free nothing": lambda book, hold: settling(releases=(hold,))(book, hold),
    "settle 61": settling(amount=61, asked=61),
    "settle late": settling(at=LATER),
    "settle, draw less": settling(amount=9, asked=10),
    "settle, draw from Bob": settling(draws=BOB),
    "release": lambda book, hold: an_entry(book, releases=(hold,)),
    "release late": lambda book, hold: an_entry(book, releases=(hold,), at=LATER),
    "expire": lambda book, hold: an_entry(book, expires=(hold,), at=LATER),
    "expire early": lambda book, hold: an_entry(book, expires=(hold,), at=NOON),
}
HISTORIES: dict[str, tuple[str, ...]] = {
    "missing": (),
    "open": ("reserve",),
    "drawn on": ("reserve", "settle 10"),
    "settled": ("reserve", "settle"),
    "settled in two": ("reserve", "settle 10", "settle"),
    "released": ("reserve", "release"),
    "drawn on and released": ("reserve", "settle 10, free the rest"),
    "expired": ("reserve", "expire"),
    "drawn on and expired": ("reserve", "settle 10", "expire"),
}
OPEN_ANSWERS = {
    "reserve": "hold_exists",
    "settle": "settled",
    "settle 10": "open",
    "settle 10, free the rest": "released",
    "settle all, free nothing": "settled",
    "settle 61": "hold_exceeded",
    "settle late": "hold_expired",
    "settle, draw less": "settlement_mismatch",
    "settle, draw from Bob": "settlement_mismatch",
    "release": "released",
    "release late": "released",
    "expire": "expired",
    "expire early": "hold_not_due",
}
ANSWERS: dict[str, dict[str, str]] = {
    "missing": {verb: "open" if verb == "reserve" else "unknown_hold" for verb in VERBS},
    "open": OPEN_ANSWERS,
    "drawn on": OPEN_ANSWERS,
} | {
    ended: {verb: "hold_exists" if verb == "reserve" else "hold_closed" for verb in VERBS}
    for ended in list(HISTORIES)[3:]
}
STATES = ("open", "settled", "released", "expired")


@pytest.fixture
def rich(conn, book: str) -> str:
    """A book in which Alice and Bob have 200 each."""
    post(conn, an_award(book, ALICE, 200))
    post(conn, an_award(book, BOB, 200))
    return book


def told(conn, book: str, hold: UUID) -> list[Any]:
    """All that a book says of a hold and of those whom it concerns."""
    events = conn.execute("select * from ledger.hold_event where book = %s and hold = %s", (book, hold))
    return [
        holds(conn, book, [hold]),
        events.fetchall(),
        *(balance(conn, book, path, "GREEN") for path in (ALICE, BOB, CAFE)),
    ]


def state_of(conn, book: str, hold: UUID) -> str:
    found = holds(conn, book, [hold])[hold]
    assert (found.state == "open") == (found.remaining > 0)
    return found.state


@pytest.fixture(params=list(HISTORIES)[1:])
def reached(request, conn, rich) -> Hold:
    """A hold, once for each state in which one can be."""
    hold = uuid4()
    for step in HISTORIES[request.param]:
        post(conn, VERBS[step](rich, hold))
    return holds(conn, rich, [hold])[hold]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", HISTORIES)
def test_a_verb_on_a_state(conn, rich, state, verb):
    hold = uuid4()
    assert {word_of(post(conn, VERBS[step](rich, hold))) for step in HISTORIES[state]} <= {"posted"}
    before = told(conn, rich, hold)

    word = word_of(post(conn, VERBS[verb](rich, hold)))

    answer = ANSWERS[state][verb]
    if answer in STATES:
        assert (word, state_of(conn, rich, hold)) == ("posted", answer)
    else:
        assert word == answer
        assert told(conn, rich, hold) == before


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", HISTORIES)
def test_a_verb_on_a_state_in_one_batch_with_its_history(conn, rich, state, verb):
    hold = uuid4()
    history = [VERBS[step](rich, hold) for step in HISTORIES[state]]

    *made, outcome = post_many(conn, [*history, VERBS[verb](rich, hold)])

    assert all(isinstance(one, Posted) for one in made)
    answer = ANSWERS[state][verb]
    if answer in STATES:
        assert (word_of(outcome), state_of(conn, rich, hold)) == ("posted", answer)
    else:
        assert word_of(outcome) == answer
        events = conn.execute("select count(*) from ledger.hold_event where book = %s", (rich,)).fetchone()
        assert events == (sum(2 if "free the rest" in step else 1 for step in HISTORIES[state]),)


@pytest.mark.parametrize(
    ("to", "left", "allowed"),
    [
        *(("open", 60, True), ("open", 1, True), ("open", 0, False), ("open", 61, False)),
        *(("settled", 0, True), ("settled", 1, False)),
        *(("released", 0, True), ("released", 60, False)),
        *(("expired", 0, True), ("expired", 1, False)),
        ("forgotten", 0, False),
    ],
)
def test_the_database_lets_an_open_hold_shrink_or_end_and_an_ended_one_rest(
    owner, reached, to, left, allowed
):
    change = SQL("update ledger.hold set state = %s, remaining = %s where id = %s")

    with owner.transaction(force_rollback=True):
        if allowed and reached.state == "open":
            owner.execute(change, (to, min(left, reached.remaining), reached.id))
        else:
            with pytest.raises((psycopg.errors.RestrictViolation, psycopg.errors.CheckViolation)):
                owner.execute(change, (to, left, reached.id))


@pytest.mark.parametrize("forgetting", ["delete from ledger.hold", "truncate ledger.hold"])
def test_the_database_forgets_no_hold(owner, reached, forgetting):
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute(forgetting)
