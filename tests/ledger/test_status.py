"""What becomes of accounts: frozen, thawed, closed; written down, and never deleted."""

from functools import partial
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from ledger import (
    Entry,
    Refused,
    StatusChange,
    audit,
    close,
    freeze,
    post,
    seal,
    status_changes,
    thaw,
)
from tests.crowd import Crowd, wait_until_all_wait
from tests.ledger.makers import (
    ALICE,
    BOB,
    CAFE,
    ISSUED,
    LATER,
    NOON,
    a_hold,
    a_move,
    an_award,
    an_entry,
    code_of,
    word_of,
)

ALICES = (ALICE, "GREEN")


def findings(url: str, book: str) -> dict[str, str]:
    with psycopg.connect(url) as auditor:
        auditor.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return {one.check: one.sentence for one in audit(auditor, [book]).findings}


def code(changed: object) -> str | None:
    return changed.code if isinstance(changed, Refused) else None


@pytest.mark.parametrize(("source", "target"), [(ALICE, BOB), (BOB, ALICE)])
def test_nothing_comes_to_a_frozen_account_or_leaves_it(alone, conn, book, source, target):
    for path in (ALICE, BOB):
        post(conn, an_award(book, path, 10))
    freeze(conn, book, *ALICES, at=NOON, why="a court order")
    entry = an_entry(book, a_move(source, target, 1))

    assert code_of(post(conn, entry)) == "account_frozen"
    thaw(conn, book, *ALICES, at=LATER, why="the order was lifted")
    assert word_of(post(conn, entry)) == "posted"
    assert findings(alone.auditor_url, book) == {}


def test_what_became_of_an_account_is_written_down_once(conn, book):
    first = freeze(conn, book, *ALICES, at=NOON, why="a court order")
    again = freeze(conn, book, *ALICES, at=LATER, why="another court order")
    second = thaw(conn, book, *ALICES, at=LATER, why="the order was lifted")
    thaw(conn, book, *ALICES, at=LATER, why="the order was lifted again")

    assert isinstance(first, StatusChange)
    assert again is None
    assert status_changes(conn, book, *ALICES) == [first, second]
    assert [(one.no, one.status, one.at) for one in status_changes(conn, book, *ALICES)] == [
        (1, "frozen", NOON),
        (2, "open", LATER),
    ]


def test_an_account_is_closed_only_when_nothing_is_on_it(alone, conn, book):
    shut = partial(close, conn, book, *ALICES, at=NOON, why="she has moved away")
    hold = uuid4()
    post(conn, an_award(book, ALICE, 10))
    assert code(shut()) == "account_not_empty"
    post(conn, a_hold(book, ALICE, 10, hold=hold))
    assert code(shut()) == "account_not_empty"
    post(conn, an_entry(book, a_move(ALICE, CAFE, 10), releases=(hold,)))
    assert isinstance(shut(), StatusChange)

    assert shut() is None
    assert code_of(post(conn, an_award(book, ALICE, 1))) == "account_closed"
    assert code(thaw(conn, book, *ALICES, at=LATER, why="she is back")) == "account_closed"
    assert code(freeze(conn, book, *ALICES, at=LATER, why="a court order")) == "account_closed"
    assert findings(alone.auditor_url, book) == {}


@pytest.mark.parametrize("sealed", [0, 256])
def test_an_account_without_a_floor_is_closed_when_its_lines_come_to_nothing(conn, book, sealed):
    for _ in range(sealed):
        post(conn, an_award(book, ALICE, 1))
    post(conn, an_award(book, BOB, 1))
    seal(conn, book)
    assert code(close(conn, book, ISSUED, "GREEN", at=NOON, why="the scheme ends")) == "account_not_empty"

    post(conn, an_entry(book, a_move(BOB, ISSUED, 1)))
    for _ in range(sealed):
        post(conn, an_entry(book, a_move(ALICE, ISSUED, 1)))
    assert isinstance(close(conn, book, ISSUED, "GREEN", at=NOON, why="the scheme ends"), StatusChange)


