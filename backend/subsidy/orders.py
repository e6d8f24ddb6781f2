"""How money is ordered to move: an administrator drafts it, and somebody else from finance decides."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.ids import new_id
from backend.subsidy import budgets, queries
from backend.subsidy.errors import (
    BudgetBelowDrawn,
    BudgetYearOutOfReach,
    OrderDecided,
    OrderUnclear,
    OwnOrder,
    ProgrammeClosed,
)
from backend.subsidy.models import BudgetOrder
from backend.subsidy.rules import Order, OrderKind, OrderState, asks_clearly, next_period, period_of


def draft(
    db: Session,
    *,
    by: Actor,
    at: datetime,
    kind: str,
    programme: UUID,
    period: str,
    fen: int | None,
    source: str | None,
    to_period: str | None,
    basis_zh: str,
    basis_en: str,
) -> Order:
    """Propose a movement of money; nothing moves before somebody else approves it.

    :raises OrderUnclear: it says too little for its kind, or too much
    :raises BudgetYearOutOfReach: money would come to the budget of a year that is neither this nor the next
    :raises ProgrammeNotFound: the district has no such programme
    :raises ProgrammeClosed: it takes no more money
    :raises BudgetNotFound: there is nothing for this period
    :raises BudgetBelowDrawn: that much is not free to be cut
    """
    if not asks_clearly(kind, fen=fen, source=source, period=period, to_period=to_period):
        raise OrderUnclear
    _check_year(kind, period=period, to_period=to_period, at=at)
    _check(db, by.district, kind=kind, programme=programme, period=period, fen=fen)
    row = BudgetOrder(
        district=by.district,
        id=new_id(at),
        kind=kind,
        programme=programme,
        period=period,
        source=source,
        to_period=to_period,
        fen=fen,
        basis_zh=basis_zh,
        basis_en=basis_en,
        state=OrderState.DRAFTED,
        drafted_by=by.id,
        drafted_at=at,
    )
    db.add(row)
    db.flush()
    _note(db, row, by=by, at=at)
    return row.order()


def approve(db: Session, order_id: UUID, *, by: Actor, at: datetime) -> Order:
    """Move the money, as another person has drafted it.

    :raises OrderNotFound: the district has no such order
    :raises OrderDecided: it was decided before
    :raises OwnOrder: the actor has drafted it
    :raises BudgetYearOutOfReach: the year that the money would come to has ended since
    """
    row = _of_another(db, order_id, by=by)
    _check_year(row.kind, period=row.period, to_period=row.to_period, at=at)
    row.mark_decided(OrderState.APPROVED, by=by.id, at=at)
    db.flush()
    _carry_out(db, row, by=by, at=at)
    return row.order()


def reject(db: Session, order_id: UUID, *, by: Actor, at: datetime, reason: str) -> Order:
    """Decide that no money moves.

    :raises OrderNotFound: the district has no such order
    :raises OrderDecided: it was decided before
    :raises OwnOrder: the actor has drafted it
    """
    row = _of_another(db, order_id, by=by)
    row.mark_decided(OrderState.REJECTED, by=by.id, at=at, reason=reason)
    _note(db, row, by=by, at=at, reason=reason)
    return row.order()


def withdraw(db: Session, order_id: UUID, *, by: Actor, at: datetime) -> Order:
    """Take back what the administration has drafted.

    :raises OrderNotFound: the district has no such order
    :raises OrderDecided: it was decided before
    """
    row = _undecided(db, order_id, by=by)
    row.mark_decided(OrderState.WITHDRAWN, by=by.id, at=at)
    _note(db, row, by=by, at=at)
    return row.order()


def _carry_out(db: Session, row: BudgetOrder, *, by: Actor, at: datetime) -> None:
    order = row.order()
    match OrderKind(order.kind):
        case OrderKind.FUND:
            assert order.fen is not None, "a payment says how much"
            assert order.source is not None, "and from where"
            row.entry = budgets.fund(
                db,
                district=by.district,
                programme=order.programme,
                period=order.period,
                fen=order.fen,
                basis_zh=order.basis_zh,
                basis_en=order.basis_en,
                source=order.source,
                order=order,
                by=by,
                at=at,
            )
        case OrderKind.CUT:
            row.entry = budgets.cut(db, order, by=by, at=at)
        case OrderKind.CARRY_OVER:
            row.entry, row.fen = _moved(budgets.carry_over(db, order, by=by, at=at))
        case OrderKind.CLOSE:
            row.entry, row.fen = _moved(budgets.close(db, order, by=by, at=at))


def _moved(done: tuple[UUID | None, int]) -> tuple[UUID | None, int | None]:
    """Keep what moved; where nothing was left, no amount is."""
    entry, fen = done
    return entry, fen or None


def _check_year(kind: str, *, period: str, to_period: str | None, at: datetime) -> None:
    """Refuse money for a year that is over, or further away than the next."""
    receives = {OrderKind.FUND: period, OrderKind.CARRY_OVER: to_period}.get(OrderKind(kind))
    this = period_of(at)
    if receives is not None and not this <= receives <= next_period(this):
        raise BudgetYearOutOfReach(this=this, following=next_period(this), period=receives)


def _check(db: Session, district: str, *, kind: str, programme: UUID, period: str, fen: int | None) -> None:
    """Refuse at once what could not be approved as things stand; approval looks again."""
    owner = queries.programme(db, district, programme)
    if kind in (OrderKind.FUND, OrderKind.CARRY_OVER) and owner.closed_at is not None:
        raise ProgrammeClosed
    if kind == OrderKind.FUND:
        return
    found = queries.budget(db, district, programme, period)
    if kind == OrderKind.CUT and fen is not None and fen > found.available_fen:
        raise BudgetBelowDrawn(available=found.available_fen, fen=fen)


def _undecided(db: Session, order_id: UUID, *, by: Actor) -> BudgetOrder:
    row = queries.order_locked(db, by.district, order_id)
    if row.state != OrderState.DRAFTED:
        raise OrderDecided
    return row


def _of_another(db: Session, order_id: UUID, *, by: Actor) -> BudgetOrder:
    row = _undecided(db, order_id, by=by)
    if row.drafted_by == by.id:
        raise OwnOrder
    return row


def _note(db: Session, row: BudgetOrder, *, by: Actor, at: datetime, reason: str | None = None) -> None:
    facts = {"kind": row.kind, "period": row.period, "fen": row.fen, "state": row.state}
    trail.note(
        db, f"budget_order.{row.state}", f"budget_order/{row.id}", by=by, after=facts, reason=reason, at=at
    )
