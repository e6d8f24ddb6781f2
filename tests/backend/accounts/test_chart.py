"""The chart of accounts."""

from uuid import UUID

import pytest

from backend.accounts import chart
from backend.accounts.chart import ANY, CHART, carries_points
from ledger import transit

ALICE = UUID("019a8f00-0000-7000-8000-00000000a11c")


def fits(pattern: str, path: str) -> bool:
    parts, names = pattern.split("/"), path.split("/")
    return len(parts) == len(names) and all(
        part in (ANY, name) for part, name in zip(parts, names, strict=True)
    )


PATHS = {
    chart.green(ALICE): chart.GREEN,
    chart.co2e(ALICE): chart.CO2E,
    chart.owed(ALICE): chart.GREEN,
    chart.fund(): chart.FEN,
    chart.budget(ALICE, "2026"): chart.FEN,
    chart.merchant_green(ALICE): chart.GREEN,
    chart.holder(ALICE): chart.mass("glass"),
    chart.green_issued(): chart.GREEN,
    chart.green_retired(): chart.GREEN,
    chart.green_owing(): chart.GREEN,
    chart.co2e_saved(): chart.CO2E,
    chart.operator_due(ALICE): chart.FEN,
    chart.operator_subsidy(ALICE): chart.FEN,
    chart.merchant_payable(ALICE): chart.FEN,
    chart.treasury(): chart.FEN,
    chart.bank(): chart.FEN,
    chart.homes(): chart.mass("glass"),
    chart.loss("moisture"): chart.mass("glass"),
    transit("330110", "330106"): chart.GREEN,
}


@pytest.mark.parametrize(("path", "asset"), PATHS.items())
def test_every_path_belongs_to_one_class(path, asset):
    classes = [one for one in CHART if fits(one.pattern, path) and fits(one.asset, asset)]

    assert len(classes) == 1


def test_only_what_can_run_out_has_a_floor():
    bounded = {one.pattern for one in CHART if one.bounded}

    assert bounded == {
        "household/*/green",
        "household/*/co2e",
        "household/*/owed",
        "fund",
        "budget/*/*",
        "merchant/*/green",
        "holder/*",
    }


def test_what_lapses_has_lots_and_what_everyone_draws_on_has_stripes():
    assert {one.pattern for one in CHART if one.lots} == {"household/*/green"}
    assert {one.pattern for one in CHART if one.stripes} == {"fund", "budget/*/*", "merchant/*/green"}


def test_points_are_backed_where_someone_can_spend_them():
    assert {path for path in PATHS if carries_points(path)} == {
        chart.green(ALICE),
        chart.merchant_green(ALICE),
    }
