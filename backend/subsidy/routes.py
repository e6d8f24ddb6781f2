"""Programmes, their money and its history for staff; the guide and the queue for everybody it concerns."""

from typing import Any
from uuid import UUID

from backend.catalogue.errors import NoPriceList
from backend.kit.api import Room
from backend.kit.auth import public, refuses, requires
from backend.kit.db import see
from backend.kit.etag import edits, expected, tagged
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.paging import CursorUnreadable, Page, PageIn
from backend.kit.tables import also_as_table
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
    OrderNotFound,
    OrderUnclear,
    OwnOrder,
    ProgrammeClosed,
    ProgrammeNotFound,
    PromisesWaiting,
    TaperIncomplete,
    TreasuryShort,
)
from backend.subsidy.examples import (
    BUDGET,
    CAP,
    GUIDE,
    HISTORY,
    ORDER,
    ORDER_IN,
    PROGRAMME,
    PROGRAMME_IN,
    PROMISE,
)
from backend.subsidy.queries import Budget, Guide, Order, Programme, Promise
from backend.subsidy.schemas import (
    BudgetOrderIn,
    BudgetOrderOut,
    BudgetOrderPageOut,
    BudgetOrdersIn,
    BudgetOut,
    BudgetReasonIn,
    BudgetsOut,
    CapIn,
    GuideOut,
    LedgerOfBudgetOut,
    ProgrammeIn,
    ProgrammeOut,
    ProgrammesOut,
    QueuedSubsidyPageOut,
)
from backend.subsidy.tables import BUDGETS, ORDERS

blp = Room("subsidy", __name__, description="Subsidy programmes, their budgets, and the low-value guide.")

_PERIOD = "<string(length=4):period>"
_REASON = {"reason": "The audit asks for it."}


@blp.get("/districts/<district:district>/low-value-guide")
@public
@blp.response(200, GuideOut, example=GUIDE)
@refuses(NoPriceList)
def show_guide(district: str) -> Guide:
    """Show a district's guide to low-value recyclables: rates, ceilings, and how its programmes stand now."""
    see(session(), district)
    return queries.guide(session(), district, at=now())


@blp.get("/programmes")
@requires("budget:read")
@blp.response(200, ProgrammesOut, example={"items": [PROGRAMME]})
def list_programmes() -> dict[str, Any]:
    """List the district's programmes, in the order they were opened."""
    return {"items": queries.programmes(session(), actor().district)}


@blp.post("/programmes")
@requires("programme:edit")
@idempotent
@blp.arguments(ProgrammeIn, example=PROGRAMME_IN)
@blp.response(201, ProgrammeOut, example=PROGRAMME)
@refuses(TaperIncomplete)
def open_programme(body: dict[str, Any]) -> Programme:
    """Open a programme; it subsidises once a rate names it and its budget has money."""
    return service.open_programme(session(), district=actor().district, by=actor(), at=now(), **body)


@blp.get("/programmes/<uuid:programme>")
@requires("budget:read")
@blp.response(200, ProgrammeOut, example=PROGRAMME)
@refuses(ProgrammeNotFound)
@tagged
def show_programme(programme: UUID) -> Programme:
    """Show a programme."""
    return queries.programme(session(), actor().district, programme)


@blp.put("/programmes/<uuid:programme>/cap-rule")
@requires("programme:edit")
@edits
@blp.arguments(CapIn, example=CAP)
@blp.response(200, ProgrammeOut, example=PROGRAMME)
@refuses(ProgrammeNotFound, ProgrammeClosed, TaperIncomplete)
@tagged
def change_cap(body: dict[str, Any], programme: UUID) -> Programme:
    """Let another rule apply at the cap from the next quote on; what was quoted keeps its terms."""
    return service.change_cap(session(), programme, by=actor(), at=now(), is_as_seen=expected(), **body)


@blp.post("/programmes/<uuid:programme>/closing")
@requires("programme:edit")
@idempotent
@blp.arguments(BudgetReasonIn, example=_REASON)
@blp.response(200, ProgrammeOut, example={**PROGRAMME, "closed_at": "2026-12-31T17:00:00+08:00"})
@refuses(ProgrammeNotFound, ProgrammeClosed, PromisesWaiting)
def close_programme(body: dict[str, Any], programme: UUID) -> Programme:
    """Close a programme: it promises nothing more; what was promised is still paid."""
    who = actor()
    return service.close_programme(
        session(), district=who.district, programme=programme, by=who, at=now(), **body
    )


@blp.get("/budgets")
@requires("budget:read")
@blp.response(200, BudgetsOut, example={"items": [BUDGET]})
@also_as_table(BUDGETS, BudgetsOut)
def list_budgets() -> dict[str, Any]:
    """List what the district's programmes have, hold and have left, the newest period first."""
    return {"items": queries.budgets(session(), actor().district)}


