"""On which day a budget runs out, or why nobody can say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.subsidy.rules import Draw, Unknown, forecast

TODAY = date(2026, 11, 16)
YEAR_ENDS = date(2026, 12, 31)


def each_day(fen: int, days: int) -> list[Draw]:
    return [Draw(TODAY - timedelta(days=ago), fen) for ago in range(1, days + 1)]


def when(draws: list[Draw], left_fen: int, ends_on: date = YEAR_ENDS):
    return forecast(draws, left_fen=left_fen, today=TODAY, ends_on=ends_on)


@pytest.mark.parametrize(
    ("left_fen", "days_from_today"), [(1, 0), (100, 0), (101, 1), (1_000, 9), (1_001, 10), (4_600, 45)]
)
def test_at_an_even_pace_it_is_the_day_on_which_the_last_fen_goes(left_fen: int, days_from_today: int):
    found = when(each_day(100, 28), left_fen)

    assert found.runs_out_on == TODAY + timedelta(days=days_from_today)
    assert (found.since, found.until) == (TODAY - timedelta(days=28), TODAY - timedelta(days=1))
    assert (found.days, found.drawn_fen) == (28, 2_800)


def test_what_lasts_beyond_the_period_says_so():
    assert when(each_day(100, 28), 4_601).why_unknown == Unknown.OUTLASTS_PERIOD


@pytest.mark.parametrize("days", [0, 1, 6])
def test_less_than_a_week_says_nothing(days: int):
    found = when(each_day(100, days), 1_000)

    assert (found.runs_out_on, found.why_unknown) == (None, Unknown.TOO_LITTLE_DATA)


def test_a_week_is_enough_and_days_without_a_draw_count():
    found = when([Draw(TODAY - timedelta(days=7), 70)], 100)

    assert (found.days, found.runs_out_on) == (7, TODAY + timedelta(days=9))


def test_today_is_not_counted_as_it_is_not_over():
    assert when([*each_day(100, 28), Draw(TODAY, 10**6)], 1_000) == when(each_day(100, 28), 1_000)


def test_an_old_draw_says_nothing_of_now():
    assert when([Draw(TODAY - timedelta(days=29), 500)], 1_000).why_unknown == Unknown.NOTHING_DRAWN


def test_what_is_gone_is_gone_today():
    assert when([], 0).runs_out_on == TODAY


@given(some.lists(some.integers(0, 10**9), min_size=28, max_size=28), some.integers(1, 10**12))
def test_until_that_day_it_suffices_and_with_it_no_more(paid: list[int], left_fen: int):
    draws = [Draw(TODAY - timedelta(days=ago), fen) for ago, fen in enumerate(paid, 1)]
    found = when(draws, left_fen, ends_on=date(9000, 1, 1))

    if found.runs_out_on is None:
        assert sum(paid) == 0 or left_fen * 28 > sum(paid) * 2_000_000
        return
    days = (found.runs_out_on - TODAY).days
    assert days * found.drawn_fen < left_fen * found.days <= (days + 1) * found.drawn_fen
