"""On which day a budget runs out, if it goes on as it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

WINDOW_DAYS = 28
"""Four whole weeks, so that each day of the week counts as often as the others."""
FEWEST_DAYS = 7


class Unknown(StrEnum):
    """Why there is no day."""

    TOO_LITTLE_DATA = "too_little_data"
    """The first subsidy was paid less than a week ago, or none was."""
    NOTHING_DRAWN = "nothing_drawn"
    """Nothing was paid in the window, so nothing can be said of what will be."""
    OUTLASTS_PERIOD = "outlasts_period"
    """At this pace something is left when the period ends."""
    NOT_OPEN = "not_open"
    """Nothing new is promised from it."""


@dataclass(frozen=True)
class Draw:
    """What a day's confirmations drew, less what corrections of that day brought back."""

    on: date
    fen: int


@dataclass(frozen=True)
class Forecast:
    """A day, or why there is none, and what it was reckoned from."""

    runs_out_on: date | None
    why_unknown: Unknown | None
    since: date | None
    """The first day that was counted."""
    until: date | None
    """The last: yesterday, as today is not over."""
    days: int
    drawn_fen: int
    """In those days together."""

    @property
    def method_zh(self) -> str:
        """Say in Chinese how it was reckoned, and what it does not know."""
        return (
            "以最近28个整天（不足28天时自首次发放起，至少7天）的日均支出，推算尚未支付也未承诺的余额用完的日期；"
            "未考虑季节、价格调整以及居民行为的变化。"
        )

    @property
    def method_en(self) -> str:
        """Say in English how it was reckoned, and what it does not know."""
        return (
            "What is neither paid nor promised, at the average pace of the last 28 whole days (from the first"
            " payment on if that is later, seven days at least). It knows nothing of seasons, of new rates,"
            " or of people who behave otherwise."
        )


def forecast(draws: Sequence[Draw], *, left_fen: int, today: date, ends_on: date) -> Forecast:
    """Reckon the day on which what is left would be gone at the average pace of the last four weeks.

    The average is over whole days, those without a draw included, and begins with the first draw.
    It knows nothing of seasons, of new rates, or of people who behave otherwise because of them.

    :param draws: by day, in any order
    :param left_fen: what is left and not promised
    :param ends_on: the last day of the period
    """
    until = today - timedelta(days=1)
    known = [draw for draw in draws if draw.on <= until]
    first = min((draw.on for draw in known), default=None)
    if left_fen <= 0:
        return Forecast(today, None, first, until if first else None, 0, 0)
    if first is None or (until - first).days + 1 < FEWEST_DAYS:
        return Forecast(None, Unknown.TOO_LITTLE_DATA, None, None, 0, 0)
    since = max(first, until - timedelta(days=WINDOW_DAYS - 1))
    days = (until - since).days + 1
    drawn = sum(draw.fen for draw in known if draw.on >= since)
    if drawn <= 0:
        return Forecast(None, Unknown.NOTHING_DRAWN, since, until, days, drawn)
    # The day in whose course the last fen goes: today is the first one, and a fraction of a day is one.
    ahead = -(-left_fen * days // drawn) - 1
    if ahead > (ends_on - today).days:
        return Forecast(None, Unknown.OUTLASTS_PERIOD, since, until, days, drawn)
    return Forecast(today + timedelta(days=ahead), None, since, until, days, drawn)
