"""Which month and year a moment falls in, and what is under a household's ceiling."""

from datetime import datetime

from backend.kit.clock import CITY


def month_of(at: datetime) -> str:
    """Return the calendar month of a moment in the city, such as `2026-11`."""
    return f"{at.astimezone(CITY):%Y-%m}"


def period_of(at: datetime) -> str:
    """Return the budget year of a moment in the city, such as `2026`."""
    return f"{at.astimezone(CITY):%Y}"


def next_period(period: str) -> str:
    """Return the budget year that follows."""
    return f"{int(period) + 1:04}"


def under_ceiling(net_grams: int, *, ceiling_grams: int | None, taken_grams: int) -> int:
    """Return how much of a weight is still under a month's ceiling; no ceiling is none to reach."""
    if ceiling_grams is None:
        return net_grams
    return min(net_grams, max(ceiling_grams - taken_grams, 0))
