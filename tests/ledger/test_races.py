"""Many processes at once: floors hold, a key posts once, nobody meets a deadlock."""

import random
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from multiprocessing import get_context

import psycopg
import pytest

from backend.local.roles import Database
from ledger import Entry, Posting, audit, balance, balances, post, post_many
from tests.ledger.makers import ALICE, BOB, CAFE, a_move, an_award, an_entry, word_of

CALLERS = 8


@pytest.fixture(scope="module")
def callers():
    """Processes that share nothing with this one."""
    with ProcessPoolExecutor(CALLERS, mp_context=get_context("spawn")) as pool:
        yield pool


def post_each(url: str, entries: list[Entry]) -> list[str]:
    """Post entries one by one, each in a transaction of its own."""
    with closing(psycopg.connect(url, autocommit=True)) as conn:
        return [word_of(post(conn, entry)) for entry in entries]


def post_batches(url: str, batches: list[list[Entry]], *, all_or_nothing: bool = False) -> list[str]:
    """Post batches, each in a transaction of its own."""
    with closing(psycopg.connect(url, autocommit=True)) as conn:
        posted = [post_many(conn, batch, all_or_nothing=all_or_nothing) for batch in batches]
    return [word_of(outcome) for outcomes in posted for outcome in outcomes]


def test_two_hundred_spends_of_a_balance_for_a_hundred_give_a_hundred(alone, conn, book, callers):
    post(conn, an_award(book, ALICE, 100))
    spends = [[an_entry(book, a_move(ALICE, CAFE, 1)) for _ in range(200 // CALLERS)] for _ in range(CALLERS)]

    words = Counter(
        word for words in callers.map(partial(post_each, alone.app_url), spends) for word in words
    )

    assert words == {"posted": 100, "insufficient": 100}
    assert balance(conn, book, ALICE, "GREEN").available == 0


def test_the_same_key_posted_two_hundred_times_posts_once(alone, conn, book, callers):
    once = an_award(book, ALICE, 7)
    copies = [[once] * (200 // CALLERS)] * CALLERS

    words = Counter(
        word for words in callers.map(partial(post_each, alone.app_url), copies) for word in words
    )

    assert words == {"posted": 1, "replayed": 199}
    assert balance(conn, book, ALICE, "GREEN").posted == 7


@pytest.mark.parametrize("kind", ["test", "erasure"])
def test_a_twin_waits_for_the_first_and_is_its_replay(alone, book, callers, kind):
    """An entry that touches an account with a floor waits for its balance, another one for its key."""
    once = an_award(book, ALICE, 7) if kind == "test" else an_entry(book, kind="erasure")
    with closing(psycopg.connect(alone.app_url)) as first:
        assert word_of(post(first, once)) == "posted"
        twins = [callers.submit(post_each, alone.app_url, [once]) for _ in range(3)]
        wait_until_waiting(alone.admin_url, first.info.backend_pid, callers=3)
        first.commit()

    assert [twin.result() for twin in twins] == [["replayed"]] * 3


def test_a_key_is_free_again_when_the_first_gives_up(alone, book, callers):
    once = an_award(book, ALICE, 7)
    with closing(psycopg.connect(alone.app_url)) as first:
        post(first, once)
        twin = callers.submit(post_each, alone.app_url, [once])
        wait_until_waiting(alone.admin_url, first.info.backend_pid)
        first.rollback()

    assert twin.result() == ["posted"]


def test_other_content_that_meets_a_key_on_its_way_is_refused(alone, book, callers):
    with closing(psycopg.connect(alone.app_url)) as first:
        post(first, an_award(book, ALICE, 7, key="the key"))
        others = [an_award(book, BOB, 5), an_award(book, BOB, 7, key="the key"), an_award(book, BOB, 6)]
        alone_waits = callers.submit(post_each, alone.app_url, [others[1]])
        batch_waits = callers.submit(post_batches, alone.app_url, [others])
        wait_until_waiting(alone.admin_url, first.info.backend_pid, callers=2)
        first.commit()

    assert alone_waits.result() == ["key_reused"]
    assert batch_waits.result() == ["posted", "key_reused", "posted"]
    assert_audited(alone, book)


def test_a_batch_that_meets_a_key_on_its_way_is_still_all_or_nothing(alone, conn, book, callers):
    with closing(psycopg.connect(alone.app_url)) as first:
        post(first, an_award(book, ALICE, 7, key="the key"))
        others = [an_award(book, BOB, 5), an_award(book, BOB, 7, key="the key"), an_award(book, BOB, 6)]
        waits = callers.submit(post_batches, alone.app_url, [others], all_or_nothing=True)
        wait_until_waiting(alone.admin_url, first.info.backend_pid)
        first.commit()

    assert waits.result() == ["batch_refused", "key_reused", "batch_refused"]
    assert balance(conn, book, BOB, "GREEN").posted == 0
    assert_audited(alone, book)


def test_opposing_entries_and_batches_meet_no_deadlock(alone, conn, book, callers):
    paths = [f"household/{number}/green" for number in range(12)]
    fresh = [f"household/fresh{number}/green" for number in range(40)]
    post_many(conn, [an_award(book, path, 1_000) for path in paths])
    draw = random.Random(20260501)
    corrected = [an_award(book, path, 1) for path in paths]
    post_many(conn, corrected)

    def an_opposing_entry() -> Entry:
        postings = [postings_between(draw, paths) for _ in range(draw.randint(1, 5))]
        if draw.random() < 0.3:
            postings.append(a_move("green/issued", draw.choice(fresh), 1))
        reverses = draw.choice(corrected).id if draw.random() < 0.2 else None
        key = {"key": f"shared/{draw.randrange(60)}"} if draw.random() < 0.3 else {}
        return an_entry(book, *postings, reverses=reverses, **key)

    singles = [[an_opposing_entry() for _ in range(60)] for _ in range(CALLERS // 2)]
    batches = [[[an_opposing_entry() for _ in range(25)] for _ in range(6)] for _ in range(CALLERS // 2)]
    running = [callers.submit(post_each, alone.app_url, entries) for entries in singles]
    running += [callers.submit(post_batches, alone.app_url, entries) for entries in batches]
    words = Counter(word for caller in running for word in caller.result())

    assert words["posted"] > 200
    assert (
        words["posted"] + sum(words[word] for word in ("key_reused", "already_reversed", "insufficient"))
        == 840
    )
    found = balances(conn, book, [(path, "GREEN") for path in [*paths, *fresh, "green/issued"]])
    assert sum(one.posted for one in found.values()) == 0
    assert_audited(alone, book)


def postings_between(draw: random.Random, paths: list[str]) -> Posting:
    """Move something between two of these accounts."""
    source, target = draw.sample(paths, 2)
    return a_move(source, target, draw.randint(1, 5))


def assert_audited(database: Database, book: str) -> None:
    """Let an auditor replay the book."""
    with psycopg.connect(database.auditor_url) as auditor:
        auditor.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        assert audit(auditor, [book]).ok


def wait_until_waiting(admin_url: str, holder: int, *, callers: int = 1) -> None:
    """Wait until so many others wait for a lock, one of them for a lock of this backend."""
    deadline = time.monotonic() + 20
    with psycopg.connect(admin_url, autocommit=True) as admin:
        while time.monotonic() < deadline:
            waiting = admin.execute(
                """
                select count(*)
                  from pg_stat_activity
                 where datname = (select datname from pg_stat_activity where pid = %(holder)s)
                   and wait_event_type = 'Lock' and cardinality(pg_blocking_pids(pid)) > 0
                having bool_or(%(holder)s = any (pg_blocking_pids(pid)))
                """,
                {"holder": holder},
            ).fetchone()
            if waiting and waiting[0] >= callers:
                return
            time.sleep(0.05)
    pytest.fail("nobody waits")
