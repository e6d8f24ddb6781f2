"""The way of one bag: from one tap to a voucher, and every other way it may end."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from backend.accounts import audit
from backend.accounts.postings import lapses_at
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.weighing import service
from tests.journeys.conftest import CARDBOARD, GLASS, quoted, weighed

FOAM = {"material": "foam", "gross_grams": 1_000, "tare_grams": 200}


def budget_of(city):
    [budget] = city.admin.get("/v1/budgets")["items"]
    return budget


def test_a_stranger_gets_from_a_phone_number_to_a_voucher(city, database):
    stranger = city.resident("16100000009")
    assert stranger.get("/v1/me")["needs_set_up"]
    stranger.post("/v1/pickups", status=403)

    community = stranger.get("/v1/districts/330110/communities?limit=1")["items"][0]["code"]
    consent = {"agreed": True, "version": "2026-01"}
    home = {"community": community, "address": "示范路9号9幢909室", "consent": consent}
    stranger.post("/v1/household", home, status=201)

    bag = quoted(city, stranger)
    receipt = stranger.post(f"{bag.path}/confirmation", status=201)

    assert receipt["totals"] == {
        "net_grams": 8_200,
        "market_fen": 240,
        "subsidy_fen": 52,
        "operator_subsidy_fen": 104,
        "green_points": 292,
        "waiting_points": 0,
        "saved_co2e_grams": 1_582 + 262,
    }
    assert stranger.get(f"/v1/pickups/{bag.pickup}")["state"] == "completed"

    entry = stranger.get(f"/v1/entries/{receipt['entry_id']}")
    moved = {
        (one["source"].split("/")[0], one["target"].split("/")[0], one["asset"]): one["amount"]
        for one in entry["postings"]
    }
    assert moved == {
        ("operator", "fund", "FEN"): 240,
        ("green", "household", "GREEN"): 292,
        ("budget", "fund", "FEN"): 52,
        ("budget", "operator", "FEN"): 104,
        ("co2e", "household", "CO2E"): 1_844,
        ("homes", "holder", "MASS/glass"): 5_200,
        ("homes", "holder", "MASS/cardboard"): 3_000,
    }

    [award] = [one for one in entry["postings"] if one["asset"] == "GREEN"]
    assert datetime.fromisoformat(award["expires_at"]) == lapses_at(
        datetime.fromisoformat(receipt["ended_at"]), 24
    )

    offers = stranger.get("/v1/offers")["items"]
    offer = next(one for one in offers if one["price_points"] == 200)
    taken = stranger.post("/v1/redemptions", {"offer_id": offer["id"]}, status=201)
    assert stranger.get("/v1/accounts")["green"] == {
        "points": 292,
        "held_points": 200,
        "available_points": 92,
        "owed_points": 0,
        "next_lapse": {"points": 92, "lapses_at": award["expires_at"]},
    }

    city.till().post("/v1/vouchers/honouring", {"code": taken["voucher"]["code"]})
    city.till().post("/v1/vouchers/honouring", {"code": taken["voucher"]["code"]}, status=409)
    left = stranger.get("/v1/accounts")["green"]
    assert (left["points"], left["held_points"], left["next_lapse"]["points"]) == (92, 0, 92)
    assert [line["points"] for line in stranger.get("/v1/accounts/green/entries")["items"]] == [-200, 292]
    assert audit.run(database.auditor_url, say=lambda _: None)


def test_the_household_sees_prices_before_anything_is_handed_over(city):
    booked = city.zhang().post("/v1/pickups", status=201)

    rates = {rate["material"]: rate for rate in booked["price_list"]["rates"]}
    assert rates["glass"]["subsidy_fen_per_kg"] == "10"
    assert rates["glass"]["subsidy_basis"]["grade"] == "assumption"
    assert booked["collector"]
    assert booked["promise"]["minutes"] == 60


def test_a_second_tap_does_not_send_a_second_collector(city):
    zhang = city.zhang()
    booked = zhang.post("/v1/pickups", status=201, key="first")

    assert zhang.post("/v1/pickups", status=409)["code"] == "pickup_already_open"
    assert zhang.send("/v1/pickups", key="first").get_json() == booked

    zhang.post(f"/v1/pickups/{booked['id']}/cancellation")
    zhang.post("/v1/pickups", status=201)


def test_a_quote_holds_what_it_promises_until_the_goods_go_back(city):
    before = budget_of(city)["available_fen"]
    bag = quoted(city, city.zhang())
    assert budget_of(city)["available_fen"] == before - 156

    bag.resident.post(f"{bag.path}/return", {"reason": "changed my mind"})

    assert budget_of(city)["available_fen"] == before
    assert bag.resident.get("/v1/accounts")["green"]["points"] == 0
    assert bag.resident.get(f"/v1/pickups/{bag.pickup}")["state"] == "returned"
    assert bag.resident.post(f"{bag.path}/confirmation", status=409)["code"] == "weighing_already_ended"


def test_once_the_scale_is_used_nobody_cancels_and_what_is_held_comes_back_with_the_goods(city):
    before = budget_of(city)["available_fen"]
    bag = weighed(city, city.zhang(), GLASS, CARDBOARD)

    refused = bag.resident.post(f"/v1/pickups/{bag.pickup}/cancellation", status=409)
    assert refused["code"] == "pickup_step_not_allowed"
    bag.resident.post(f"{bag.path}/return", {"reason": "changed my mind"})

    assert budget_of(city)["available_fen"] == before
    assert bag.resident.get(f"/v1/pickups/{bag.pickup}")["state"] == "returned"
    bag.resident.post("/v1/pickups", status=201)


def test_no_quote_is_agreed_to_but_the_one_that_was_looked_at(city):
    bag = quoted(city, city.zhang(), GLASS, CARDBOARD)
    seen = bag.resident.get(bag.path)["revision"]
    bag.collector.delete(f"{bag.path}/lines/{bag.lines[1]['id']}")
    bag.collector.post(f"{bag.path}/quote")

    refused = bag.resident.post(f"{bag.path}/confirmation", {"revision": seen}, status=409)
    assert refused["code"] == "weighing_quote_changed"

    now = bag.resident.get(bag.path)
    receipt = bag.resident.post(f"{bag.path}/confirmation", {"revision": now["revision"]}, status=201)
    assert receipt["totals"] == now["totals"]


def test_an_id_that_a_device_made_stands_for_one_weighing_or_line(city):
    line, other = {**GLASS, "id": str(uuid4())}, {**CARDBOARD, "id": str(uuid4())}
    bag = weighed(city, city.zhang(), line, other)
    bag.collector.delete(f"{bag.path}/lines/{line['id']}")
    for known in (line, other):
        refused = bag.collector.post(f"{bag.path}/lines", {"lines": [known]}, status=409)
        assert refused["code"] == "weighing_line_twice"

    booked = city.wang().post("/v1/pickups", status=201)
    collector = city.collector(booked["collector"]["number"])
    for step in ("acceptance", "arrival"):
        collector.post(f"/v1/pickups/{booked['id']}/{step}")
    scale = collector.get("/v1/scales")["items"][0]["id"]
    body = {"pickup_id": booked["id"], "scale_id": scale}
    again = collector.post("/v1/weighings", {**body, "id": bag.weighing}, status=409)
    assert again["code"] == "weighing_twice"
    again = collector.post("/v1/weighings", {**body, "lines": [other]}, status=409)
    assert again["code"] == "weighing_line_twice"
    collector.post("/v1/weighings", body, status=201)


def test_the_weighing_of_a_pickup_is_found_among_many(city):
    zhang = city.zhang()
    first = quoted(city, zhang)
    zhang.post(f"{first.path}/confirmation", status=201)
    second = quoted(city, zhang)

    for bag in (first, second):
        [found] = zhang.get(f"/v1/weighings?pickup_id={bag.pickup}")["items"]
        assert found["id"] == bag.path.split("/")[-1]
    assert city.wang().get(f"/v1/weighings?pickup_id={first.pickup}")["items"] == []


def test_a_line_weighed_by_mistake_is_taken_back_with_its_hold(city):
    before = budget_of(city)["available_fen"]
    bag = weighed(city, city.zhang(), GLASS, CARDBOARD)
    glass = next(line for line in bag.lines if line["material"] == "glass")

    quote = bag.collector.delete(f"{bag.path}/lines/{glass['id']}")

    assert [line["material"] for line in quote["lines"]] == ["cardboard"]
    assert budget_of(city)["available_fen"] == before


def test_the_code_that_was_read_out_agrees_and_a_wrong_one_counts(city):
    bag = quoted(city, city.zhang())
    code = bag.resident.get(bag.path)["confirmation_code"]
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert bag.collector.get(bag.path)["confirmation_code"] is None

    for _ in range(4):
        bag.collector.post(f"{bag.path}/confirmation", {"code": wrong}, status=403)
    receipt = bag.collector.post(f"{bag.path}/confirmation", {"code": code}, status=201)

    assert receipt["ended_by"] == "code"


def test_a_card_agrees_at_the_door_and_a_strange_one_does_not(city):
    zhang, wang = city.zhang(), city.wang()
    own, strange = a_card(zhang), a_card(wang)
    bag = quoted(city, zhang)

    refused = bag.collector.post(f"{bag.path}/confirmation", {"card": strange}, status=403)
    receipt = bag.collector.post(f"{bag.path}/confirmation", {"card": own}, status=201)

    assert refused["code"] == "confirmation_code_wrong"
    assert receipt["ended_by"] == "card"
    assert zhang.get("/v1/accounts")["green"]["points"] == 292


def a_card(resident):
    """Print a card, once a fresh code has proved who asks."""
    assert resident.post("/v1/household/cards", status=403)["code"] == "proof_needed"
    resident.post("/v1/sign-in/proof", {"request_id": "any", "code": "246810"})
    return resident.post("/v1/household/cards", status=201)["code"]


def test_after_five_wrong_codes_even_the_right_one_is_refused_but_the_resident_still_agrees(city):
    bag = quoted(city, city.zhang())
    code = bag.resident.get(bag.path)["confirmation_code"]
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    for _ in range(5):
        bag.collector.post(f"{bag.path}/confirmation", {"code": wrong}, status=403)

    bag.collector.post(f"{bag.path}/confirmation", {"code": code}, status=409)
    bag.resident.post(f"{bag.path}/confirmation", status=201)


def test_more_on_the_scale_withdraws_the_quote_and_its_code(city):
    bag = quoted(city, city.zhang(), GLASS)
    code = bag.resident.get(bag.path)["confirmation_code"]

    bag.collector.post(f"{bag.path}/lines", {"lines": [FOAM]}, status=201)

    assert bag.resident.post(f"{bag.path}/confirmation", status=409)["code"] == "weighing_not_quoted"
    bag.collector.post(f"{bag.path}/quote")
    assert bag.resident.get(bag.path)["confirmation_code"] != code


def test_silence_at_the_deadline_agrees_and_says_so(city):
    bag = quoted(city, city.zhang())
    late = utc_now() + timedelta(hours=25)

    for _ in range(2):
        with transaction(districts=["330110"]) as db:
            service.confirm_by_silence(db, UUID(bag.weighing), district="330110", revision=1, at=late)

    assert bag.resident.get(f"{bag.path}/receipt")["ended_by"] == "silence"
    assert bag.resident.get("/v1/accounts")["green"]["points"] == 292
    told = [notice["template"] for notice in bag.resident.get("/v1/notices")["items"]]
    assert "weighing.confirmed_by_silence" in told


def test_a_quote_that_is_delivered_twice_keeps_its_deadline(city):
    bag = quoted(city, city.zhang())
    deadline = bag.resident.get(bag.path)["answer_by"]

    assert bag.collector.post(f"{bag.path}/quote")["answer_by"] == deadline
    with transaction(districts=["330110"]) as db:
        early = utc_now() + timedelta(hours=23)
        service.confirm_by_silence(db, UUID(bag.weighing), district="330110", revision=1, at=early)
    assert bag.resident.get(bag.path)["state"] == "quoted"


def test_silence_about_an_older_quote_means_nothing(city):
    bag = quoted(city, city.zhang(), GLASS)
    bag.collector.post(f"{bag.path}/lines", {"lines": [CARDBOARD]}, status=201)
    bag.collector.post(f"{bag.path}/quote")

    with transaction(districts=["330110"]) as db:
        late = utc_now() + timedelta(hours=25)
        service.confirm_by_silence(db, UUID(bag.weighing), district="330110", revision=1, at=late)
    assert bag.resident.get(bag.path)["state"] == "quoted"


def test_beyond_the_ceiling_the_subsidy_stops_and_the_line_says_why(city):
    heavy = {"material": "glass", "gross_grams": 60_000, "tare_grams": 0}
    bag = weighed(city, city.zhang(), heavy, heavy)

    first, second = sorted(bag.lines, key=lambda line: -line["subsidised_grams"])
    assert (first["subsidised_grams"], first["cap"]) == (20_000, "ceiling")
    assert (second["subsidised_grams"], second["subsidy_fen"], second["cap"]) == (0, 0, "ceiling")


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ({"material": "battery", "gross_grams": 1_000}, 409, "material_not_accepted"),
        ({"material": "glass", "gross_grams": 390}, 422, "scale_cannot_read"),
        ({"material": "glass", "gross_grams": 1_010}, 422, "scale_cannot_read"),
        ({"material": "glass", "gross_grams": 60_020}, 422, "scale_cannot_read"),
        ({"material": "glass", "gross_grams": 1_000, "tare_grams": 1_000}, 422, "invalid"),
        ({"material": "glass", "gross_grams": 2.9}, 422, "invalid"),
    ],
)
def test_what_no_scale_shows_is_refused_and_holds_nothing(city, line, status, code):
    before = budget_of(city)["available_fen"]
    bag = weighed(city, city.zhang(), CARDBOARD)

    assert bag.collector.post(f"{bag.path}/lines", {"lines": [line]}, status=status)["code"] == code
    assert budget_of(city)["available_fen"] == before


def test_what_is_not_yours_is_not_found(city):
    bag = quoted(city, city.zhang())
    wang = city.wang()
    other = city.collector("C0002" if bag.collector.get("/v1/me")["name"] == "赵六" else "C0001")

    wang.get(bag.path, status=404)
    wang.get(f"/v1/pickups/{bag.pickup}", status=404)
    wang.post(f"{bag.path}/confirmation", status=404)
    other.post(f"{bag.path}/quote", status=404)
    other.post(f"/v1/pickups/{bag.pickup}/acceptance", status=404)
    receipt = bag.resident.post(f"{bag.path}/confirmation", status=201)
    wang.get(f"/v1/entries/{receipt['entry_id']}", status=404)
