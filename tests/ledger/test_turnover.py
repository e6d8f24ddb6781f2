"""Reports by business time, as a plain list of entries says them."""

from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import NotYetSealed, Turnover, log, post, post_many, seal, turnover
from tests.ledger.conftest import a_book
from tests.ledger.makers import ALICE, BOB, CAFE, ISSUED, NOON, a_move, an_award, an_entry
from tests.ledger.test_past import in_order

DAY = timedelta(days=1)
PATHS = (ISSUED, ALICE, BOB)


def told(path, entries, since, until):
    """Add up by hand."""
    changes = [
        (entry.at, p.amount * ((p.target == path) - (p.source == path)))
        for entry in entries
        for p in entry.postings
        if path in (p.source, p.target)
    ]
    return Turnover(
        path=path,
        asset="GREEN",
        opening=sum(change for at, change in changes if at < since),
        incoming=sum(change for at, change in changes if since <= at < until and change > 0),
        outgoing=-sum(change for at, change in changes if since <= at < until and change < 0),
    )


def reported(conn, book, **asked):
    """Ask for all accounts of points."""
    patterns = ("*/*", "household/*/green")
    return [one for pattern in patterns for one in turnover(conn, book, pattern, "GREEN", **asked)]


days = st.integers(0, 5)
ways = st.sampled_from([(ISSUED, ALICE), (ISSUED, BOB), (ALICE, BOB), (BOB, ALICE), (ALICE, ISSUED)])
steps = st.lists(st.tuples(st.lists(st.tuples(ways, days), max_size=12), st.integers(0, 15)), max_size=5)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=steps, data=st.data())
def test_a_report_adds_up_what_counts_by_its_own_time_and_never_changes(alone, steps, data):
    with closing(psycopg.connect(alone.app_url, autocommit=True)) as conn:
        book = a_book(conn)
        entries = [an_award(book, path, 100, at=NOON) for path in (ALICE, BOB)]
        post_many(conn, entries)
        seal(conn, book)
        asked = []
        for some, sealed in steps:
            batch = [
                an_entry(book, a_move(source, target, 1), at=NOON + day * DAY)
                for (source, target), day in some
            ]
            entries += batch
            post_many(conn, batch)
            seal(conn, book, at_most=sealed)
            first, last = sorted(data.draw(st.tuples(days, days)))
            period = {"since": NOON + first * DAY, "until": NOON + last * DAY}
            size = data.draw(st.integers(2, log(conn, book).size))
            asked.append((period, size, reported(conn, book, size=size, **period)))
        while seal(conn, book):
            pass
        order = in_order(conn, book, entries)
        for period, size, answer in asked:
            expected = [told(path, order[:size], *period.values()) for path in PATHS]
            assert answer == expected
            assert reported(conn, book, size=size, **period) == expected


def test_accounts_are_chosen_by_pattern(conn, book):
    post_many(
        conn,
        [
            an_award(book, ALICE, 5),
            an_entry(book, a_move(ALICE, CAFE, 2)),
            an_entry(book, a_move("bank", "fund", 9, "FEN")),
            an_entry(book, a_move("homes", "holder/x", 7, "MASS/glass")),
        ],
    )
    seal(conn, book)
    period: dict[str, Any] = {"since": NOON, "until": NOON + DAY, "size": 4}

    (cafe,) = turnover(conn, book, "merchant/*/green", "GREEN", **period)
    (glass,) = turnover(conn, book, "holder/*", "MASS/*", **period)

    assert (cafe.path, cafe.incoming, cafe.closing) == (CAFE, 2, 2)
    assert (glass.asset, glass.opening, glass.closing) == ("MASS/glass", 0, 7)
    assert turnover(conn, book, "holder/*", "GREEN", **period) == []


def test_a_back_dated_entry_counts_on_its_day_in_a_later_report(conn, book):
    period: dict[str, Any] = {"since": NOON, "until": NOON + DAY}
    post(conn, an_award(book, ALICE, 5, at=NOON + 2 * DAY))
    seal(conn, book)
    (before,) = turnover(conn, book, ALICE, "GREEN", size=1, **period)
    post(conn, an_award(book, ALICE, 7, at=NOON))
    seal(conn, book)

    assert before.closing == 0
    assert turnover(conn, book, ALICE, "GREEN", size=1, **period) == [before]
    assert turnover(conn, book, ALICE, "GREEN", size=2, **period)[0].closing == 7


def test_a_report_is_of_a_past_and_of_a_period(conn, book):
    with pytest.raises(NotYetSealed):
        turnover(conn, book, ALICE, "GREEN", since=NOON, until=NOON, size=1)
    with pytest.raises(ValueError, match="ends after it begins"):
        turnover(conn, book, ALICE, "GREEN", since=NOON + DAY, until=NOON, size=0)
