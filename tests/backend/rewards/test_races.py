"""Many at once, from several processes, with real commits and connections enough to wait on one another."""

from functools import partial
from random import choice
from uuid import UUID

import psycopg
import pytest

from backend.accounts import queries as accounts
from backend.accounts.postings import green
from backend.kit.auth import Actor
from backend.kit.db import transaction
from backend.kit.errors import Problem
from backend.rewards import service
from tests.crowd import Crowd, wait_until_all_wait
from tests.makers import NOON, YUHANG, a_member_of_staff, a_merchant, a_resident, an_offer, some_points


def attempt_to_redeem(by: Actor, offer: UUID) -> str:
    """Try once, in a transaction of its own."""
    try:
        with transaction(districts=[YUHANG]) as db:
            service.redeem(db, by=by, offer_id=offer, at=NOON)
    except Problem as refusal:
        return refusal.code
    return "yes"


def attempt_any(by: Actor, offers: list[UUID]) -> str:
    """Try one of them, so that hardly two wait for the same."""
    return attempt_to_redeem(by, choice(offers))


def attempt_to_honour(by: Actor, code: str) -> str:
    """Scan once, in a transaction of its own."""
    try:
        with transaction(districts=[YUHANG]) as db:
            service.honour(db, code, by=by, at=NOON)
    except Problem as refusal:
        return refusal.code
    return "yes"


@pytest.fixture
def many_connections(database, monkeypatch):
    """A database of the test's own, and as many connections to it as a crowd needs."""
    monkeypatch.setenv("LV_DATABASE_POOL", "50")
    return database.admin_url


def test_two_hundred_redemptions_of_a_hundred_points_give_a_hundred(many_connections):
    with transaction(districts=[YUHANG]) as db:
        alice = a_resident(db)
        some_points(db, alice.home(), 100)
        offer = an_offer(db, price_points=1, stock=1_000)

    # While this row is held, whoever redeems queues up behind it.
    with psycopg.connect(many_connections) as gate:
        gate.execute("select from offer where id = %s for update", (offer,))
        crowd = Crowd(partial(attempt_to_redeem, alice, offer), times=200)
        waiting = wait_until_all_wait(many_connections, 200)

    assert waiting == 200
    assert crowd.outcomes() == {"yes": 100, "not_enough_points": 100}
    with transaction(districts=[YUHANG]) as db:
        green = accounts.household_balances(db, YUHANG, alice.home()).green
        assert (green.posted, green.held, green.available) == (100, 100, 0)


def test_what_a_household_spends_without_a_proof_is_not_overrun_by_taking_many_offers_at_once(
    many_connections,
):
    with transaction(districts=[YUHANG]) as db:
        alice, shop = a_resident(db), a_merchant(db)
        some_points(db, alice.home(), 40_000)
        offers = [an_offer(db, merchant=shop, price_points=600) for _ in range(40)]

    # While her balance is held, whoever has counted what she spent waits with that count in mind.
    with psycopg.connect(many_connections) as gate:
        gate.execute(
            "select from ledger.balance b join ledger.account a on a.book = b.book and a.id = b.account"
            " where a.path = %s for update of b",
            (green(alice.home()),),
        )
        crowd = Crowd(partial(attempt_any, alice, offers), times=40)
        waiting = wait_until_all_wait(many_connections, 40)

    assert waiting == 40
    assert crowd.outcomes() == {"yes": 3, "proof_needed": 37}


@pytest.mark.parametrize(
    ("terms", "told"), [({"stock": 7}, "sold_out"), ({"per_household_limit": 7}, "limit_reached")]
)
def test_neither_stock_nor_limit_is_overrun(many_connections, terms, told):
    with transaction(districts=[YUHANG]) as db:
        alice = a_resident(db)
        some_points(db, alice.home(), 100)
        offer = an_offer(db, **{"price_points": 1, "stock": 1_000, **terms})

    crowd = Crowd(partial(attempt_to_redeem, alice, offer), times=40)

    assert crowd.outcomes() == {"yes": 7, told: 33}


def test_many_tills_scan_one_voucher_and_one_takes_it(many_connections):
    with transaction(districts=[YUHANG]) as db:
        alice, shop = a_resident(db), a_merchant(db)
        some_points(db, alice.home(), 200)
        till = a_member_of_staff(db, role="till", username="Sun.Ba", organisation=shop)
        taken = service.redeem(db, by=alice, offer_id=an_offer(db, merchant=shop), at=NOON)
        code = taken.code

    told = Crowd(partial(attempt_to_honour, till, code), times=32).outcomes()

    assert told == {"yes": 1, "voucher_already_honoured": 31}
    with transaction(districts=[YUHANG]) as db:
        backing = accounts.backing(db, YUHANG)
        assert (backing.household_points, backing.merchant_points) == (0, 200)
        assert backing.is_exact
