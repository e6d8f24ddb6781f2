"""The catalogue over HTTP: anybody may ask, and every figure says where it comes from."""

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from backend.kit.db import transaction
from backend.kit.sheets import CONTENT_TYPE
from tests.makers import CARDBOARD, GLASS, NOON, YUHANG, a_material, a_price_list, a_rate

PATH = f"/v1/districts/{YUHANG}/price-list"


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    with transaction(districts=[YUHANG]) as db:
        a_price_list(db)
        a_price_list(db, a_rate("glass", market=3), CARDBOARD, at=NOON + timedelta(hours=1))
        a_material(db, "lamp", accepted=False, name_zh="灯管")
    return app.test_client()


def at(moment: str) -> dict[str, str]:
    return {"at": moment}


def test_a_price_list_shows_every_rate_with_its_basis(visitor: FlaskClient):
    shown = visitor.get(PATH, query_string=at("2026-11-16T12:00:00+08:00")).get_json()

    assert shown["number"] == 1
    assert [rate["material"] for rate in shown["rates"]] == ["cardboard", "glass"]
    assert shown["rates"][1] == {
        "material": "glass",
        "name_zh": "玻璃",
        "name_en": "Glass",
        "accepted": True,
        "market_fen_per_kg": "0",
        "market_basis": {
            "grade": "assumption",
            "source": None,
            "zh": "演示的假设。",
            "en": "Assumption of the demo.",
        },
        "subsidy_fen_per_kg": "10",
        "operator_fen_per_tonne": "20000",
        "ceiling_grams": 20_000,
        "programme": str(GLASS.programme),
        "subsidy_basis": shown["rates"][1]["market_basis"],
        "needs_verified_scale": False,
        "needs_confirmation": False,
        "photos": [],
    }
    assert shown["rates"][0]["subsidy_basis"] is None


def test_without_a_time_it_is_the_one_in_force_now(visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("backend.kit.http.utc_now", lambda: NOON + timedelta(days=1))

    assert visitor.get(PATH).get_json()["number"] == 2


@pytest.mark.parametrize(
    ("district", "code"),
    [
        ("000000", "no_price_list"),
        ("330106", "no_price_list"),
        ("330110,330106", "not_found"),
        ("%27%20or%201=1", "not_found"),
    ],
)
def test_a_district_without_one_is_not_found(visitor: FlaskClient, district: str, code: str):
    answer = visitor.get(f"/v1/districts/{district}/price-list", headers={"Accept-Language": "en"})

    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["code"] == code


def test_before_the_first_one_there_is_none(visitor: FlaskClient):
    assert visitor.get(PATH, query_string=at("2026-11-16T11:59:59+08:00")).status_code == 404


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-16", "2026-11-16T12:00:00"])
def test_a_time_has_an_offset(visitor: FlaskClient, moment: str):
    answer = visitor.get(PATH, query_string=at(moment))

    assert answer.status_code == 422
    assert "at" in answer.get_json()["errors"]


def test_materials_are_found_and_say_why_they_are_refused(visitor: FlaskClient):
    found = visitor.get("/v1/materials", query_string={"q": "灯"}).get_json()

    assert [material["key"] for material in found["items"]] == ["lamp"]
    assert found["items"][0]["refusal_en"] == "It is not taken."
    assert found["items"][0]["basis"]["grade"] == "assumption"
    assert found["next_cursor"] is None


def test_materials_come_in_pages(visitor: FlaskClient):
    first = visitor.get("/v1/materials", query_string={"limit": 2}).get_json()
    second = visitor.get("/v1/materials", query_string={"cursor": first["next_cursor"]}).get_json()

    assert [item["key"] for item in first["items"] + second["items"]] == ["cardboard", "glass", "lamp"]
    assert visitor.get("/v1/materials", query_string={"cursor": "x"}).status_code == 400


def test_the_lists_of_any_past_day_are_told(visitor: FlaskClient):
    def on(day: str) -> list[int]:
        answer = visitor.get(f"{PATH}s", query_string={"on": day})
        return [head["number"] for head in answer.get_json()["items"]]

    assert on("2026-11-15") == []
    assert on("2026-11-16") == [2, 1]
    assert on("2026-11-17") == [2]


def test_what_a_version_changed_is_told_in_words(visitor: FlaskClient):
    changed = visitor.get(f"{PATH}s/2/differences").get_json()["items"]

    assert "玻璃：市场价由0元/公斤上调到0.03元/公斤。" in {each["zh"] for each in changed}
    assert {each["material"] for each in changed} == {"glass"}
    assert all(each["en"].endswith(".") for each in changed)
    assert visitor.get(f"{PATH}s/3/differences").get_json()["code"] == "no_price_list"


def test_materials_and_the_prices_of_any_moment_are_had_as_excel(visitor: FlaskClient):
    def rows(path: str, **asked: str) -> list[dict[str, object]]:
        content = visitor.get(path, query_string=asked, headers={"Accept": CONTENT_TYPE}).get_data()
        headings, *lines = load_workbook(BytesIO(content)).worksheets[0].iter_rows(values_only=True)
        names = [str(heading).partition("\n")[2] for heading in headings]
        return [dict(zip(names, line, strict=True)) for line in lines]

    lamp = rows("/v1/materials")[-1]
    assert (lamp["name, zh"], lamp["taken"], lamp["why not, en"]) == ("灯管", "否 no", "It is not taken.")
    before, after = (
        {
            row["Material"]: row["Market price (fen/kg)"]
            for row in rows(PATH, **at(f"2026-11-16T{hour}:30:00+08:00"))
        }
        for hour in (12, 13)
    )
    assert (before["glass"], after["glass"]) == (0, 3)


def test_how_to_hand_it_over_is_told_in_both_languages(visitor: FlaskClient):
    for material in visitor.get("/v1/materials").get_json()["items"]:
        assert (material["hint_zh"], material["hint_en"]) == ("倒空、冲净。", "Empty and rinse.")
