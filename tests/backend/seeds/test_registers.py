"""Every figure of the registers has a source or is marked as an assumption, and they fit together."""

import csv
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

REGISTERS = Path(__file__).parents[3] / "seeds" / "registers"
FILES = sorted(path.relative_to(REGISTERS).as_posix() for path in REGISTERS.rglob("*.toml"))
YUHANG = "330110"

Entry = dict[str, Any]


def register(name: str) -> Entry:
    return tomllib.loads((REGISTERS / name).read_text(encoding="utf-8"))


def in_yuhang(name: str) -> Entry:
    return register(f"districts/{YUHANG}/{name}")


def rows(name: str) -> list[dict[str, str]]:
    with (REGISTERS / "divisions" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def entries(name: str) -> Iterator[tuple[str, Entry]]:
    """Yield every table of a file under the name of its kind."""
    for kind, found in register(name).items():
        for entry in found if isinstance(found, list) else [found]:
            yield kind, entry


def by_material(found: list[Entry]) -> dict[str, Entry]:
    named = {entry["material"]: entry for entry in found}
    assert len(named) == len(found)
    return named


SOURCES = {entry["key"]: entry for entry in register("sources.toml")["source"]}
MATERIALS = {entry["key"]: entry for entry in register("materials.toml")["material"]}
ACCEPTED = {key for key, entry in MATERIALS.items() if entry["accepted"]}
LOW_VALUE = {key: entry["low_value"] for key, entry in MATERIALS.items() if "low_value" in entry}

# These hold no figure of their own; the basis of the cast stands once, in `[cast]`.
WITHOUT_BASIS = {"source", "household", "resident", "collector", "till", "admin"}


@pytest.mark.parametrize("name", FILES)
def test_every_figure_is_cited_or_marked_as_an_assumption(name: str) -> None:
    for kind, entry in entries(name):
        if kind in WITHOUT_BASIS:
            continue
        assert entry["basis"] in {"cited", "derived", "assumption"}, entry
        assert entry["basis_zh"].endswith("。"), entry
        assert entry["basis_en"].endswith("."), entry
        if entry["basis"] != "assumption" or "source" in entry:
            assert entry["source"] in SOURCES, entry
            assert entry["where"], entry


@pytest.mark.parametrize("name", FILES)
def test_a_weak_figure_shows_its_grade(name: str) -> None:
    for _, entry in entries(name):
        if SOURCES.get(entry.get("source", ""), {}).get("grade") == "C":
            assert "C级" in entry["basis_zh"], entry
            assert "grade C" in entry["basis_en"], entry


@pytest.mark.parametrize("name", FILES)
def test_keys_and_ids_are_unique(name: str) -> None:
    keys = Counter((kind, entry["key"]) for kind, entry in entries(name) if "key" in entry)

    assert [key for key, count in keys.items() if count > 1] == []


def test_ids_are_uuids_of_version_seven_and_unique_everywhere() -> None:
    ids = [entry["id"] for name in FILES for _, entry in entries(name) if "id" in entry]

    assert len(set(ids)) == len(ids)
    assert {UUID(each).version for each in ids} == {7}


@pytest.mark.parametrize("name", FILES)
def test_every_name_is_in_both_languages(name: str) -> None:
    for _, entry in entries(name):
        chinese = {field.removesuffix("_zh") for field in entry if field.endswith("_zh")}
        english = {field.removesuffix("_en") for field in entry if field.endswith("_en")}
        assert chinese == english, entry
        assert all(re.search("[\u4e00-\u9fff]", entry[f"{field}_zh"]) for field in chinese), entry


def test_a_source_has_a_place_and_a_grade() -> None:
    assert {entry["grade"] for entry in SOURCES.values()} == {"A", "B", "C"}
    assert all(entry["location"] and entry["read"] for entry in SOURCES.values())


def test_every_source_is_used() -> None:
    used = {
        entry[field] for name in FILES for _, entry in entries(name) for field in entry if "source" in field
    }
    cited = {row[field] for row in rows("districts.csv") for field in ("source", "population_source")}

    assert set(SOURCES) == (used | cited) & set(SOURCES)


def test_the_city_has_its_thirteen_districts() -> None:
    districts = {row["code"]: row for row in rows("districts.csv")}

    assert len(districts) == 13
    assert Counter(row["type"] for row in districts.values()) == {"district": 10, "county": 2, "city": 1}
    assert districts[YUHANG]["name_en"] == "Yuhang District"
    assert (
        sum(int(row["population"]) for row in districts.values()) == 11_936_010 - 23_763
    )  # West Lake scenic area


@pytest.mark.parametrize(("name", "digits"), [("streets", 9), ("communities", 12)])
def test_divisions_are_as_many_as_the_districts_count(name: str, digits: int) -> None:
    found = rows(f"{name}.csv")
    counted = Counter(row["district"] for row in found)

    assert {row["code"]: int(row[name]) for row in rows("districts.csv")} == counted
    assert len({row["code"] for row in found}) == len(found)
    assert all(re.fullmatch(rf"\d{{{digits}}}", row["code"]) for row in found)
    assert all(row["code"].startswith(row["district"]) and row["source"] in SOURCES for row in found)


def test_yuhang_has_twelve_streets_and_223_communities() -> None:
    streets = [row for row in rows("streets.csv") if row["district"] == YUHANG]

    assert len(streets) == 12
    assert all(row["name_en"] for row in streets)
    assert sum(row["district"] == YUHANG for row in rows("communities.csv")) == 223


def test_every_community_lies_in_a_street_we_know() -> None:
    streets = {row["code"] for row in rows("streets.csv")}

    assert {row["street"] for row in rows("communities.csv")} == streets
    assert all(row["code"].startswith(row["street"]) for row in rows("communities.csv"))


def test_what_is_refused_says_why_and_where_it_goes() -> None:
    refused = [entry for entry in MATERIALS.values() if not entry["accepted"]]

    assert {"soiled_paper", "battery", "lamp"} <= {entry["key"] for entry in refused}
    assert all(entry["refusal_zh"] and entry["refusal_en"] for entry in refused)
    assert {entry["goes_to"] for entry in refused} == {"other", "food", "hazardous", "bulky"}
    assert {entry["unit"] for entry in MATERIALS.values()} == {"gram"}


def test_the_five_low_value_classes_are_all_collected() -> None:
    classes = {entry["key"] for entry in register("materials.toml")["low_value_class"]}

    assert classes == {"glass", "plastic_and_foam", "composite_paper", "textile", "small_wood"}
    assert set(LOW_VALUE.values()) == classes
    assert set(LOW_VALUE) <= ACCEPTED


def test_every_accepted_material_has_a_factor_or_says_that_none_was_found() -> None:
    factors = by_material(register("carbon_factors.toml")["factor"])

    assert set(factors) == ACCEPTED | {"battery", "lamp"}
    assert {key for key, entry in factors.items() if "none_found" in entry} == {"beverage_carton", "clothes"}
    assert {key for key, entry in factors.items() if "policy_zero" in entry} == {"battery", "lamp"}


def test_a_factor_credits_its_lower_bound_and_never_less_than_nothing() -> None:
    for entry in register("carbon_factors.toml")["factor"]:
        if "value" not in entry:
            assert entry["credited"] == "0"
            assert entry["basis"] == "assumption"
        else:
            assert Decimal(entry["value"]) <= Decimal(entry["upper_bound"])
            assert Decimal(entry["credited"]) == max(Decimal(entry["value"]), Decimal(0))
            assert entry["basis"] == "cited"
            assert entry["original"]
            assert entry["boundary"]


def test_office_paper_earns_nothing_and_says_so() -> None:
    factor = by_material(register("carbon_factors.toml")["factor"])["office_paper"]

    assert Decimal(factor["value"]) < 0
    assert factor["credited"] == "0"
    assert "earns nothing" in factor["note_en"]


def test_a_factor_agrees_with_what_its_source_prints() -> None:
    tonnes_per_short_ton = Decimal("0.90718474")
    for entry in register("carbon_factors.toml")["factor"]:
        printed = entry.get("original", "")
        if warm := re.match(r"recycled (\S+), of which forest carbon (\S+) MTCO2E/short ton", printed):
            avoided = (Decimal(warm[2]) - Decimal(warm[1])) / tonnes_per_short_ton
        elif uk := re.match(r"primary (\S+) / closed-loop (\S+) kgCO2e/tonne", printed):
            avoided = (Decimal(uk[1]) - Decimal(uk[2])) / 1000
        else:
            continue
        # WARM prints four decimals: half a unit of the last one in each of two figures.
        assert abs(avoided - Decimal(entry["value"])) < Decimal("0.0002"), entry


def test_every_accepted_material_has_one_price() -> None:
    prices = by_material(in_yuhang("prices.toml")["price"])

    assert set(prices) == ACCEPTED
    assert all(Decimal(entry["market_fen_per_kg"]) >= 0 for entry in prices.values())
    assert prices["cardboard"]["market_fen_per_kg"] == "80"
    assert prices["glass"]["market_fen_per_kg"] == "0"


def test_what_has_little_value_is_subsidised_from_a_budget() -> None:
    plan = in_yuhang("subsidies.toml")
    subsidies = by_material(plan["subsidy"])

    assert {key: entry["low_value"] for key, entry in subsidies.items()} == LOW_VALUE
    assert subsidies["glass"]["subsidy_fen_per_kg"] == "10"
    assert subsidies["glass"]["operator_fen_per_tonne"] == "20000"
    assert plan["programme"]["at_the_cap"] == "stop"
    assert all(budget["fen"] > 0 for budget in plan["budget"])
    for entry in subsidies.values():
        assert Decimal(entry["subsidy_fen_per_kg"]) > 0
        assert Decimal(entry["operator_fen_per_tonne"]) > 0
        assert entry["ceiling_grams"] > 0


def test_scales_keep_the_limits_of_their_class() -> None:
    service = in_yuhang("service.toml")
    certified = {entry["scale"] for entry in service["certificate"]}

    for scale in service["scale"]:
        assert scale["accuracy_class"] == "III"
        assert scale["min_grams"] == 20 * scale["interval_grams"]
        assert 500 <= scale["max_grams"] // scale["interval_grams"] <= 10_000
        assert scale["key"] in certified
    assert all(entry["issued_days_ago"] < entry["valid_days"] <= 365 for entry in service["certificate"])


def test_the_operator_covers_all_of_yuhang() -> None:
    service = in_yuhang("service.toml")
    streets = {row["code"] for row in rows("streets.csv") if row["district"] == YUHANG}

    assert {code for operator in service["operator"] for code in operator["covers"]} == streets
    assert service["service_area"]["opens"] < service["service_area"]["closes"]


def test_offers_belong_to_merchants_and_can_be_had() -> None:
    rewards = in_yuhang("rewards.toml")
    merchants = {entry["key"] for entry in rewards["merchant"]}

    assert rewards["point"]["fen"] == 1
    for offer in rewards["offer"]:
        assert offer["merchant"] in merchants
        assert 0 < offer["per_household_limit"] <= offer["stock"]
        assert offer["price_points"] > 0
        assert 1 <= offer["voucher_days"] <= offer["ends_after_days"]


def test_the_cast_is_at_home_in_yuhang_and_cannot_be_called() -> None:
    cast = in_yuhang("people.toml")
    communities = {row["code"] for row in rows("communities.csv") if row["district"] == YUHANG}
    households = {entry["key"] for entry in cast["household"]}
    phones = [entry["phone"] for kind in ("resident", "collector") for entry in cast[kind]]

    assert {entry["community"] for entry in cast["household"]} <= communities
    assert {entry["household"] for entry in cast["resident"]} == households
    assert len(set(phones)) == len(phones)
    assert all(re.fullmatch(r"\+861610000\d{4}", phone) for phone in phones)
    assert {entry["operator"] for entry in cast["collector"]} <= {
        e["key"] for e in in_yuhang("service.toml")["operator"]
    }
    assert {entry["merchant"] for entry in cast["till"]} <= {
        e["key"] for e in in_yuhang("rewards.toml")["merchant"]
    }
