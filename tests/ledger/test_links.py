"""A fact in two books: both halves or neither, whoever races, and the audit sees a half without its other."""

import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from multiprocessing import get_context
from typing import Any

import psycopg
import pytest

from backend.local.roles import Database
from ledger import (
    AccountClass,
    Entry,
    Finding,
    Refusal,
    adopt,
    audit,
    balance,
    find,
    post,
    post_linked,
    transit,
)
from tests.ledger.conftest import a_book
from tests.ledger.makers import ALICE, BOB, a_move, an_award, an_entry, code_of, word_of
from tests.ledger.test_races import wait_until_waiting

CALLERS = 6
Halves = tuple[Entry, Entry]


@pytest.fixture
def books(conn) -> tuple[str, str]:
    """Two books that give to each other; Alice of the first and Bob of the second have 100 each."""
    names = sorted((a_book(conn), a_book(conn)))
    for name, path in zip(names, (ALICE, BOB), strict=True):
        adopt(
            conn,
            name,
            [AccountClass(pattern=transit("*", "*"), asset="GREEN", owner="book", bounded=False)],
        )
        post(conn, an_award(name, path, 100))
    return names[0], names[1]


def leaving(book: str, to: str, path: str, amount: int, **others: Any) -> Entry:
    return an_entry(book, a_move(path, transit(book, to), amount), **others)


def reaching(book: str, giver: str, path: str, amount: int, **others: Any) -> Entry:
    return an_entry(book, a_move(transit(giver, book), path, amount), **others)


def a_gift(giver: str, taker: str, amount: int, *, key: str, path: str = ALICE, to: str = BOB) -> Halves:
    """Give from an account of one book to an account of another."""
    return leaving(giver, taker, path, amount, key=key), reaching(taker, giver, to, amount, key=key)


def found(database: Database, *books: str) -> list[Finding]:
    with psycopg.connect(database.auditor_url) as auditor:
        auditor.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return list(audit(auditor, books).findings)


def post_gifts(url: str, gifts: list[Halves]) -> list[str]:
    """Post gifts one by one, each in a transaction of its own."""
    with closing(psycopg.connect(url, autocommit=True)) as conn:
        return ["+".join(map(word_of, post_linked(conn, *gift))) for gift in gifts]


def test_what_leaves_one_book_reaches_the_other(alone, conn, books):
    first, second = books
    gift = a_gift(first, second, 60, key="gift")

    assert [word_of(outcome) for outcome in post_linked(conn, *gift)] == ["posted", "posted"]
    assert [word_of(outcome) for outcome in post_linked(conn, *reversed(gift))] == ["replayed", "replayed"]

    place = transit(first, second)
    assert balance(conn, first, ALICE, "GREEN").posted == 40
    assert balance(conn, second, BOB, "GREEN").posted == 160
    assert [balance(conn, book, place, "GREEN").posted for book in books] == [60, -60]
    assert found(alone, *books) == []


@pytest.mark.parametrize("giver", [0, 1])
def test_one_refused_half_refuses_both_and_leaves_the_transaction_usable(alone, books, giver):
    poor, rich = books[giver], books[1 - giver]
    with psycopg.connect(alone.app_url) as caller:
        halves = a_gift(poor, rich, 1, key="gift", path="household/poor/green")
        outcomes = post_linked(caller, *halves)
        post(caller, an_award(rich, ALICE, 7, key="after"))

    assert [code_of(outcome) for outcome in outcomes] == [Refusal.INSUFFICIENT, Refusal.BATCH_REFUSED]
    with psycopg.connect(alone.app_url) as caller:
        assert [find(caller, book, "gift") for book in books] == [None, None]
        assert find(caller, rich, "after") is not None


def test_a_key_that_one_book_knows_for_something_else_refuses_both(conn, books):
    first, second = books
    post(conn, an_award(second, BOB, 5, key="gift"))

    outcomes = post_linked(conn, *a_gift(first, second, 60, key="gift"))

    assert [code_of(outcome) for outcome in outcomes] == [Refusal.BATCH_REFUSED, Refusal.KEY_REUSED]
    assert balance(conn, first, ALICE, "GREEN").posted == 100


