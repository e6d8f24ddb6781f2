"""Programmes and the money in them, as the ledger has it."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from backend.accounts import queries as accounts
from backend.accounts import service as ledger
from backend.accounts.postings import FEN, Refused, Reserve
from backend.kit.auth import Actor
from backend.kit.db import see
from backend.kit.ids import new_id
from backend.subsidy import budgets, queries, service
from backend.subsidy.errors import ProgrammeClosed, ProgrammeNotFound
from backend.subsidy.postings import budget_path
from tests.makers import NOON, PROGRAMME, XIHU, YUHANG, a_programme

pytestmark = pytest.mark.usefixtures("introduced")
BY = Actor.system(YUHANG)


def pay(db: Session, fen: int, *, programme=PROGRAMME, period: str = "2026"):
    return service.fund(
        db,
        district=YUHANG,
        programme=programme,
        period=period,
        fen=fen,
        basis_zh="追加。",
        basis_en="A top-up.",
        by=BY,
        at=NOON + timedelta(hours=1),
    )


def test_a_programme_opens_once(db: Session):
    a_programme(db)
    a_programme(db)

    (programme,) = queries.programmes(db, YUHANG)
    assert (programme.id, programme.cap_rule, programme.period) == (PROGRAMME, "stop", "year")
    assert (programme.opened_at, programme.closed_at) == (NOON, None)


def test_money_comes_from_the_bank_through_the_treasury(db: Session):
    a_programme(db, fen=1_000)
    pay(db, 500)

    (budget,) = queries.budgets(db, YUHANG)
    assert (budget.programme.id, budget.period, budget.funded_fen) == (PROGRAMME, "2026", 1_500)
    assert (budget.posted_fen, budget.held_fen, budget.available_fen) == (1_500, 0, 1_500)
    assert budget.basis_en == "A top-up."
    assert accounts.balance(db, YUHANG, "treasury", FEN).posted == 0


def test_a_quote_holds_it_and_nobody_overdraws_it(db: Session):
    a_programme(db, fen=1_000)

    def hold(fen: int):
        reserve = Reserve(hold=new_id(), account=budget_path(PROGRAMME, "2026"), asset=FEN, amount=fen)
        return ledger.post(
            db, district=YUHANG, key=f"quote/{new_id()}", kind="quote.held", at=NOON, reserves=[reserve]
        )

    hold(900)
    assert isinstance(hold(101), Refused)
    (budget,) = queries.budgets(db, YUHANG)
    assert (budget.posted_fen, budget.held_fen, budget.available_fen) == (1_000, 900, 100)


def test_each_year_has_its_own_money_the_newest_first(db: Session):
    a_programme(db, fen=1_000)
    pay(db, 700, period="2027")

    assert [(budget.period, budget.available_fen) for budget in queries.budgets(db, YUHANG)] == [
        ("2027", 700),
        ("2026", 1_000),
    ]


def test_a_closed_programme_takes_no_more_money(db: Session):
    a_programme(db, fen=1_000)
    service.close_programme(db, district=YUHANG, programme=PROGRAMME, by=BY, at=NOON)

    with pytest.raises(ProgrammeClosed):
        pay(db, 1)
    with pytest.raises(ProgrammeClosed):
        service.close_programme(db, district=YUHANG, programme=PROGRAMME, by=BY, at=NOON)
    assert queries.programmes(db, YUHANG)[0].closed_at == NOON


@pytest.mark.parametrize("is_frozen", [False, True])
def test_a_budget_whose_programme_is_closed_is_no_open_one(db: Session, is_frozen: bool):
    a_programme(db, fen=1_000)
    if is_frozen:
        budgets.freeze(db, PROGRAMME, "2026", by=BY, at=NOON, reason="A look at it.")
    service.close_programme(db, district=YUHANG, programme=PROGRAMME, by=BY, at=NOON)

    (budget,) = queries.budgets(db, YUHANG)
    assert (budget.state, budget.available_fen) == ("ending", 1_000)
    assert queries.runs_out(budget, [], at=NOON).why_unknown == "not_open"


def test_a_programme_of_another_district_is_not_found(db: Session):
    see(db, XIHU)
    theirs = a_programme(db, district=XIHU, id=new_id())
    see(db, YUHANG)

    assert queries.programmes(db, XIHU) == []
    with pytest.raises(ProgrammeNotFound):
        pay(db, 1, programme=theirs)
