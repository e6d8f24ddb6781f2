"""Taking an offer, giving it back, letting it run out, and the till."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts import queries as accounts
from backend.accounts.postings import GREEN, green, merchant_green
from backend.kit.auth import NoHousehold
from backend.kit.clock import CITY
from backend.kit.db import see
from backend.kit.errors import Problem
from backend.kit.ids import new_id
from backend.kit.jobs import OutboxEvent
from backend.notices import queries as notices
from backend.rewards import jobs, queries, service
from backend.rewards.errors import (
    AlreadyHonoured,
    LimitReached,
    NotEnoughPoints,
    OfferNotFound,
    OfferNotInForce,
    RedemptionEnded,
    RedemptionNotFound,
    SoldOut,
    VoucherCancelled,
    VoucherExpired,
    VoucherForged,
    VoucherNotFound,
    VoucherOfAnother,
)
from backend.rewards.models import Offer
from backend.rewards.rules import State
from backend.rewards.voucher import code_of
from tests.makers import (
    BOB,
    CHARLIE,
    NOON,
    XIHU,
    YUHANG,
    a_community,
    a_member_of_staff,
    a_merchant,
    a_newcomer,
    a_resident,
    an_offer,
    some_points,
)

HOUR = timedelta(hours=1)
LATER = NOON + timedelta(days=60)


@pytest.fixture
def alice(db):
    """A resident with 292 points."""
    actor = a_resident(db)
    some_points(db, actor.home(), 292)
    return actor


@pytest.fixture
def shop(db):
    """A merchant."""
    return a_merchant(db)


@pytest.fixture
def offer(db, shop):
    """A voucher for 200 points, ten of them."""
    return an_offer(db, merchant=shop)


@pytest.fixture
def till(db, shop):
    """The shop's till."""
    a_community(db)
    return a_member_of_staff(db, role="till", username="Sun.Ba", organisation=shop)


@pytest.fixture
def taken(db, alice, offer):
    """Alice's redemption of the voucher."""
    return service.redeem(db, by=alice, offer_id=offer, at=NOON)


def points(db: Session, path: str) -> tuple[int, int]:
    """What an account has and how much of it is held."""
    found = accounts.balance(db, YUHANG, path, GREEN)
    return found.posted, found.held


def stock(db: Session, offer: UUID) -> int | None:
    """How many of an offer are left."""
    return db.scalar(select(Offer.stock).where(Offer.district == YUHANG, Offer.id == offer))


@contextmanager
def refused(db: Session, problem: type[Problem]) -> Iterator[pytest.ExceptionInfo[Problem]]:
    """Expect a refusal, and take back what was begun, as a request does."""
    with pytest.raises(problem) as caught, db.begin_nested():
        yield caught


def test_redeeming_holds_points_and_stock(db, alice, offer, taken):
    assert (taken.redemption.state, taken.redemption.points) == (State.HELD, 200)
    assert points(db, green(alice.home())) == (292, 200)
    assert stock(db, offer) == 9


def test_the_voucher_carries_its_district_and_redemption(taken):
    assert taken.voucher.code == code_of(YUHANG, taken.redemption.id)
    assert taken.voucher.expires_at == taken.redemption.expires_at


def test_a_voucher_that_runs_out_is_thought_of_beforehand(db, taken):
    event = db.scalars(select(OutboxEvent).where(OutboxEvent.topic == "rewards.expire")).one()

    assert (event.district, event.due_at) == (YUHANG, taken.redemption.expires_at)
    assert event.payload == {"redemption": str(taken.redemption.id)}


def test_what_is_held_cannot_be_spent_again(db, alice, offer, taken):
    with refused(db, NotEnoughPoints) as refusal:
        service.redeem(db, by=alice, offer_id=offer, at=NOON)

    assert refusal.value.facts == {"price": 200, "available": 92}
    assert "92" in refusal.value.sentence("en")
    assert stock(db, offer) == 9


def test_a_household_that_never_had_a_point_has_none_available(db, offer, alice):
    bob = a_resident(db, phone=BOB, name="鲍勃")

    with refused(db, NotEnoughPoints) as refusal:
        service.redeem(db, by=bob, offer_id=offer, at=NOON)

    assert refusal.value.facts["available"] == 0


def test_a_newcomer_redeems_nothing(db, offer):
    with refused(db, NoHousehold):
        service.redeem(db, by=a_newcomer(db, phone=CHARLIE), offer_id=offer, at=NOON)


def test_the_offer_of_another_district_is_not_found(db, alice, shop):
    see(db, XIHU)
    elsewhere = an_offer(db, merchant=shop, district=XIHU)
    see(db, YUHANG)

    with refused(db, OfferNotFound):
        service.redeem(db, by=alice, offer_id=elsewhere, at=NOON)


