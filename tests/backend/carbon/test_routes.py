"""The factors over HTTP: anybody may ask who says so, and where nobody does."""

from flask import Flask

from backend.kit.db import transaction
from tests.makers import NOON, an_approved_factor_set


def test_every_factor_shows_its_source_or_that_none_was_found(app: Flask):
    with transaction() as db:
        approved = an_approved_factor_set(db)
    visitor = app.test_client()

    shown = visitor.get("/v1/carbon/factors", query_string={"at": NOON.isoformat()}).get_json()
    assert (shown["id"], shown["name"], shown["version"]) == (str(approved.id), "lower_bound", 1)
    assert shown["unit"] == "kg CO2e/kg"
    carton, _, glass = shown["factors"]
    assert (glass["kg_per_kg"], glass["credited_kg_per_kg"]) == ("0.3043", "0.3043")
    assert (glass["none_found"], glass["source"], glass["grade"]) == (False, "WARM v15", "A")
    assert (carton["none_found"], carton["kg_per_kg"], carton["credited_kg_per_kg"]) == (True, None, "0")
    assert (carton["source"], carton["note_en"]) == (None, "A note.")


def test_before_the_first_set_there_is_none(app: Flask):
    answer = app.test_client().get("/v1/carbon/factors", query_string={"at": "2020-01-01T00:00:00Z"})

    assert (answer.status_code, answer.get_json()["code"]) == (404, "no_factor_set")
