"""The first story: what it ends with, and that it is told once."""

import pytest

from backend.accounts import queries as accounts
from backend.kit.db import transaction
from backend.local.roles import Database
from backend.subsidy import queries as subsidy
from seeds import load
from seeds.stories import yuhang_week

YUHANG = "330110"


@pytest.fixture(autouse=True)
def demo(database: Database, valkey: str) -> None:
    load.registers(say=lambda _: None)
    load.demo(say=lambda _: None)


def told() -> str:
    said: list[str] = []
    yuhang_week.play(say=said.append)
    return "\n".join(said)


def test_its_receipt_adds_up():
    story = told()

    assert "5200 g × 10 fen/kg = 52 fen" in story
    assert "3000 g × 80 fen/kg = 240 fen" in story
    assert " = 292 " in story
    assert " = 1844 g CO2e" in story
    assert "left on the green account: 92 points" in story


def test_told_again_it_moves_nothing():
    told()
    with transaction(districts=[YUHANG]) as db:
        before = subsidy.budgets(db, YUHANG), accounts.backing(db, YUHANG)

    assert "The first story was told before" in told()
    with transaction(districts=[YUHANG]) as db:
        assert (subsidy.budgets(db, YUHANG), accounts.backing(db, YUHANG)) == before


def test_the_budget_paid_exactly_what_the_receipts_say():
    told()

    with transaction(districts=[YUHANG]) as db:
        budget = next(each for each in subsidy.budgets(db, YUHANG) if each.period == "2026")
    glass, foam = 52 + 104, 16 + 32
    assert (budget.posted_fen, budget.held_fen) == (20_000_000 - glass - foam, 0)