@pytest.mark.parametrize(
    ("changes", "at", "problem"),
    [
        ({"stock": 0}, NOON, SoldOut),
        ({}, NOON - 2 * timedelta(days=1), OfferNotInForce),
        ({}, LATER, OfferNotInForce),
    ],
)
def test_an_offer_is_had_only_on_its_terms(db, alice, changes, at, problem):
    offer = an_offer(db, **changes)

    with refused(db, problem):
        service.redeem(db, by=alice, offer_id=offer, at=at)


def test_what_was_given_back_does_not_count_against_the_limit(db, alice):
    offer = an_offer(db, price_points=1, per_household_limit=1)
    first = service.redeem(db, by=alice, offer_id=offer, at=NOON)
    with refused(db, LimitReached):
        service.redeem(db, by=alice, offer_id=offer, at=NOON)

    service.cancel(db, first.redemption.id, by=alice, at=NOON)

    assert service.redeem(db, by=alice, offer_id=offer, at=NOON).redemption.state == State.HELD


def test_cancelling_gives_both_back(db, alice, offer, taken):
    cancelled = service.cancel(db, taken.redemption.id, by=alice, at=NOON + HOUR)

    assert (cancelled.redemption.state, cancelled.redemption.ended_at) == (State.CANCELLED, NOON + HOUR)
    assert cancelled.voucher is None
    assert points(db, green(alice.home())) == (292, 0)
    assert stock(db, offer) == 10


def test_what_was_cancelled_is_over(db, alice, till, taken):
    service.cancel(db, taken.redemption.id, by=alice, at=NOON)

    with refused(db, RedemptionEnded):
        service.cancel(db, taken.redemption.id, by=alice, at=NOON)
    with refused(db, RedemptionEnded):
        service.picture(db, taken.redemption.id, by=alice, at=NOON)
    with refused(db, VoucherCancelled):
        service.honour(db, taken.code, by=till, at=NOON)


def test_a_redemption_is_its_households_alone(db, taken):
    bob = a_resident(db, phone=BOB, name="鲍勃")

    with refused(db, RedemptionNotFound):
        service.cancel(db, taken.redemption.id, by=bob, at=NOON)
    with refused(db, RedemptionNotFound):
        service.picture(db, taken.redemption.id, by=bob, at=NOON)
    assert queries.redemption(db, YUHANG, taken.redemption.id, household=bob.home()) is None
    assert not queries.redemptions(db, YUHANG, household=bob.home(), cursor=None, limit=20).items


def test_a_till_takes_a_voucher_and_its_points(db, alice, shop, till, taken):
    honoured = service.honour(db, taken.code, by=till, at=NOON + HOUR)

    assert (honoured.redemption.state, honoured.redemption.ended_by) == (State.HONOURED, till.id)
    assert points(db, green(alice.home())) == (92, 0)
    assert points(db, merchant_green(shop)) == (200, 0)
    assert accounts.backing(db, YUHANG).is_exact


def test_takings_are_of_one_merchant_and_of_a_day_of_the_city(db, alice, shop, till):
    dear, cheap, elsewhere = (
        an_offer(db, merchant=of, price_points=price) for of, price in ((shop, 60), (shop, 50), (None, 40))
    )
    midnight = NOON.astimezone(CITY).replace(hour=0) + timedelta(days=1)
    for offer, at in ((dear, NOON), (cheap, midnight - HOUR), (cheap, midnight)):
        service.honour(db, service.redeem(db, by=alice, offer_id=offer, at=NOON).code, by=till, at=at)
    others = service.redeem(db, by=alice, offer_id=elsewhere, at=NOON)
    with refused(db, VoucherOfAnother):
        service.honour(db, others.code, by=till, at=NOON)

    first = queries.takings(db, YUHANG, merchant=shop, on=NOON.date(), cursor=None, limit=1)
    second = queries.takings(db, YUHANG, merchant=shop, on=NOON.date(), cursor=first.next_cursor, limit=1)

    assert [page.vouchers for page in (first, second)] == [2, 2]
    assert [page.points for page in (first, second)] == [110, 110]
    assert [one.redemption.points for one in (*first.items, *second.items)] == [50, 60]
    assert second.next_cursor is None
    assert queries.takings(db, YUHANG, merchant=shop, on=midnight.date(), cursor=None, limit=1).points == 50


def test_a_voucher_is_taken_once(db, alice, till, taken):
    service.honour(db, taken.code, by=till, at=NOON + HOUR)

    with refused(db, AlreadyHonoured) as refusal:
        service.honour(db, taken.code, by=till, at=NOON + 2 * HOUR)
    with refused(db, RedemptionEnded):
        service.cancel(db, taken.redemption.id, by=alice, at=NOON + 2 * HOUR)

    assert "11月16日 13:00" in refusal.value.sentence("zh-CN")


