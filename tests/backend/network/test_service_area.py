"""A district's promise is edited by who has seen it."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.network import queries
from tests.makers import XIHU, YUHANG, a_community, a_service_area, a_token_of_staff

LATER = {
    "opens": "09:00",
    "closes": "18:30",
    "promise_minutes": 90,
    "serves_holidays": True,
    "answer_hours": 48,
    "points_months": None,
    "basis_zh": "区规定",
    "basis_en": "The district's rules",
}


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    """An administrator of Yuhang, where there is service."""
    return _staff(app, "district_admin")


def _staff(app: Flask, role: Any) -> FlaskClient:
    with transaction(districts=[YUHANG, XIHU]) as db:
        for district in (YUHANG, XIHU):
            a_community(db, district)
            a_service_area(db, district)
        token = a_token_of_staff(db, role=role, username=role, at=utc_now())
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return client


def put(client: FlaskClient, tag: str | None, **changes: Any) -> TestResponse:
    headers = {} if tag is None else {"If-Match": tag}
    return client.put("/v1/service-area", json=LATER | changes, headers=headers)


def told(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def test_who_has_seen_it_may_change_it_and_is_shown_the_new_state(admin: FlaskClient):
    before = admin.get("/v1/service-area")
    after = put(admin, before.headers["ETag"])

    assert (after.status_code, after.get_json()) == (200, LATER)
    again = admin.get("/v1/service-area")
    assert again.get_json() == LATER
    assert again.headers["ETag"] == after.headers["ETag"] != before.headers["ETag"]


def test_nobody_else_s_district_is_changed(admin: FlaskClient):
    put(admin, admin.get("/v1/service-area").headers["ETag"])

    with transaction(districts=[XIHU]) as db:
        other = queries.service_area(db, XIHU)
    assert other is not None
    assert other.answer_hours == 24


def test_who_has_not_said_what_he_saw_is_asked(admin: FlaskClient):
    assert told(put(admin, None)) == (428, "if_match_missing")


@pytest.mark.parametrize("tag", ['"stale"', "", "W/", '"', "x" * 500, 'W/"9f86d081884c7d65"'])
def test_who_saw_another_state_reads_it_again(admin: FlaskClient, tag: str):
    assert told(put(admin, tag)) == (412, "changed_meanwhile")


def test_the_second_of_two_who_saw_the_same_is_stopped(admin: FlaskClient):
    tag = admin.get("/v1/service-area").headers["ETag"]

    assert put(admin, tag).status_code == 200
    assert told(put(admin, tag, promise_minutes=30)) == (412, "changed_meanwhile")
    assert admin.get("/v1/service-area").get_json()["promise_minutes"] == 90


def test_a_weak_tag_is_no_proof(admin: FlaskClient):
    tag = admin.get("/v1/service-area").headers["ETag"]

    assert told(put(admin, f"W/{tag}")) == (412, "changed_meanwhile")
    assert put(admin, f'"other", {tag}').status_code == 200


def test_service_closes_after_it_opens(admin: FlaskClient):
    tag = admin.get("/v1/service-area").headers["ETag"]

    assert told(put(admin, tag, closes="09:00")) == (422, "closes_before_opening")


def test_what_is_promised_fits_into_the_service_of_a_day(admin: FlaskClient):
    tag = admin.get("/v1/service-area").headers["ETag"]
    hours = {"opens": "09:00", "closes": "10:30"}

    assert told(put(admin, tag, **hours, promise_minutes=91)) == (422, "promise_too_long")
    assert put(admin, tag, **hours, promise_minutes=90).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": "25:00"},
        {"opens": "8"},
        {"opens": "08:00:30"},
        {"promise_minutes": 0},
        {"promise_minutes": 90.5},
        {"answer_hours": 169},
        {"points_months": 0},
        {"points_months": 121},
        {"serves_holidays": "yes"},
        {"serves_holidays": 1.5},
        {"basis_zh": ""},
        {"district": XIHU},
    ],
)
def test_what_does_not_fit_is_refused_before_anything_else(admin: FlaskClient, wrong: dict[str, Any]):
    assert told(put(admin, '"stale"', **wrong)) == (422, "invalid")


def test_other_staff_see_it_and_leave_it(app: Flask):
    auditor = _staff(app, "auditor")
    seen = auditor.get("/v1/service-area")

    assert seen.status_code == 200
    assert told(put(auditor, seen.headers["ETag"])) == (403, "scope_missing")