@blp.get(f"/budgets/<uuid:programme>/{_PERIOD}")
@requires("budget:read")
@blp.response(200, LedgerOfBudgetOut, example=HISTORY)
@refuses(ProgrammeNotFound, BudgetNotFound)
def show_budget(programme: UUID, period: str) -> dict[str, Any]:
    """Show a budget with its history, what each day drew, and on which day it will run out."""
    db, district = session(), actor().district
    found = queries.budget(db, district, programme, period)
    drawn = queries.draws(db, district, programme, period)
    return {
        "budget": found,
        "events": queries.events(db, district, programme, period),
        "draws": drawn,
        "forecast": queries.runs_out(found, drawn, at=now()),
    }


@blp.post(f"/budgets/<uuid:programme>/{_PERIOD}/freezing")
@requires("budget:freeze")
@idempotent
@blp.arguments(BudgetReasonIn, example=_REASON)
@blp.response(200, BudgetOut, example={**BUDGET, "state": "frozen"})
@refuses(ProgrammeNotFound, BudgetNotFound, BudgetClosed, BudgetFrozen)
def freeze(body: dict[str, Any], programme: UUID, period: str) -> Budget:
    """Promise nothing more from a budget; quotes that were delivered are still paid."""
    return budgets.freeze(session(), programme, period, by=actor(), at=now(), **body)


@blp.post(f"/budgets/<uuid:programme>/{_PERIOD}/thawing")
@requires("budget:freeze")
@idempotent
@blp.arguments(BudgetReasonIn, example=_REASON)
@blp.response(200, BudgetOut, example=BUDGET)
@refuses(ProgrammeNotFound, BudgetNotFound, BudgetClosed, BudgetNotFrozen)
def thaw(body: dict[str, Any], programme: UUID, period: str) -> Budget:
    """Let a frozen budget promise again."""
    return budgets.thaw(session(), programme, period, by=actor(), at=now(), **body)


@blp.get("/budget-orders")
@requires("budget:read")
@blp.arguments(BudgetOrdersIn, location="query")
@blp.response(200, BudgetOrderPageOut, example={"items": [ORDER], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(ORDERS, BudgetOrderPageOut)
def list_orders(args: dict[str, Any]) -> Page[Order]:
    """List movements of money that were drafted, the newest first."""
    return queries.orders(session(), actor().district, **args)


@blp.post("/budget-orders")
@requires("budget:draft")
@idempotent
@blp.arguments(BudgetOrderIn, example=ORDER_IN)
@blp.response(201, BudgetOrderOut, example={**ORDER, "state": "drafted"})
@refuses(OrderUnclear, ProgrammeNotFound, ProgrammeClosed, BudgetNotFound, BudgetBelowDrawn)
@refuses(BudgetYearOutOfReach)
def draft_order(body: dict[str, Any]) -> Order:
    """Propose to fund, cut, carry over or close a budget; nothing moves before somebody else approves."""
    return orders.draft(session(), by=actor(), at=now(), **body)


@blp.get("/budget-orders/<uuid:order>")
@requires("budget:read")
@blp.response(200, BudgetOrderOut, example=ORDER)
@refuses(OrderNotFound)
def show_order(order: UUID) -> Order:
    """Show a movement of money and what was decided."""
    return queries.order(session(), actor().district, order)


@blp.post("/budget-orders/<uuid:order>/approval")
@requires("budget:approve")
@idempotent
@blp.response(200, BudgetOrderOut, example=ORDER)
@refuses(OrderNotFound, OrderDecided, OwnOrder, ProgrammeClosed, BudgetNotFound, BudgetClosed)
@refuses(BudgetBelowDrawn, BudgetStillPromised, BudgetYearOutOfReach, TreasuryShort)
def approve_order(order: UUID) -> Order:
    """Approve what another person has drafted; the money moves at once, by one entry."""
    return orders.approve(session(), order, by=actor(), at=now())


@blp.post("/budget-orders/<uuid:order>/rejection")
@requires("budget:approve")
@idempotent
@blp.arguments(BudgetReasonIn, example=_REASON)
@blp.response(200, BudgetOrderOut, example={**ORDER, "state": "rejected", **_REASON})
@refuses(OrderNotFound, OrderDecided, OwnOrder)
def reject_order(body: dict[str, Any], order: UUID) -> Order:
    """Decide that no money moves."""
    return orders.reject(session(), order, by=actor(), at=now(), **body)


@blp.post("/budget-orders/<uuid:order>/withdrawal")
@requires("budget:draft")
@idempotent
@blp.response(200, BudgetOrderOut, example={**ORDER, "state": "withdrawn"})
@refuses(OrderNotFound, OrderDecided)
def withdraw_order(order: UUID) -> Order:
    """Take back an order before it is decided."""
    return orders.withdraw(session(), order, by=actor(), at=now())


@blp.get("/subsidy-promises")
@requires("account:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, QueuedSubsidyPageOut, example={"items": [PROMISE], "next_cursor": None})
@refuses(CursorUnreadable)
def list_promises(args: dict[str, Any]) -> Page[Promise]:
    """List the subsidies of your household that wait for money, or have waited, the newest first."""
    return queries.promises(session(), actor().district, household=actor().home(), **args)
