"""When an offer may be had, and when a voucher is good."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.kit.clock import CITY
from backend.kit.errors import Problem
from backend.rewards.errors import (
    AlreadyHonoured,
    LimitReached,
    OfferNotInForce,
    RedemptionEnded,
    SoldOut,
    VoucherCancelled,
    VoucherExpired,
)
from backend.rewards.rules import Standing, State, Terms, check_good, check_held, check_terms, voucher_ends

NOON = datetime(2026, 11, 16, 12, tzinfo=CITY)
DAY = timedelta(days=1)

moments = some.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2060, 1, 1),  # noqa: DTZ001
    timezones=some.just(UTC),
)


def terms(stock: int = 1, limit: int | None = None) -> Terms:
    return Terms(stock=stock, per_household_limit=limit, starts_at=NOON - DAY, ends_at=NOON + DAY)


@pytest.mark.parametrize("at", [NOON - DAY, NOON, NOON + DAY - timedelta.resolution])
def test_an_offer_can_be_had_from_its_beginning_to_its_end(at):
    check_terms(terms(), taken=0, at=at)


@pytest.mark.parametrize("at", [NOON - DAY - timedelta.resolution, NOON + DAY])
def test_an_offer_cannot_be_had_outside_its_dates(at):
    with pytest.raises(OfferNotInForce):
        check_terms(terms(), taken=0, at=at)


def test_the_last_one_can_be_had_and_no_more():
    check_terms(terms(stock=1), taken=0, at=NOON)
    with pytest.raises(SoldOut):
        check_terms(terms(stock=0), taken=0, at=NOON)


@given(some.integers(1, 1000), some.integers(0, 1000))
def test_a_household_has_its_share_and_no_more(limit, taken):
    if taken < limit:
        check_terms(terms(limit=limit), taken=taken, at=NOON)
    else:
        with pytest.raises(LimitReached):
            check_terms(terms(limit=limit), taken=taken, at=NOON)


@given(moments, some.integers(1, 366))
def test_a_voucher_lasts_its_days_and_ends_with_one(at, days):
    ends = voucher_ends(at, days)

    assert ends.astimezone(CITY).time() == time()
    assert days * DAY < ends - at <= (days + 1) * DAY


@given(some.sampled_from(State), moments, moments)
def test_a_till_takes_what_a_household_could_still_cancel_and_nothing_else(state, at, expires_at):
    ended_at = None if state == State.HELD else min(at, expires_at)
    standing = Standing(state, expires_at, ended_at)

    assert (
        refused(check_good, standing, at) == refused(check_held, standing, at) == (not standing.is_good(at))
    )


def refused(check, standing: Standing, at: datetime) -> bool:
    try:
        check(standing, at=at)
    except Problem:
        return True
    return False


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        (State.HONOURED, AlreadyHonoured),
        (State.CANCELLED, VoucherCancelled),
        (State.EXPIRED, VoucherExpired),
    ],
)
def test_a_refusal_says_what_became_of_the_voucher_and_when(state, problem):
    standing = Standing(state, expires_at=NOON + DAY, ended_at=NOON)

    with pytest.raises(problem) as refusal:
        check_good(standing, at=NOON + DAY)
    with pytest.raises(RedemptionEnded):
        check_held(standing, at=NOON)

    assert "11月16日 12:00" in refusal.value.sentence("zh-CN")
    assert "16 November, 12:00" in refusal.value.sentence("en")
    assert "16 November, 12:00" in str(refusal.value)


def test_a_voucher_is_over_at_its_hour_even_before_anybody_looked():
    standing = Standing(State.HELD, expires_at=NOON, ended_at=None)

    check_good(standing, at=NOON - timedelta.resolution)
    with pytest.raises(VoucherExpired):
        check_good(standing, at=NOON)