def test_halves_that_do_not_fit_are_a_mistake(conn, books):
    first, second = books
    out, into = a_gift(first, second, 5, key="gift")
    for other, words in [
        (reaching(first, second, BOB, 5, key="gift"), "two books"),
        (into.model_copy(update={"key": "another"}), "one key"),
        (reaching(second, first, BOB, 6, key="gift"), "reaches"),
        (leaving(second, first, BOB, 5, key="gift"), "reaches"),
        (reaching(second, "elsewhere", BOB, 5, key="gift"), "between their books"),
        (an_award(second, BOB, 5, key="gift"), "reaches"),
    ]:
        with pytest.raises(ValueError, match=words):
            post_linked(conn, out, other)
    with pytest.raises(ValueError, match="between their books"):
        post_linked(conn, an_award(first, ALICE, 5, key="gift"), into)


def test_the_audit_names_a_half_that_is_alone_until_the_other_is_posted(alone, conn, books):
    first, second = books
    out, into = a_gift(first, second, 5, key="gift")
    post(conn, out)

    (finding,) = found(alone, *books)
    assert (finding.book, finding.check) == (first, "links")
    assert finding.sentence == (
        f"entry {out.id} moves {transit(first, second)} of GREEN by 5;"
        f" in book {second} the key gift is missing"
    )
    assert [word_of(outcome) for outcome in post_linked(conn, out, into)] == ["replayed", "posted"]
    assert found(alone, *books) == []


def test_the_audit_names_halves_that_disagree_from_either_book(alone, conn, books):
    first, second = books
    post(conn, leaving(first, second, ALICE, 5, key="gift"))
    post(conn, reaching(second, first, BOB, 4, key="gift"))

    findings = {finding.book: finding.sentence for finding in found(alone, *books)}
    assert set(findings) == set(books)
    assert "by 5" in findings[first]
    assert f"in book {second} the key gift moves it by -4" in findings[first]


@pytest.mark.parametrize("place", [("elsewhere", "nowhere"), ("self", "self")])
def test_the_audit_names_a_transit_account_that_leads_to_no_other_book(alone, conn, books, place):
    first = books[0]
    giver, taker = (first if name == "self" else name for name in place)
    post(conn, an_entry(first, a_move(ALICE, transit(giver, taker), 5)))

    assert [finding.check for finding in found(alone, first)] == ["links"]


def test_gifts_in_both_directions_meet_no_deadlock(alone, conn, books):
    first, second = books
    draw = random.Random(20260501)

    def a_random_gift(nth: int) -> Halves:
        giver, taker = draw.sample(books, 2)
        path, to = draw.sample((ALICE, BOB), 2)
        halves = a_gift(giver, taker, draw.randint(1, 9), key=f"gift/{nth % 150}", path=path, to=to)
        return halves if draw.random() < 0.5 else (halves[1], halves[0])

    gifts = [[a_random_gift(caller * 50 + nth) for nth in range(50)] for caller in range(CALLERS)]
    with ProcessPoolExecutor(CALLERS, mp_context=get_context("spawn")) as pool:
        words = Counter(word for said in pool.map(partial(post_gifts, alone.app_url), gifts) for word in said)

    assert words["posted+posted"] > 50
    for word in words - Counter({"posted+posted": words["posted+posted"]}):
        assert word == "replayed+replayed" or "batch_refused" in word
    assert found(alone, *books) == []
    for place in (transit(first, second), transit(second, first)):
        assert sum(balance(conn, book, place, "GREEN").posted for book in books) == 0


def test_a_caller_who_dies_between_the_halves_leaves_neither(alone, conn, books):
    first, second = books
    gift = a_gift(first, second, 60, key="gift")
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        psycopg.connect(alone.app_url) as holder,
        psycopg.connect(alone.admin_url, autocommit=True) as admin,
    ):
        post(holder, an_award(second, BOB, 1))  # and so has locked what the second half needs
        dying = pool.submit(post_gifts, alone.app_url, [gift])
        wait_until_waiting(alone.admin_url, holder.info.backend_pid)
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where %s = any (pg_blocking_pids(pid))",
            (holder.info.backend_pid,),
        )
        with pytest.raises(psycopg.OperationalError):
            dying.result(timeout=60)
        holder.commit()

    assert [find(conn, book, "gift") for book in books] == [None, None]
    assert [word_of(outcome) for outcome in post_linked(conn, *gift)] == ["posted", "posted"]
    assert found(alone, *books) == []
