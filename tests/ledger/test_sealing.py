"""Each entry gets one final position, after all that it follows, whoever commits when or is killed."""

from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import scalar_row

from ledger import (
    Entry,
    NotYetSealed,
    Posted,
    UnknownBook,
    audit,
    log,
    position,
    post,
    post_many,
    seal,
    size_at,
)
from tests.crowd import Crowd, wait_until_all_wait
from tests.ledger.conftest import a_book
from tests.ledger.makers import ALICE, BOB, CAFE, a_hold, a_move, an_award, an_entry


def sealed(conn: psycopg.Connection[Any], book: str) -> list[UUID]:
    """List the entries of the log."""
    cursor = conn.cursor(row_factory=scalar_row)
    return cursor.execute(
        "select entry from ledger.leaf where book = %s order by position", (book,)
    ).fetchall()


def assert_audited(url: str, book: str) -> None:
    with psycopg.connect(url) as auditor:
        auditor.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        report = audit(auditor, [book])
        assert report.ok, report.findings


def test_entries_are_sealed_in_their_order_a_few_at_a_time(alone, conn, book):
    entries = [an_award(book, ALICE, 1) for _ in range(5)]
    post_many(conn, entries[:4])
    post(conn, entries[4])

    assert position(conn, book, entries[0].id) is None
    assert [seal(conn, book, at_most=3) for _ in range(3)] == [3, 2, 0]
    assert sealed(conn, book) == [entry.id for entry in entries]
    assert [position(conn, book, entry.id) for entry in entries] == [0, 1, 2, 3, 4]
    assert log(conn, book).size == 5
    assert_audited(alone.auditor_url, book)


def test_sealing_is_one_statement(conn, book, statements):
    post(conn, an_award(book, ALICE, 1))
    statements.clear()

    assert seal(conn, book) == 1
    assert len(statements) == 1


@pytest.mark.parametrize("ask", [seal, log])
def test_there_is_no_log_of_a_book_that_nobody_opened(conn, ask):
    with pytest.raises(UnknownBook):
        ask(conn, "nobody")


def test_what_commits_late_is_sealed_late_and_not_missed(alone, conn, book):
    post_many(conn, opening := [an_award(book, path, 1) for path in (ALICE, BOB)])
    first, second = an_award(book, ALICE, 1), an_award(book, BOB, 1)
    seal(conn, book)
    with closing(psycopg.connect(alone.app_url)) as slow:
        post(slow, first)
        post(conn, second)
        assert seal(conn, book) == 1
        slow.commit()
    assert seal(conn, book) == 1

    assert sealed(conn, book) == [entry.id for entry in (*opening, second, first)]


def test_what_is_refused_or_rolled_back_takes_no_position(alone, conn, book):
    with closing(psycopg.connect(alone.app_url)) as hesitant:
        post(hesitant, an_award(book, ALICE, 1))
        hesitant.rollback()
    post(conn, an_entry(book, a_move(ALICE, BOB, 1)))
    award = an_award(book, ALICE, 1)
    post_many(conn, [award, an_entry(book, a_move(BOB, CAFE, 1)), award])

    assert seal(conn, book) == 1
    assert sealed(conn, book) == [award.id]


def test_a_second_sequencer_waits_and_goes_on_where_the_first_ended(alone, conn, book):
    post_many(conn, [an_award(book, ALICE, 1) for _ in range(4)])
    with closing(psycopg.connect(alone.app_url)) as first:
        seal(first, book, at_most=1)
        crowd = Crowd(partial(seal_once, alone.app_url, book), times=4)
        assert wait_until_all_wait(alone.admin_url, 4) == 4
        first.commit()

    assert crowd.outcomes() == {"3": 1, "0": 3}
    assert_audited(alone.auditor_url, book)


def test_what_a_killed_sequencer_had_begun_is_begun_anew(alone, conn, book):
    entries = [an_award(book, ALICE, 1) for _ in range(4)]
    post_many(conn, entries)
    with closing(psycopg.connect(alone.app_url)) as killed:
        seal(killed, book, at_most=3)
        with psycopg.connect(alone.admin_url, autocommit=True) as admin:
            admin.execute("select pg_terminate_backend(%s, 10000)", (killed.info.backend_pid,))
        with pytest.raises(psycopg.OperationalError):
            killed.commit()

    assert seal(conn, book) == 4
    assert sealed(conn, book) == [entry.id for entry in entries]


def seal_once(url: str, book: str) -> str:
    with closing(psycopg.connect(url, autocommit=True)) as conn:
        return str(seal(conn, book))


