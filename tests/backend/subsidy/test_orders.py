"""Money moves when one person drafts it and another approves, and each movement is a recorded event."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from backend.accounts import queries as accounts
from backend.accounts import service as ledger
from backend.accounts.postings import FEN, Reserve
from backend.kit.auth import Actor
from backend.kit.ids import new_id
from backend.kit.trail import TrailLine
from backend.subsidy import budgets, orders, queries, service
from backend.subsidy.errors import (
    BudgetBelowDrawn,
    BudgetClosed,
    BudgetFrozen,
    BudgetNotFound,
    BudgetNotFrozen,
    BudgetStillPromised,
    BudgetYearOutOfReach,
    OrderDecided,
    OrderUnclear,
    OwnOrder,
    ProgrammeClosed,
    TreasuryShort,
)
from backend.subsidy.postings import allotted, budget_path
from backend.subsidy.rules import asks_clearly
from tests.makers import BASIS, NOON, PROGRAMME, YUHANG, a_programme

pytestmark = pytest.mark.usefixtures("introduced")
ADMIN = Actor(id=new_id(), role="district_admin", scopes=frozenset(), district=YUHANG)
FINANCE = Actor(id=new_id(), role="approver", scopes=frozenset(), district=YUHANG)
LATER = NOON + timedelta(hours=1)


def draft(db: Session, kind: str, *, by: Actor = ADMIN, period: str = "2026", **said: Any):
    asked = {"fen": None, "source": None, "to_period": None, **said}
    return orders.draft(db, by=by, at=NOON, kind=kind, programme=PROGRAMME, period=period, **asked, **BASIS)


def move(db: Session, kind: str, **said: Any):
    return orders.approve(db, draft(db, kind, **said).id, by=FINANCE, at=LATER)


def hold(db: Session, fen: int):
    held = new_id()
    reserve = Reserve(hold=held, account=budget_path(PROGRAMME, "2026"), asset=FEN, amount=fen)
    key = f"quote/{held}"
    ledger.entry_of(ledger.post(db, district=YUHANG, key=key, kind="quote.held", at=NOON, reserves=[reserve]))
    return held


def release(db: Session, held) -> None:
    ledger.entry_of(
        ledger.post(
            db, district=YUHANG, key=f"{held}/released", kind="quote.returned", at=NOON, releases=[held]
        )
    )


def found(db: Session, period: str = "2026"):
    return queries.budget(db, YUHANG, PROGRAMME, period)


def treasury(db: Session) -> int:
    return accounts.balance(db, YUHANG, "treasury", FEN).posted


def happened(db: Session, period: str = "2026") -> list[tuple[str, int]]:
    return [(event.happened, event.fen) for event in queries.events(db, YUHANG, PROGRAMME, period)]


@pytest.fixture(autouse=True)
def _programme(db: Session) -> None:
    a_programme(db, fen=1_000)


def test_nothing_moves_before_somebody_else_approves(db: Session):
    order = draft(db, "fund", fen=500, source="bank")
    assert found(db).posted_fen == 1_000

    done = orders.approve(db, order.id, by=FINANCE, at=LATER)
    assert (done.state, done.drafted_by, done.decided_by) == ("approved", ADMIN.id, FINANCE.id)
    assert found(db).posted_fen == 1_500
    event = queries.events(db, YUHANG, PROGRAMME, "2026")[-1]
    assert (event.happened, event.fen, event.by, event.approved_by, event.order, event.entry) == (
        "funded",
        500,
        ADMIN.id,
        FINANCE.id,
        order.id,
        done.entry,
    )
    kinds = Counter(line.kind for line in db.query(TrailLine))
    assert kinds["budget_order.drafted"] == 1
    assert kinds["budget.funded"] == 2


def test_nobody_approves_or_rejects_what_they_drafted(db: Session):
    order = draft(db, "fund", fen=500, source="bank", by=FINANCE)

    with pytest.raises(OwnOrder):
        orders.approve(db, order.id, by=FINANCE, at=LATER)
    with pytest.raises(OwnOrder):
        orders.reject(db, order.id, by=FINANCE, at=LATER, reason="no")


@pytest.mark.parametrize("end", ["approve", "reject", "withdraw"])
def test_an_order_is_decided_once(db: Session, end: str):
    order = draft(db, "fund", fen=500, source="bank")
    match end:
        case "approve":
            orders.approve(db, order.id, by=FINANCE, at=LATER)
        case "reject":
            assert orders.reject(db, order.id, by=FINANCE, at=LATER, reason="no").reason == "no"
        case "withdraw":
            orders.withdraw(db, order.id, by=ADMIN, at=LATER)

    for again in (orders.approve, orders.withdraw):
        with pytest.raises(OrderDecided):
            again(db, order.id, by=FINANCE, at=LATER)
    assert found(db).posted_fen == (1_500 if end == "approve" else 1_000)


def test_what_is_drawn_or_promised_cannot_be_cut(db: Session):
    held = hold(db, 400)
    with pytest.raises(BudgetBelowDrawn):
        draft(db, "cut", fen=601)

    order = draft(db, "cut", fen=600)
    second = hold(db, 1)
    with pytest.raises(BudgetBelowDrawn), db.begin_nested():
        orders.approve(db, order.id, by=FINANCE, at=LATER)
    assert second
    assert held

    move(db, "cut", fen=599)
    assert (found(db).posted_fen, found(db).available_fen, treasury(db)) == (401, 0, 599)
    assert (found(db).funded_fen, found(db).returned_fen, found(db).drawn_fen) == (1_000, 599, 0)


def test_what_lies_in_the_treasury_funds_a_budget_and_no_more_does(db: Session):
    move(db, "cut", fen=300)

    with pytest.raises(TreasuryShort), db.begin_nested():
        move(db, "fund", fen=301, source="treasury", period="2027")
    move(db, "fund", fen=300, source="treasury", period="2027")
    assert (found(db, "2027").posted_fen, treasury(db)) == (300, 0)


@pytest.mark.parametrize("year", ["2019", "2025", "2028", "2099"])
def test_money_comes_to_this_year_or_the_next(db: Session, year: str):
    with pytest.raises(BudgetYearOutOfReach):
        draft(db, "fund", fen=1, source="bank", period=year)
    for following in ("2026", "2027"):
        assert draft(db, "fund", fen=1, source="bank", period=following).state == "drafted"
    if year > "2026":
        with pytest.raises(BudgetYearOutOfReach):
            draft(db, "carry_over", to_period=year)


def test_an_order_waits_for_its_approval_no_longer_than_its_year(db: Session):
    fund = draft(db, "fund", fen=1, source="bank")
    over = draft(db, "carry_over", to_period="2027")
    january = NOON.replace(year=2027, month=1)

    with pytest.raises(BudgetYearOutOfReach):
        orders.approve(db, fund.id, by=FINANCE, at=january)
    assert orders.reject(db, fund.id, by=FINANCE, at=january, reason="跨年").state == "rejected"
    assert orders.approve(db, over.id, by=FINANCE, at=january).fen == 1_000


def test_what_is_left_is_carried_over_once_nothing_is_promised(db: Session):
    held = hold(db, 400)
    order = draft(db, "carry_over", to_period="2027")
    with pytest.raises(BudgetStillPromised), db.begin_nested():
        orders.approve(db, order.id, by=FINANCE, at=LATER)

    release(db, held)
    done = orders.approve(db, order.id, by=FINANCE, at=LATER)
    assert done.fen == 1_000
    assert (found(db).state, found(db).posted_fen) == ("carried_over", 0)
    assert (found(db, "2027").state, found(db, "2027").posted_fen) == ("open", 1_000)
    assert happened(db)[-1] == ("carried_over", -1_000)
    assert happened(db, "2027")[-1] == ("carried_in", 1_000)
    with pytest.raises(BudgetClosed):
        move(db, "fund", fen=1, source="bank")


def test_a_frozen_budget_closes_and_its_rest_goes_back(db: Session):
    budgets.freeze(db, PROGRAMME, "2026", reason="审计", by=ADMIN, at=LATER)
    move(db, "close")

    assert (found(db).state, found(db).posted_fen, treasury(db)) == ("closed", 0, 1_000)
    # What happened in the same moment has no order of its own.
    assert sorted(happened(db)) == [
        ("closed", -1_000),
        ("frozen", 0),
        ("funded", 1_000),
        ("programme_opened", 0),
    ]
    for kind, said in (("close", {}), ("cut", {"fen": 1}), ("carry_over", {"to_period": "2027"})):
        with pytest.raises((BudgetClosed, BudgetBelowDrawn)), db.begin_nested():
            move(db, kind, **said)
    with pytest.raises(BudgetClosed):
        budgets.thaw(db, PROGRAMME, "2026", reason="x", by=ADMIN, at=LATER)


def test_an_empty_budget_ends_without_an_entry(db: Session):
    move(db, "cut", fen=1_000)

    done = move(db, "close")
    assert (done.entry, done.fen, found(db).state) == (None, None, "closed")


def test_what_a_correction_brings_back_is_returned_too(db: Session):
    move(db, "close")
    move_back = ledger.post(
        db,
        district=YUHANG,
        key="correction/1",
        kind="award.corrected",
        at=LATER,
        postings=allotted(PROGRAMME, "2026", 7, from_bank=True),
    )
    ledger.entry_of(move_back)

    assert move(db, "close").fen == 7
    assert found(db).posted_fen == 0


def test_a_freeze_and_a_thaw_say_why_and_happen_once(db: Session):
    frozen = budgets.freeze(db, PROGRAMME, "2026", reason="审计", by=FINANCE, at=LATER)
    assert frozen.state == "frozen"
    with pytest.raises(BudgetFrozen):
        budgets.freeze(db, PROGRAMME, "2026", reason="审计", by=ADMIN, at=LATER)
    afterwards = LATER + timedelta(hours=1)
    assert budgets.thaw(db, PROGRAMME, "2026", reason="完成", by=ADMIN, at=afterwards).state == "open"
    with pytest.raises(BudgetNotFrozen):
        budgets.thaw(db, PROGRAMME, "2026", reason="完成", by=ADMIN, at=LATER)
    with pytest.raises(BudgetNotFound):
        budgets.freeze(db, PROGRAMME, "2031", reason="审计", by=ADMIN, at=LATER)
    assert [event.reason for event in queries.events(db, YUHANG, PROGRAMME, "2026")[-2:]] == ["审计", "完成"]


def test_a_closed_programme_takes_no_orders_for_more(db: Session):
    service.close_programme(db, district=YUHANG, programme=PROGRAMME, by=ADMIN, at=LATER)

    for kind, said in (("fund", {"fen": 1, "source": "bank"}), ("carry_over", {"to_period": "2027"})):
        with pytest.raises(ProgrammeClosed):
            draft(db, kind, **said)
    move(db, "close")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("fund", {"fen": 1}),
        ("fund", {"source": "bank"}),
        ("fund", {"fen": 1, "source": "bank", "to_period": "2027"}),
        ("cut", {}),
        ("cut", {"fen": 1, "source": "bank"}),
        ("carry_over", {}),
        ("carry_over", {"to_period": "2026"}),
        ("carry_over", {"to_period": "2027", "fen": 1}),
        ("close", {"fen": 1}),
    ],
)
def test_an_order_says_what_its_kind_needs(db: Session, kind: str, said: dict[str, Any]):
    with pytest.raises(OrderUnclear):
        draft(db, kind, **said)
    assert not asks_clearly(
        kind, fen=said.get("fen"), source=said.get("source"), period="2026", to_period=said.get("to_period")
    )
