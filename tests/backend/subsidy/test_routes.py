"""Budgets over HTTP: for the staff of a district, and of that district only."""

from flask import Flask
from werkzeug.test import TestResponse

from backend.identity import service as identity
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from tests.makers import FIXED_CODE, PROGRAMME, XIHU, YUHANG, a_community, a_programme, a_token_of_staff


def budgets(app: Flask, token: str) -> TestResponse:
    return app.test_client().get("/v1/budgets", headers={"Authorization": f"Bearer {token}"})


def staff_token(district: str) -> str:
    with transaction(districts=[district]) as db:
        a_community(db, district)
        return a_token_of_staff(db, username=f"staff-{district}", district=district, at=utc_now())


def test_staff_see_what_their_district_has(app: Flask):
    with transaction(districts=[YUHANG]) as db:
        a_programme(db, fen=1_000)

    (shown,) = budgets(app, staff_token(YUHANG)).get_json()["items"]
    assert shown["programme"]["id"] == str(PROGRAMME)
    assert (shown["period"], shown["available_fen"], shown["held_fen"]) == ("2026", 1_000, 0)
    assert shown["basis_en"] == "Assumption of the demo."


def test_staff_of_another_district_see_nothing_of_it(app: Flask):
    with transaction(districts=[YUHANG]) as db:
        a_programme(db, fen=1_000)

    assert budgets(app, staff_token(XIHU)).get_json() == {"items": []}


def test_residents_and_strangers_do_not(app: Flask):
    with transaction() as db:
        newcomer = identity.sign_in_resident(db, phone="+8616100000001", code=FIXED_CODE, at=utc_now())

    assert budgets(app, newcomer.access_token).status_code == 403
    assert budgets(app, "nonsense").status_code == 401