def test_an_account_may_be_frozen_before_its_first_entry(conn, book):
    freeze(conn, book, *ALICES, at=NOON, why="a court order")

    assert code_of(post(conn, an_award(book, ALICE, 1))) == "account_frozen"


def test_an_account_that_the_chart_does_not_know_has_no_status(conn, book):
    assert code(freeze(conn, book, "nobody", "GREEN", at=NOON, why="a court order")) == "unknown_account"
    assert status_changes(conn, book, "nobody", "GREEN") == []


@pytest.mark.parametrize("why", ["", "x" * 201])
def test_a_change_says_why_in_a_few_words(conn, book, why):
    with pytest.raises(ValueError, match="says why"):
        freeze(conn, book, *ALICES, at=NOON, why=why)


def freeze_once(url: str, book: str) -> str:
    with psycopg.connect(url, autocommit=True) as conn:
        return "frozen" if freeze(conn, book, *ALICES, at=NOON, why="a court order") else "was so already"


def test_of_a_crowd_one_freezes(alone, conn, book):
    outcomes = Crowd(partial(freeze_once, alone.app_url, book), times=8).outcomes()

    assert outcomes == {"frozen": 1, "was so already": 7}
    assert len(status_changes(conn, book, *ALICES)) == 1


@pytest.mark.parametrize("together", [False, True])
def test_what_waits_for_a_balance_does_not_pass_the_freeze(alone, conn, book, together):
    for path in (ALICE, BOB):
        post(conn, an_award(book, path, 10))
    moves = [a_move(ALICE, CAFE, 1)] * 2 if together else [a_move(ALICE, CAFE, 1)]
    late = partial(post_once, alone.app_url, an_entry(book, *moves))
    with psycopg.connect(alone.app_url) as first:
        freeze(first, book, *ALICES, at=NOON, why="a court order")
        waiting = Crowd(late, times=4)
        assert wait_until_all_wait(alone.admin_url, 4) == 4
        first.commit()

    assert waiting.outcomes() == {"account_frozen": 4}
    assert findings(alone.auditor_url, book) == {}


def post_once(url: str, entry: Entry) -> str:
    with psycopg.connect(url, autocommit=True) as conn:
        return word_of(post(conn, entry))


@pytest.mark.parametrize(
    ("tampering", "words"),
    [
        ("update ledger.account set status = 'open' where {}", "is open, its last change says frozen"),
        (
            "update ledger.balance set bar = null where book = %(book)s and bar is not null",
            "a balance of household/alice/green GREEN does not say that it is frozen",
        ),
        ("delete from ledger.status_change where {} and no = 3", "its last change says open"),
        (
            "delete from ledger.status_change where {} and no = 2",
            "a change of household/alice/green GREEN is missing",
        ),
        (
            "update ledger.status_change set status = 'closed' where {} and no = 1",
            "changed after it was closed",
        ),
        ("update ledger.status_change set account = 0 where {}", "account 0, which is not there"),
    ],
)
def test_a_changed_status_is_found(alone, conn, book, tampering, words):
    post(conn, an_award(book, BOB, 1))
    for verb in (freeze, thaw, freeze):
        verb(conn, book, *ALICES, at=NOON, why="a court order")

    found = tampered(alone.admin_url, book, tampering.format("book = %(book)s and status <> ''"))

    assert words in found["status"]


def test_a_closed_account_that_has_something_is_found(alone, conn, book):
    close(conn, book, *ALICES, at=NOON, why="she has moved away")

    found = tampered(alone.admin_url, book, "update ledger.balance set posted = 1 where book = %(book)s")

    assert "is closed and has 1" in found["status"]


def tampered(url: str, book: str, tampering: str) -> dict[str, Any]:
    """Change something behind the ledger's back, audit it, and take it back."""
    with psycopg.connect(url) as admin:
        admin.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        admin.execute("alter table ledger.status_change disable trigger user")
        admin.execute("alter table ledger.status_change drop constraint status_change_book_account_fkey")
        assert admin.execute(tampering, {"book": book}).rowcount
        found = {one.check: one.sentence for one in audit(admin, [book]).findings}
        admin.rollback()
    return found
