"""Anybody can recompute a receipt: from the weights and the published versions, without our code."""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from tests.journeys.conftest import quoted

SCRIPT = Path(__file__).with_name("recomputed.py")


def test_the_receipt_of_the_first_story_follows_from_what_is_published(city):
    assert "backend" not in SCRIPT.read_text()
    bag = quoted(city, city.zhang())
    receipt = bag.resident.post(f"{bag.path}/confirmation", status=201)
    when = quote(receipt["ended_at"])
    published = {
        "lines": [
            {name: line[name] for name in ("material", "gross_grams", "tare_grams")}
            for line in receipt["lines"]
        ],
        "price_list": bag.resident.get(f"/v1/districts/330110/price-list?at={when}"),
        "factors": bag.resident.get(f"/v1/carbon/factors?at={when}"),
    }
    assert published["price_list"]["version"] == receipt["versions"]["price_list"]

    out = subprocess.run(
        [sys.executable, "-I", SCRIPT],
        input=json.dumps(published),
        capture_output=True,
        text=True,
        check=True,
    )

    recomputed = json.loads(out.stdout)
    assert recomputed == {name: receipt["totals"][name] for name in recomputed}
    assert recomputed["market_fen"] + recomputed["subsidy_fen"] == receipt["totals"]["green_points"] == 292
