"""The number of SQL round trips of the hot routes, BEGIN, the row-security setting and COMMIT not counted."""

import pytest

from tests.journeys.conftest import quoted


@pytest.fixture
def counted(statements):
    """Count what a call sends to the database."""

    def count(call):
        before = len(statements)
        call()
        return len(statements) - before

    return count


def test_round_trips(city, counted):
    zhang = city.zhang()
    costs = {}
    costs["sign in"] = counted(lambda: city.resident("16100000008"))
    bag = quoted(city, zhang)
    costs["show a quote"] = counted(lambda: zhang.get(bag.path))
    costs["confirm"] = counted(lambda: zhang.post(f"{bag.path}/confirmation", status=201))
    costs["book"] = counted(lambda: zhang.post("/v1/pickups", status=201))
    costs["balances"] = counted(lambda: zhang.get("/v1/accounts"))
    costs["statement"] = counted(lambda: zhang.get("/v1/accounts/green/entries"))
    offer = next(one for one in zhang.get("/v1/offers")["items"] if one["price_points"] == 200)
    costs["redeem"] = counted(lambda: zhang.post("/v1/redemptions", {"offer_id": offer["id"]}, status=201))

    print(costs)
    assert costs == {}
