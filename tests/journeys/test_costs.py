"""What the hot routes send to the database; BEGIN, the row-security setting and COMMIT are not counted."""

from tests.journeys.conftest import quoted


def test_round_trips_of_the_hot_routes(city, statements):
    def cost(call):
        before = len(statements)
        call()
        return len(statements) - before

    zhang = city.zhang()
    bag = quoted(city, zhang)
    costs = {
        "show a quote": cost(lambda: zhang.get(bag.path)),
        "confirm": cost(lambda: zhang.post(f"{bag.path}/confirmation", status=201)),
        "book": cost(lambda: zhang.post("/v1/pickups", status=201)),
        "balances": cost(lambda: zhang.get("/v1/accounts")),
        "statement": cost(lambda: zhang.get("/v1/accounts/green/entries")),
    }
    offer = next(one for one in zhang.get("/v1/offers")["items"] if one["price_points"] == 200)
    costs["redeem"] = cost(lambda: zhang.post("/v1/redemptions", {"offer_id": offer["id"]}, status=201))

    assert costs == {
        "show a quote": 3,
        "confirm": 12,
        "book": 16,
        "balances": 2,
        "statement": 2,
        "redeem": 10,
    }
