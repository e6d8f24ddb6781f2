"""The clock of the platform. Only routes, jobs and commands read it; everybody else is told the time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CITY = ZoneInfo("Asia/Shanghai")
"""Days, months and service hours are the city's."""


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def city_day(at: datetime) -> date:
    """Return the day that it is in the city."""
    return at.astimezone(CITY).date()


def in_the_city(at: datetime, language: str) -> str:
    """Say when something is, as a clock in the city shows it."""
    local = at.astimezone(CITY)
    if language == "en":
        return f"{local.day} {local:%B}, {local:%H:%M}"
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def month_in_words(month: str, language: str) -> str:
    """Say a month that the wire writes as 2026-11."""
    first = date.fromisoformat(f"{month}-01")
    return f"{first:%B %Y}" if language == "en" else f"{first.year}年{first.month}月"