def spend_and_seal(url: str, book: str) -> str:
    """Move points to and fro, and seal a few entries in between."""
    with closing(psycopg.connect(url, autocommit=True)) as conn:
        count = 0
        for number in range(10):
            first, second = (ALICE, BOB) if number % 2 else (BOB, ALICE)
            batch = [
                an_entry(book, a_move(first, second, 1)),
                an_award(book, f"household/{uuid4()}/green", 1),
            ]
            post_many(conn, batch)
            post(conn, a_hold(book, second, 1, hold=uuid4()))
            count += seal(conn, book, at_most=7)
        return str(count)


def test_a_crowd_that_posts_and_seals_gives_each_entry_one_position_in_order(alone, conn, book):
    post_many(conn, [an_award(book, path, 1_000) for path in (ALICE, BOB)])

    counts = Crowd(partial(spend_and_seal, alone.app_url, book), times=8).outcomes()
    during = sum(int(count) * times for count, times in counts.items())
    rest = sum(iter(lambda: seal(conn, book, at_most=50), 0))

    assert during + rest == 2 + 8 * 10 * 3
    assert log(conn, book).size == len(set(sealed(conn, book))) == during + rest
    assert_audited(alone.auditor_url, book)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("post"), st.integers(0, 2), st.integers(0, 4)),
        st.tuples(st.just("end"), st.integers(0, 2), st.booleans()),
        st.tuples(st.just("seal"), st.integers(1, 3), st.none()),
    ),
    max_size=40,
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=steps)
def test_however_transactions_commit_nothing_comes_before_what_it_follows(alone, steps):
    """Three callers, none of whom waits: a household is one caller's until the transaction ends."""
    with (
        closing(psycopg.connect(alone.app_url, autocommit=True)) as conn,
        closing(psycopg.connect(alone.app_url)) as one,
        closing(psycopg.connect(alone.app_url)) as two,
        closing(psycopg.connect(alone.app_url)) as three,
    ):
        callers = (one, two, three)
        book = a_book(conn)
        kept: dict[int, int] = {}
        pending: list[list[Entry]] = [[], [], []]
        committed: list[Entry] = []
        for path in range(5):
            post(conn, an_award(book, f"household/{path}/green", 1))
        while seal(conn, book):
            pass
        for step, number, detail in steps:
            if step == "seal":
                seal(conn, book, at_most=number)
            elif step == "end":
                callers[number].commit() if detail else callers[number].rollback()
                committed += pending[number] if detail else []
                pending[number] = []
                kept = {path: holder for path, holder in kept.items() if holder != number}
            elif kept.setdefault(detail, number) == number:
                award = an_award(book, f"household/{detail}/green", 1)
                assert isinstance(post(callers[number], award), Posted)
                pending[number].append(award)
        for caller in callers:
            caller.rollback()
        while seal(conn, book, at_most=2):
            pass
        order = sealed(conn, book)[5:]

    assert Counter(order) == Counter(entry.id for entry in committed)
    for path in range(5):
        of_path = [entry.id for entry in committed if entry.postings[0].target == f"household/{path}/green"]
        assert [entry for entry in order if entry in of_path] == of_path
    assert_audited(alone.auditor_url, book)


def test_a_time_means_what_was_sealed_before_it_for_ever(conn, book):
    post(conn, an_award(book, ALICE, 1))
    opened = datetime.now(UTC)
    with pytest.raises(NotYetSealed):
        size_at(conn, book, opened)
    moments = []
    for _ in range(3):
        seal(conn, book)
        moments.append(log(conn, book).sealed_until)
        post_many(conn, [an_award(book, ALICE, 1)] * 2)

    assert [size_at(conn, book, moment) for moment in moments] == [0, 1, 2]
    assert size_at(conn, book, moments[0] + timedelta(microseconds=1)) == 1
    with pytest.raises(NotYetSealed):
        size_at(conn, book, moments[2] + timedelta(microseconds=1))


def test_time_in_the_log_goes_on_where_the_clock_steps_back(alone, conn, book):
    with psycopg.connect(alone.admin_url, autocommit=True) as admin:
        admin.execute("update ledger.log set sealed_until = '2100-01-01' where book = %s", (book,))
    post(conn, an_award(book, ALICE, 1))
    seal(conn, book)

    assert log(conn, book).sealed_until == datetime(2100, 1, 1, microsecond=1, tzinfo=UTC)
    assert size_at(conn, book, datetime(2100, 1, 1, microsecond=1, tzinfo=UTC)) == 0
