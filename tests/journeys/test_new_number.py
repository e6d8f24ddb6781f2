"""A number that the network gave to somebody new: its owner is vouched for at the door."""

from pathlib import Path

from click.testing import CliRunner

from backend import cli
from seeds import load
from tests.journeys.conftest import CODE, City, answered


def test_the_collector_at_the_door_vouches(city: City, tmp_path: Path):
    zhang, phone = city.zhang(), load.cast("zhang_san")["phone"]
    booked = zhang.post("/v1/pickups", status=201)
    collector = city.collector(booked["collector"]["number"])
    (numbers := tmp_path / "numbers.txt").write_text(f"{phone}\n\n16100009999\nnonsense\n")

    said = CliRunner().invoke(cli.cli, ["reissued", str(numbers)]).output
    assert said == "1 are known and noted; 1 are no mobile numbers of mainland China.\n"

    client = city.app.test_client()
    sent = {"phone": phone, "request_id": "any", "code": CODE}
    refused = answered(client.post("/v1/sign-in/resident", json=sent), 409)
    assert refused["code"] == "number_in_doubt"

    visit = f"/v1/pickups/{booked['id']}"
    assert collector.post(f"{visit}/vouch", status=409)["code"] == "not_at_the_door"
    for step in ("acceptance", "arrival"):
        collector.post(f"{visit}/{step}")
    told = collector.post(f"{visit}/vouch", status=201)["code"]

    signed_in = client.post("/v1/sign-in/resident", json={**sent, "vouch": told})
    assert answered(signed_in, 201)["role"] == "resident"
    (look, *_) = zhang.get("/v1/me/accesses")["items"]
    assert (look["what"], look["role"], look["pickup"]) == ("sign_in", "collector", booked["id"])
