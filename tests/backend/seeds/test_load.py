"""Planting the registers: through the services, once, and as often as anybody likes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, table

from backend.accounts import queries as accounts
from backend.carbon import queries as carbon
from backend.catalogue import queries as catalogue
from backend.catalogue.queries import Basis
from backend.identity import queries as identity
from backend.kit.clock import CITY, utc_now
from backend.kit.db import transaction
from backend.local.roles import Database
from backend.migrations import metadata
from backend.network import queries as network
from backend.settings import settings
from backend.subsidy import queries as subsidy
from seeds import load
from seeds.reading import BEGINS

YUHANG = "330110"
OPERATOR = load.cast("demo_operator")["id"]


@pytest.fixture(autouse=True)
def planted(database: Database) -> list[str]:
    said: list[str] = []
    load.registers(say=said.append)
    load.demo(say=said.append)
    return said


def test_it_says_what_it_does(planted: list[str]):
    assert planted[0] == "Divisions: 13 districts, 196 streets, 3320 communities"
    assert "330110 People: 2 households, 7 people" in planted
    assert "330110 Budget 2026: 20000000 fen" in planted


def rows() -> dict[str, int]:
    """Count what Yuhang and the city have, table by table."""
    tables = [*metadata().sorted_tables, table("entry", schema="ledger"), table("line", schema="ledger")]
    with transaction(districts=[YUHANG]) as db:
        return {each.name: db.execute(select(func.count()).select_from(each)).scalar_one() for each in tables}


def test_planted_again_it_changes_nothing():
    before = rows()
    load.registers(say=lambda _: None)
    load.demo(say=lambda _: None)

    assert rows() == before
    assert before["funding"] == len({BEGINS.year, utc_now().astimezone(CITY).year})


def test_every_rate_has_the_basis_that_its_register_names():
    with transaction(districts=[YUHANG]) as db:
        prices = catalogue.price_list(db, YUHANG, at=utc_now())

    glass, cardboard = prices.rates["glass"], prices.rates["cardboard"]
    assert (glass.subsidy_fen(5_200), glass.operator_subsidy_fen(5_200)) == (52, 104)
    assert cardboard.market_fen(3_000) == 240
    assert cardboard.market_basis.grade == "B"
    assert "zjol.com.cn" in (cardboard.market_basis.source or "")
    assert isinstance(glass.subsidy_basis, Basis)
    assert glass.subsidy_basis.grade == "assumption"
    assert glass.subsidy_basis.en.startswith("Assumption of the demo")


def test_factors_are_the_lower_bounds_with_their_sources():
    with transaction() as db:
        factors = carbon.factor_set(db, at=utc_now())

    assert factors.factors["glass"].kg_per_kg == Decimal("0.3043")
    assert "WARM" in (factors.factors["glass"].source or "")
    assert factors.factors["beverage_carton"].none_found
    assert factors.saved_co2e_grams("office_paper", 1_000) == 0
    assert factors.factors["battery"].kg_per_kg == 0


def test_the_budget_is_there_and_every_point_backed():
    with transaction(districts=[YUHANG]) as db:
        budgets = subsidy.budgets(db, YUHANG)

        assert all(budget.available_fen == 20_000_000 for budget in budgets)
        assert "2026" in {budget.period for budget in budgets}
        assert accounts.backing(db, YUHANG).fund_fen == 0


def test_collectors_and_scales_are_ready():
    with transaction(districts=[YUHANG]) as db:
        today = utc_now().astimezone(CITY).date()
        scales = network.scales(db, YUHANG, operator=OPERATOR, on=today).items
        later = network.scales(db, YUHANG, operator=OPERATOR, on=today + timedelta(days=365)).items
        collectors = identity.collectors(db, YUHANG, OPERATOR)

    assert [scale.standing for scale in scales] == ["in_use", "in_use"]
    assert [scale.standing for scale in later] == ["expired", "expired"]
    assert [collector.number for collector in collectors] == ["C0001", "C0002"]


def test_production_refuses_the_demo(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        "seeds.load.settings", lambda: settings().model_copy(update={"environment": "production"})
    )

    with pytest.raises(RuntimeError, match="production"):
        load.demo(say=print)
