"""Anybody can recompute a receipt: from the weights and the published versions, without our code."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from seeds.stories import yuhang_week
from tests.journeys.conftest import Caller

SCRIPT = Path(__file__).with_name("recomputed.py")
AMOUNTS = ("market_fen", "subsidy_fen", "operator_subsidy_fen", "saved_co2e_grams")


def test_the_receipts_of_the_first_story_follow_from_what_is_published(city):
    assert "backend" not in SCRIPT.read_text()
    yuhang_week.play(say=lambda _: None)
    points = []

    for resident in (city.zhang(), city.wang()):
        for receipt in receipts(resident):
            published = published_for(resident, receipt)
            assert published["price_list"]["version"] == receipt["versions"]["price_list"]
            lines = recomputed(published)
            assert lines == [[line[name] for name in AMOUNTS] for line in receipt["lines"]]
            totals = [sum(amounts) for amounts in zip(*lines, strict=True)]
            assert totals == [receipt["totals"][name] for name in AMOUNTS]
            assert totals[0] + totals[1] == receipt["totals"]["green_points"]
            points.append(receipt["totals"]["green_points"])

    assert points == [292, 156]


def receipts(resident: Caller) -> list[Any]:
    """Fetch the receipts of a household, the newest first."""
    weighed = resident.get("/v1/weighings")["items"]
    agreed = [each["id"] for each in weighed if each["state"] == "confirmed"]
    return [resident.get(f"/v1/weighings/{this}/receipt") for this in agreed]


def published_for(resident: Caller, receipt: Any) -> dict[str, Any]:
    """Put a receipt's weights beside the versions that were in force."""
    when = quote(receipt["ended_at"])
    told = ("material", "gross_grams", "tare_grams")
    return {
        "lines": [{name: line[name] for name in told} for line in receipt["lines"]],
        "price_list": resident.get(f"/v1/districts/330110/price-list?at={when}"),
        "factors": resident.get(f"/v1/carbon/factors?at={when}"),
    }


def recomputed(published: dict[str, Any]) -> list[list[int]]:
    """Let the script reckon each line, in a Python that knows nothing of us."""
    out = subprocess.run(
        [sys.executable, "-I", SCRIPT],
        input=json.dumps(published),
        capture_output=True,
        text=True,
        check=True,
    )
    return [[int(amount) for amount in line.split()] for line in out.stdout.splitlines()]
