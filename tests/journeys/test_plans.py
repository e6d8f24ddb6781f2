"""PostgreSQL plans what it sees often once for all parameters; that must not change an answer."""

import psycopg
import pytest
from psycopg import sql

from tests.journeys.conftest import quoted


@pytest.fixture
def database(database):
    """A database that plans every statement that way from the first time on."""
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        this = sql.Identifier(database.name)
        admin.execute(sql.SQL("alter database {} set plan_cache_mode = force_generic_plan").format(this))
    return database


def test_a_bag_goes_its_way_on_plans_that_were_made_once_for_all(city):
    zhang = city.zhang()
    bag = quoted(city, zhang)
    zhang.post(f"{bag.path}/confirmation", status=201)
    offer = next(one for one in zhang.get("/v1/offers")["items"] if one["price_points"] == 200)
    taken = zhang.post("/v1/redemptions", {"offer_id": offer["id"]}, status=201)

    city.till().post("/v1/vouchers/honouring", {"code": taken["voucher"]["code"]})

    assert zhang.get("/v1/accounts")["green"]["available_points"] == 92
    zhang.post("/v1/pickups", status=201)
    assert zhang.post("/v1/pickups", status=409)["code"] == "pickup_already_open"
