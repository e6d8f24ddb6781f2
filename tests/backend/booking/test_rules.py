"""When a collector comes, and how a pickup may move on."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.booking.rules import FARTHEST, NEXT, OPEN, State, chosen, is_served, may_become, promised
from backend.kit.clock import CITY
from backend.network.queries import ServiceHours

EVERY_DAY = ServiceHours("330110", time(8), time(17), 60, True, 24, None, "", "")
WORKDAYS = ServiceHours("330110", time(8), time(17), 60, False, 24, None, "", "")

moments = st.integers(0, 350 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of November 2026 on the city's clocks; the 16th is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=CITY)


@pytest.mark.parametrize(
    ("asked", "start"),
    [
        (at(16, 9, 30), at(16, 9, 30)),
        (at(16, 16, 0), at(16, 16, 0)),
        (at(16, 16, 1), at(17, 8)),
        (at(16, 6, 0), at(16, 8)),
        (at(16, 22, 0), at(17, 8)),
    ],
)
def test_somebody_comes_within_the_hour_or_first_thing_next_morning(asked, start):
    assert promised(EVERY_DAY, asked) == (start, start + timedelta(minutes=60))


def test_a_public_holiday_is_skipped_and_a_make_up_workday_counts():
    assert promised(WORKDAYS, datetime(2026, 10, 1, 9, tzinfo=CITY))[0].date() == date(2026, 10, 8)
    assert is_served(date(2026, 10, 10), WORKDAYS)  # a Saturday, worked for the National Day holidays
    assert not is_served(date(2026, 11, 21), WORKDAYS)


def test_before_the_official_calendar_is_published_weekdays_are_workdays():
    assert is_served(date(2031, 11, 17), WORKDAYS)
    assert not is_served(date(2031, 11, 16), WORKDAYS)


def test_nobody_is_promised_for_new_years_day_before_the_calendar_of_the_new_year_is_published():
    for holiday in (date(2031, 1, 1), date(2031, 5, 1), date(2031, 10, 1)):
        assert not is_served(holiday, WORKDAYS)
        assert is_served(holiday, EVERY_DAY)


@given(moments, st.sampled_from([EVERY_DAY, WORKDAYS]))
def test_a_promise_lies_ahead_within_service_hours(asked, hours):
    start, end = promised(hours, asked)

    assert asked <= start < end == start + timedelta(minutes=hours.promise_minutes)
    assert hours.opens <= start.astimezone(CITY).time()
    assert end.astimezone(CITY).time() <= hours.closes
    assert is_served(start.astimezone(CITY).date(), hours)


@given(moments, st.integers(-2_000, 20_000))
def test_a_chosen_window_is_kept_or_refused_never_moved(asked, minutes):
    start = asked + timedelta(minutes=minutes)
    window = chosen(EVERY_DAY, start, asked)

    if window is not None:
        assert window == (start, start + timedelta(minutes=60))
        assert asked <= start <= asked + FARTHEST


def test_what_is_over_stays_over():
    ends = [state for state in State if not NEXT[state]]

    assert set(ends) == set(State) - set(OPEN) - {State.MISSED}
    assert not any(may_become(state, wanted) for state in ends for wanted in State)


def test_once_the_scale_is_used_nothing_is_cancelled():
    assert not may_become(State.WEIGHED, State.CANCELLED)
    assert all(may_become(state, State.CANCELLED) for state in OPEN if state != State.WEIGHED)
