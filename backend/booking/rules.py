"""When a collector comes, and how a pickup may move on. No database, no clock."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

import chinese_calendar

from backend.kit.clock import CITY, city_day
from backend.network.queries import ServiceHours

MISSED_AFTER = timedelta(hours=2)
"""How long after its window a pickup that nobody served counts as missed."""
TOLD_LATE = timedelta(days=7)
"""How long after its window a phone that had no signal may tell of a visit that counts as missed."""
FARTHEST = timedelta(days=7)
"""How far ahead a window may be chosen."""


class State(StrEnum):
    """Where a pickup stands."""

    REQUESTED = "requested"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    ARRIVED = "arrived"
    WEIGHED = "weighed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    MISSED = "missed"


ANNOUNCED = frozenset({State.ASSIGNED, State.CANCELLED, State.MISSED})
"""What the operator's systems are told; the rest its collector does himself."""

OPEN = (State.REQUESTED, State.ASSIGNED, State.ACCEPTED, State.ARRIVED, State.WEIGHED)

AT_THE_DOOR = frozenset({State.ARRIVED, State.WEIGHED})

NEXT: Mapping[State, frozenset[State]] = {
    State.REQUESTED: frozenset({State.ASSIGNED, State.CANCELLED, State.MISSED}),
    State.ASSIGNED: frozenset({State.ACCEPTED, State.CANCELLED, State.MISSED}),
    State.ACCEPTED: frozenset({State.ARRIVED, State.CANCELLED, State.MISSED}),
    State.ARRIVED: frozenset({State.WEIGHED, State.CANCELLED}),
    State.WEIGHED: frozenset({State.COMPLETED, State.RETURNED}),
    State.COMPLETED: frozenset(),
    State.CANCELLED: frozenset(),
    State.RETURNED: frozenset(),
    State.MISSED: frozenset({State.ARRIVED}),
}
"""What may follow a state. Once the scale is used, nothing can be cancelled; the goods can go back. What
counts as missed goes on where a phone that had no signal tells late that its collector was there."""


def may_become(state: State, wanted: State) -> bool:
    """Tell whether a pickup may go from one state to another."""
    return wanted in NEXT[state]


_EVERY_YEAR = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Public holidays by month and day, which no year's calendar moves.

Source: Regulation on Public Holidays for National Annual Festivals and Memorial Days, as amended by State
Council Order No. 795 of 2024.
"""


def is_served(day: date, hours: ServiceHours) -> bool:
    """Tell whether collectors work on a day; public holidays and make-up workdays count.

    Where the official calendar is not published yet, Monday to Friday are workdays but for the holidays
    that have the same day every year.
    """
    if hours.serves_holidays:
        return True
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5 and (day.month, day.day) not in _EVERY_YEAR


def promised(hours: ServiceHours, at: datetime) -> tuple[datetime, datetime]:
    """Return the next window: at once within service hours, else first thing on the next service day.

    :returns: beginning and end; the collector arrives between them
    """
    span = timedelta(minutes=hours.promise_minutes)
    opens, closes = _service(hours, city_day(at))
    if is_served(opens.date(), hours) and at + span <= closes:
        start = max(at, opens)
        return start, start + span
    day = opens.date() + timedelta(days=1)
    while not is_served(day, hours):
        day += timedelta(days=1)
    start, _ = _service(hours, day)
    return start, start + span


def chosen(hours: ServiceHours, start: datetime, at: datetime) -> tuple[datetime, datetime] | None:
    """Return the window that begins at a chosen time, or nothing if nobody comes then."""
    end = start + timedelta(minutes=hours.promise_minutes)
    opens, closes = _service(hours, city_day(start))
    fits = opens <= start and end <= closes and at <= start <= at + FARTHEST
    return (start, end) if fits and is_served(opens.date(), hours) else None


def _service(hours: ServiceHours, day: date) -> tuple[datetime, datetime]:
    return datetime.combine(day, hours.opens, CITY), datetime.combine(day, hours.closes, CITY)
