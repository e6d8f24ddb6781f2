"""A fresh one-time code before a household spends much within a day (ASVS 5.0, 7.5.3; OWASP API6)."""

from datetime import timedelta

import pytest

from backend.accounts import queries as accounts
from backend.accounts.postings import GREEN, green
from backend.identity import service as identity
from backend.identity.errors import ProofNeeded
from backend.rewards import service
from backend.settings import settings
from tests.makers import FIXED_CODE, NOON, YUHANG, a_merchant, a_newcomer, a_resident, an_offer, some_points

HOUR = timedelta(hours=1)


@pytest.fixture
def shop(db):
    """A merchant."""
    return a_merchant(db)


@pytest.fixture
def offer(db, shop):
    """A voucher for 200 points."""
    return an_offer(db, merchant=shop)


@pytest.fixture
def rich(db):
    """A resident with 5,000 points."""
    actor = a_resident(db)
    some_points(db, actor.home(), 5_000)
    return actor


def prove(db, who, *, at=NOON) -> None:
    identity.prove(db, by=who, request_id="any", code=FIXED_CODE, at=at)


def test_much_at_once_takes_a_fresh_proof(db, rich, shop):
    costly = an_offer(db, merchant=shop, price_points=2_001, stock=3)

    with pytest.raises(ProofNeeded):
        service.redeem(db, by=rich, offer_id=costly, at=NOON)
    assert accounts.balance(db, YUHANG, green(rich.home()), GREEN).held == 0

    prove(db, rich)
    with pytest.raises(ProofNeeded):
        service.redeem(db, by=rich, offer_id=costly, at=NOON + timedelta(minutes=10))
    service.redeem(db, by=rich, offer_id=costly, at=NOON + timedelta(minutes=9))


def test_what_is_below_the_bound_takes_none(db, rich, shop):
    just = an_offer(db, merchant=shop, price_points=2_000)

    service.redeem(db, by=rich, offer_id=just, at=NOON)


def test_much_in_small_pieces_takes_a_proof_too(db, rich, shop, offer):
    other = an_offer(db, merchant=shop, price_points=1_900)
    first = service.redeem(db, by=rich, offer_id=other, at=NOON)

    with pytest.raises(ProofNeeded):
        service.redeem(db, by=rich, offer_id=offer, at=NOON + HOUR)

    service.cancel(db, first.redemption.id, by=rich, at=NOON + HOUR)
    service.redeem(db, by=rich, offer_id=offer, at=NOON + HOUR)


def test_a_day_later_it_begins_anew(db, rich, shop, offer):
    service.redeem(db, by=rich, offer_id=an_offer(db, merchant=shop, price_points=1_900), at=NOON)

    service.redeem(db, by=rich, offer_id=offer, at=NOON + 24 * HOUR)


def test_the_proof_is_the_sessions_own(db, rich, shop):
    costly = an_offer(db, merchant=shop, price_points=2_001)
    prove(db, rich)
    elsewhere = a_newcomer(db)

    with pytest.raises(ProofNeeded):
        service.redeem(db, by=elsewhere, offer_id=costly, at=NOON)


def test_an_installation_may_ask_earlier(db, rich, offer, monkeypatch):
    monkeypatch.setenv("LV_PROOF_POINTS", "199")
    settings.cache_clear()

    with pytest.raises(ProofNeeded):
        service.redeem(db, by=rich, offer_id=offer, at=NOON)
