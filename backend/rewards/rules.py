"""When an offer may be had, how long a voucher lasts, and what a till is told."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from backend.kit.clock import CITY, city_day
from backend.rewards.errors import (
    AlreadyHonoured,
    LimitReached,
    OfferNotInForce,
    RedemptionEnded,
    SoldOut,
    VoucherCancelled,
    VoucherExpired,
)


class State(StrEnum):
    """Where a redemption stands; all but the first are final."""

    HELD = "held"
    HONOURED = "honoured"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


A_DAY = timedelta(days=1)

TAKEN = frozenset({State.HELD, State.HONOURED})
"""What counts against a household's limit."""


@dataclass(frozen=True)
class Terms:
    """What decides whether an offer may be had."""

    stock: int
    per_household_limit: int | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Share:
    """What a household has of an offer, and what it spent in the last day."""

    taken: int
    points: int

    def needs_proof(self, price_points: int, *, free_points: int) -> bool:
        """Tell whether one more would bring a day's spending above what takes no fresh proof."""
        return self.points + price_points > free_points


@dataclass(frozen=True)
class Standing:
    """What decides whether a voucher is good."""

    state: str
    expires_at: datetime
    ended_at: datetime | None

    def is_good(self, at: datetime) -> bool:
        """Tell whether it can still be used or cancelled."""
        return self.state == State.HELD and at < self.expires_at

    @property
    def over_since(self) -> datetime:
        """Tell when it ended, or will."""
        return self.ended_at or self.expires_at


def check_terms(terms: Terms, *, taken: int, at: datetime) -> None:
    """Decide whether a household may have one more.

    :param taken: how many it holds or has used
    :raises OfferNotInForce: outside its dates
    :raises SoldOut: none is left
    :raises LimitReached: the household has had its share
    """
    if not terms.starts_at <= at < terms.ends_at:
        raise OfferNotInForce
    if terms.stock == 0:
        raise SoldOut
    if terms.per_household_limit is not None and taken >= terms.per_household_limit:
        raise LimitReached(limit=terms.per_household_limit)


def voucher_ends(at: datetime, days: int) -> datetime:
    """Return when a voucher that is made now expires: as the city's day ends, so many days on."""
    last_day = city_day(at) + timedelta(days=days)
    return datetime.combine(last_day + timedelta(days=1), time(), CITY).astimezone(UTC)


def check_held(standing: Standing, *, at: datetime) -> None:
    """Decide whether a redemption may still be shown, or given back.

    :raises RedemptionEnded: it was used or cancelled, or its time is over
    """
    if not standing.is_good(at):
        raise RedemptionEnded(when=standing.over_since)


def check_good(standing: Standing, *, at: datetime) -> None:
    """Decide whether a till may take a voucher.

    :raises AlreadyHonoured: it was taken before
    :raises VoucherCancelled: the household gave it back
    :raises VoucherExpired: its time is over
    """
    if standing.is_good(at):
        return
    reasons = {State.HONOURED: AlreadyHonoured, State.CANCELLED: VoucherCancelled}
    raise reasons.get(State(standing.state), VoucherExpired)(when=standing.over_since)
