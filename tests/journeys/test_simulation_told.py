"""What a simulation has found it says alike as JSON and as Excel, and with it what it does not know."""

from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from seeds.stories import yuhang_week
from tests.journeys.conftest import Caller, City
from tests.journeys.test_ends import WEEK, work

NOTHING = {"market_fen_per_kg": "0", "subsidy_fen_per_kg": "0", "operator_fen_per_tonne": "0"}
SIDE = {
    "Weighed lines": "lines",
    "Net grams": "net_grams",
    "Market value (yuan)": "market_fen",
    "Subsidy to residents (yuan)": "subsidy_fen",
    "Subsidy to operators (yuan)": "operator_subsidy_fen",
    "Queued (yuan)": "queued_fen",
    "Cost (yuan)": "cost_fen",
    "Cost per tonne (yuan)": "cost_per_tonne_fen",
    "Points credited": "points",
    "Points of open quotes": "promised_points",
}
MOVED = {
    "Households": "households",
    "Households gaining": "winners",
    "Households losing": "losers",
    "Points gained": "gained_points",
    "Points lost": "lost_points",
}
Rows = list[dict[str, Any]]


def test_a_simulation_says_the_same_in_both(city: City):
    yuhang_week.play(say=lambda _: None)
    admin = city.admin
    found = simulated(admin)
    summary = found["summary"]
    notes, figures, outcome, budgets, *groups = sheets(admin, found["id"])

    assert {(one["zh"], one["en"]) for one in found["does_not_know"]} < said(notes)
    assert len(found["does_not_know"]) >= 5
    since, until = WEEK.values()
    assert (f"期间：{since} 至 {until}", f"Period: {since} to {until}") in said(notes)
    for side, name in (("in_force", "In force"), ("proposed", "Proposed"), ("difference", "Difference")):
        assert {row["Figure"].split(" ", 1)[1]: row[name] for row in figures} == told(summary[side])
    assert [row["Value"] for row in outcome] == [
        *(summary[name] for name in MOVED.values()),
        summary["not_taken_grams"],
        *(summary["unexplained"][name] for name in ("lines", "fen", "grams")),
        summary["reconstructed_lines"],
    ]
    assert (summary["winners"], summary["losers"], summary["not_taken_grams"]) == (1, 1, 800)
    named = {one["id"]: f"{one['name_zh']} {one['name_en']}" for one in admin.get("/v1/programmes")["items"]}
    for row, budget in zip(budgets, summary["budgets"], strict=True):
        assert row["Programme"] == named[budget["programme"]]
        assert row["In force: left (yuan)"] == budget["in_force"]["left_fen"] / 100
        assert row["Proposed: left (yuan)"] == budget["proposed"]["left_fen"] / 100
    for by, rows in zip(("material", "community", "community_material", "day"), groups, strict=True):
        assert rows, by
        check_groups(admin.get(f"/v1/simulations/{found['id']}/groups?by={by}")["items"], rows)
    assert {row["Materials"]: row["Name"] for row in groups[0]}["glass"] == "玻璃 Glass"
    assert all(row["Name"] for rows in groups[:3] for row in rows)


def simulated(admin: Caller) -> Any:
    """Let glass be dearer, and foam not be taken any more."""
    (programme, *_) = admin.get("/v1/programmes")["items"]
    glass = {"material": "glass", **NOTHING, "subsidy_fen_per_kg": "12.5", "programme": programme["id"]}
    changes = [glass, {"material": "foam", "accepted": False, **NOTHING}]
    asked = admin.post("/v1/simulations", {**WEEK, "changes": changes}, 202)
    work()
    return admin.get(f"/v1/simulations/{asked['id']}")


def sheets(admin: Caller, simulation: str) -> list[Rows]:
    """Download the workbook; each row by the English of its headings."""
    path = f"/v1/simulations/{simulation}/workbook.xlsx"
    answer = admin.client.get(path, headers={"Authorization": f"Bearer {admin.token}"})
    assert answer.status_code == 200, answer.get_json()
    return [rows(page) for page in load_workbook(BytesIO(answer.get_data())).worksheets]


def rows(page: Any) -> Rows:
    headings, *lines = page.iter_rows(values_only=True)
    english = [heading.split("\n")[1] for heading in headings]
    return [dict(zip(english, line, strict=True)) for line in lines]


def said(notes: Rows) -> set[tuple[str, str]]:
    return {(row["Chinese"], row["English"]) for row in notes}


def told(side: dict[str, int]) -> dict[str, float]:
    """Tell a side as its sheet does, money in yuan."""
    return {
        english: side[name] / 100 if name.endswith("_fen") else side[name] for english, name in SIDE.items()
    }


def check_groups(listed: Rows, rows: Rows) -> None:
    for one, row in zip(listed, rows, strict=True):
        assert next(iter(row.values())) == one["key"]
        assert {english: row[english] for english in MOVED} == {
            english: one[name] for english, name in MOVED.items()
        }
        for side, name in (("in_force", "In force"), ("proposed", "Proposed")):
            assert row[f"{name}: Subsidy to residents (yuan)"] == one[side]["subsidy_fen"] / 100
            assert row[f"{name}: Weighed lines"] == one[side]["lines"]