def test_another_merchants_till_takes_nothing(db, taken):
    other = a_member_of_staff(db, role="till", username="Li.Si", organisation=a_merchant(db))

    with refused(db, VoucherOfAnother):
        service.honour(db, taken.code, by=other, at=NOON)


def test_a_voucher_of_another_district_or_of_nobody_is_not_found(db, till, taken):
    with refused(db, VoucherNotFound):
        service.honour(db, code_of(XIHU, taken.redemption.id), by=till, at=NOON)
    with refused(db, VoucherNotFound):
        service.honour(db, code_of(YUHANG, new_id(NOON)), by=till, at=NOON)


def test_a_forged_code_is_called_one(db, till, taken):
    with refused(db, VoucherForged):
        service.honour(db, taken.code.replace(YUHANG, XIHU), by=till, at=NOON)


def test_a_voucher_runs_out_at_its_hour(db, alice, till, offer, taken):
    ends = taken.redemption.expires_at

    with refused(db, VoucherExpired):
        service.honour(db, taken.code, by=till, at=ends)
    jobs.expire(db, district=YUHANG, at=ends, redemption=str(taken.redemption.id))
    jobs.expire(db, district=YUHANG, at=ends, redemption=str(taken.redemption.id))

    assert taken.redemption.state == State.EXPIRED
    assert points(db, green(alice.home())) == (292, 0)
    assert stock(db, offer) == 10
    with refused(db, VoucherExpired):
        service.honour(db, taken.code, by=till, at=ends + HOUR)


def test_a_household_is_told_once_what_became_of_its_voucher(db, alice, shop, till, taken):
    bob = a_resident(db, alice.home(), phone=BOB)
    offer = an_offer(db, merchant=shop, price_points=10)
    back, late = (service.redeem(db, by=alice, offer_id=offer, at=NOON).redemption.id for _ in range(2))

    service.honour(db, taken.code, by=till, at=NOON)
    service.cancel(db, back, by=alice, at=NOON)
    for _ in range(2):
        jobs.expire(db, district=YUHANG, at=LATER, redemption=str(late))

    for member in (alice, bob):
        told = notices.inbox(db, YUHANG, person=member.id, language="en", cursor=None, limit=9).items
        assert [(one.template, one.params["redemption"]) for one in told] == [
            ("redemption.expired", str(late)),
            ("redemption.honoured", str(taken.redemption.id)),
        ]


def test_a_voucher_that_was_used_does_not_run_out(db, alice, till, offer, taken):
    service.honour(db, taken.code, by=till, at=NOON)

    jobs.expire(db, district=YUHANG, at=LATER, redemption=str(taken.redemption.id))

    assert taken.redemption.state == State.HONOURED
    assert stock(db, offer) == 9


def test_offers_are_listed_from_cheap_to_dear_with_what_one_can_pay(db, alice, shop):
    dear, cheap, middle = (an_offer(db, merchant=shop, price_points=price) for price in (300, 1, 292))
    an_offer(db, merchant=shop, price_points=2, starts_at=NOON + HOUR)
    an_offer(db, merchant=shop, price_points=3, ends_at=NOON)
    asked = {"household": alice.home(), "at": NOON, "limit": 2}

    first = queries.offers(db, YUHANG, cursor=None, **asked)
    second = queries.offers(db, YUHANG, cursor=first.next_cursor, **asked)

    shown = [*first.items, *second.items]
    assert [(one.offer.id, one.affordable) for one in shown] == [(cheap, True), (middle, True), (dear, False)]


def test_a_till_is_not_told_what_it_could_pay(db, offer):
    (shown,) = queries.offers(db, YUHANG, household=None, at=NOON, cursor=None, limit=20).items

    assert shown.affordable is None


def test_redemptions_are_listed_from_new_to_old(db, alice):
    offer = an_offer(db, price_points=1)
    taken = [service.redeem(db, by=alice, offer_id=offer, at=NOON + hours * HOUR) for hours in range(3)]

    first = queries.redemptions(db, YUHANG, household=alice.home(), cursor=None, limit=2)
    second = queries.redemptions(db, YUHANG, household=alice.home(), cursor=first.next_cursor, limit=2)

    listed = [one.redemption.id for one in (*first.items, *second.items)]
    assert listed == [one.redemption.id for one in taken[::-1]]


def test_round_trips_of_redeeming_and_of_the_till(db, alice, offer, till, statements):
    statements.clear()
    code = service.redeem(db, by=alice, offer_id=offer, at=NOON).code
    redeeming = len(statements)
    db.expunge_all()
    statements.clear()
    service.honour(db, code, by=till, at=NOON)

    # The offer locked; what the household had and spent; its stock and the redemption written; the hold
    # posted; the deadline written.
    assert redeeming == 6
    # The redemption locked; its end and the line on the trail written; the household told; the entry posted.
    assert len(statements) == 6
