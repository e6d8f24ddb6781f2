"""What is under a ceiling, and which month and year a moment falls in."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.subsidy.rules import month_of, period_of, under_ceiling

grams = some.integers(0, 10**9)


@given(grams, grams, grams)
def test_never_more_than_the_bag_or_than_what_is_left(net_grams: int, ceiling_grams: int, taken_grams: int):
    granted = under_ceiling(net_grams, ceiling_grams=ceiling_grams, taken_grams=taken_grams)

    assert 0 <= granted <= net_grams
    assert granted in (net_grams, max(ceiling_grams - taken_grams, 0))
    assert granted == 0 or taken_grams + granted <= ceiling_grams


@given(some.lists(grams, max_size=20), grams)
def test_bag_after_bag_reaches_the_ceiling_and_stops(bags: list[int], ceiling_grams: int):
    taken = 0
    for net_grams in bags:
        taken += under_ceiling(net_grams, ceiling_grams=ceiling_grams, taken_grams=taken)

    assert taken == min(sum(bags), ceiling_grams)


@given(grams, grams)
def test_without_a_ceiling_there_is_no_end(net_grams: int, taken_grams: int):
    assert under_ceiling(net_grams, ceiling_grams=None, taken_grams=taken_grams) == net_grams


@pytest.mark.parametrize(
    ("at", "month", "period"),
    [
        (datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC), "2026-10", "2026"),
        (datetime(2026, 10, 31, 16, 0, tzinfo=UTC), "2026-11", "2026"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "2027-01", "2027"),
    ],
)
def test_the_month_and_the_year_begin_at_midnight_in_the_city(at: datetime, month: str, period: str):
    assert (month_of(at), period_of(at)) == (month, period)
