"""Outlets: kept by a district's administrators, found by its residents, on the map or not."""

from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.identity import service as identity
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from tests.makers import (
    ALICE,
    FIXED_CODE,
    XIHU,
    YUHANG,
    a_community,
    a_merchant,
    a_resident,
    a_token_of_staff,
)

HERE = {"latitude_microdegrees": 30_300_000, "longitude_microdegrees": 119_950_000, "datum": "wgs84"}
SAID = {
    "merchant": None,
    "name_zh": "示范网点",
    "name_en": "A place",
    "address": "示范路 1 号",
    "hours": "每天 8:00–18:00",
    "position": HERE,
}


class Cast(NamedTuple):
    """Who keeps outlets, who goes there, who lives elsewhere, and a merchant."""

    admin: FlaskClient
    resident: FlaskClient
    abroad: FlaskClient
    merchant: str


@pytest.fixture
def cast(app: Flask) -> Cast:
    at = utc_now()
    with transaction(districts=[YUHANG, XIHU]) as db:
        a_community(db, XIHU)
        a_resident(db, phone=ALICE, at=at)
        resident = identity.sign_in_resident(db, phone=ALICE, code=FIXED_CODE, at=at).access_token
        admin = a_token_of_staff(db, username="keeper", at=at)
        abroad = a_token_of_staff(db, username="abroad", district=XIHU, at=at)
        merchant = str(a_merchant(db))
    return Cast(_signed_in(app, admin), _signed_in(app, resident), _signed_in(app, abroad), merchant)


def _signed_in(app: Flask, token: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def send(client: FlaskClient, path: str, body: Any, *, method: str = "POST", tag: str = "*") -> TestResponse:
    headers = {"Idempotency-Key": str(uuid4()), "If-Match": tag, "Accept-Language": "en"}
    return client.open(f"/v1/outlets{path}", method=method, json=body, headers=headers)


def an_outlet(cast: Cast, **said: Any) -> str:
    answer = send(cast.admin, "", SAID | said)
    assert answer.status_code == 201, answer.text
    return f"/{answer.get_json()['id']}"


def seen(client: FlaskClient, **query: str) -> list[Any]:
    found: list[Any] = client.get("/v1/outlets", query_string=query).get_json()["items"]
    return found


def test_what_an_administrator_registers_the_districts_residents_find(cast: Cast):
    an_outlet(cast)
    an_outlet(cast, merchant=cast.merchant, name_zh="示范店", position=None)

    assert [(each["kind"], each["name_zh"], each["position"]) for each in seen(cast.resident)] == [
        ("shop", "示范店", None),
        ("recycling", "示范网点", HERE),
    ]
    assert [each["name_zh"] for each in seen(cast.resident, kind="recycling")] == ["示范网点"]
    assert seen(cast.abroad) == []
    assert send(cast.resident, "", SAID).get_json()["code"] == "scope_missing"


def test_an_outlet_is_moved_by_who_has_seen_where_it_was(cast: Cast):
    outlet = an_outlet(cast, position=None)
    tag = cast.admin.get(f"/v1/outlets{outlet}").headers["ETag"]

    moved = send(cast.admin, outlet, SAID, method="PUT", tag=tag)

    assert moved.get_json()["position"] == HERE
    late = send(cast.admin, outlet, SAID | {"hours": ""}, method="PUT", tag=tag)
    assert late.get_json()["code"] == "changed_meanwhile"
    line = cast.admin.get("/v1/trail").get_json()["items"][0]
    assert (line["kind"], line["subject"]) == ("outlet.changed", f"outlet{outlet}")
    assert line["after"]["latitude_microdegrees"] == HERE["latitude_microdegrees"]


def test_what_is_closed_leads_nobody_there_until_it_is_opened_again(cast: Cast):
    outlet, why = an_outlet(cast), {"reason": "搬迁。"}

    assert send(cast.admin, f"{outlet}/closure", why).get_json()["closed_reason"] == "搬迁。"
    assert seen(cast.resident) == []
    assert [each["name_zh"] for each in seen(cast.admin, closed="true")] == ["示范网点"]
    for path, method, body, code in (
        ("/closure", "POST", why, "outlet_closed"),
        ("", "PUT", SAID, "outlet_closed"),
    ):
        assert send(cast.admin, f"{outlet}{path}", body, method=method).get_json()["code"] == code
    assert send(cast.admin, f"{outlet}/reopening", why).get_json()["closed_at"] is None
    assert send(cast.admin, f"{outlet}/reopening", why).get_json()["code"] == "outlet_not_closed"
    assert [each["position"] for each in seen(cast.resident)] == [HERE]


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"merchant": str(uuid4())}, 404, "merchant_not_found"),
        ({"position": {**HERE, "latitude_microdegrees": 31_230_000}}, 422, "position_outside_district"),
        ({"name_zh": ""}, 422, "invalid"),
    ],
)
def test_what_cannot_be_is_refused(cast: Cast, wrong: dict[str, Any], status: int, code: str):
    answer = send(cast.admin, "", SAID | wrong)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert seen(cast.admin) == []


def test_merchants_are_listed_whether_or_not_they_have_an_offer(cast: Cast):
    with transaction() as db:
        other = str(a_merchant(db))

    first = cast.admin.get("/v1/merchants", query_string={"limit": "1"}).get_json()
    second = cast.admin.get("/v1/merchants", query_string={"cursor": first["next_cursor"]}).get_json()

    assert {each["id"] for page in (first, second) for each in page["items"]} == {cast.merchant, other}
    named = cast.admin.get("/v1/merchants", query_string={"name": "corner"}).get_json()["items"]
    assert len(named) == 2
    assert cast.admin.get("/v1/merchants", query_string={"name": "%"}).get_json()["items"] == []
