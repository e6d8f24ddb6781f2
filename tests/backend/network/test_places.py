"""A community comes onto the map by hand: in its district, by who saw what was there, and on the trail."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.positions import Position
from backend.network.bounds import BOXES, lies_in
from backend.web.build import outlines
from tests.makers import XIHU, YUHANG, a_community, a_token_of_staff

HERE = {"latitude_microdegrees": 30_300_000, "longitude_microdegrees": 119_950_000, "datum": "wgs84"}


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    """An administrator of Yuhang, beside whose community Xihu has one too."""
    with transaction(districts=[YUHANG, XIHU]) as db:
        a_community(db, YUHANG)
        a_community(db, XIHU)
        token = a_token_of_staff(db, role="district_admin", username="placer", at=utc_now())
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def put(client: FlaskClient, position: Any, *, tag: str = "*", code: str = f"{YUHANG}001001") -> TestResponse:
    headers = {"If-Match": tag, "Accept-Language": "en"}
    return client.put(f"/v1/communities/{code}", json={"position": position}, headers=headers)


def listed(client: FlaskClient, **query: str) -> list[Any]:
    found: list[Any] = client.get("/v1/communities", query_string=query).get_json()["items"]
    return found


def test_a_community_is_put_on_the_map_and_taken_off_again(admin: FlaskClient):
    before = admin.get(f"/v1/communities/{YUHANG}001001")
    assert before.get_json()["position"] is None

    placed = put(admin, HERE, tag=before.headers["ETag"])

    assert placed.get_json()["position"] == HERE
    assert [each["position"] for each in listed(admin, placed="true")] == [HERE]
    assert listed(admin, placed="false") == []
    removed = put(admin, None, tag=placed.headers["ETag"])
    assert removed.get_json() == before.get_json()
    assert removed.headers["ETag"] == before.headers["ETag"]
    assert [each["code"] for each in listed(admin, placed="false")] == [f"{YUHANG}001001"]
    lines = admin.get("/v1/trail").get_json()["items"][:2]
    assert {line["kind"] for line in lines} == {"community.placed", "community.unplaced"}
    assert {line["subject"] for line in lines} == {f"community/{YUHANG}001001"}


def test_nobody_writes_over_what_they_have_not_seen(admin: FlaskClient):
    stale = admin.get(f"/v1/communities/{YUHANG}001001").headers["ETag"]
    put(admin, HERE)

    answer = put(admin, {**HERE, "latitude_microdegrees": 30_310_000}, tag=stale)

    assert answer.get_json()["code"] == "changed_meanwhile"
    assert [each["position"] for each in listed(admin)] == [HERE]


@pytest.mark.parametrize(
    ("position", "code"),
    [
        ({**HERE, "latitude_microdegrees": 119_950_000}, "invalid"),
        ({**HERE, "datum": "gcj02"}, "invalid"),
        ({"latitude_microdegrees": 30_300_000, "longitude_microdegrees": 119_950_000}, "invalid"),
        ({**HERE, "longitude_microdegrees": 121_470_000}, "position_outside_district"),
    ],
)
def test_what_cannot_be_a_place_of_the_district_is_refused(
    admin: FlaskClient, position: dict[str, Any], code: str
):
    answer = put(admin, position)

    assert (answer.status_code, answer.get_json()["code"]) == (422, code)
    assert listed(admin, placed="true") == []


@pytest.mark.parametrize("code", [f"{XIHU}001001", "330110999999"])
def test_what_another_district_has_is_not_there(admin: FlaskClient, code: str):
    assert put(admin, HERE, code=code).get_json()["code"] == "community_not_found"


def test_the_boxes_are_those_of_the_outlines_that_the_maps_show():
    read = {each["properties"]["code"]: each["geometry"]["coordinates"] for each in outlines()}

    assert read.keys() == BOXES.keys()
    for code, coordinates in read.items():
        flat = _flat(coordinates)
        longitudes, latitudes = flat[::2], flat[1::2]
        box = BOXES[code]
        assert [box.south, box.north] == [round(end * 1e6) for end in (min(latitudes), max(latitudes))]
        assert [box.west, box.east] == [round(end * 1e6) for end in (min(longitudes), max(longitudes))]


def _flat(coordinates: Any) -> list[float]:
    """List the figures of points of any depth: longitude, latitude, longitude, and so on."""
    figures: list[float] = json.loads(f"[{json.dumps(coordinates).replace('[', '').replace(']', '')}]")
    return figures


def test_a_district_that_nobody_has_drawn_takes_any_position():
    assert lies_in("990000", Position(0, 0))
    assert not lies_in(YUHANG, Position(0, 0))
