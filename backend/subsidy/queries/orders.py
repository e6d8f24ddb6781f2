"""Which movements of money were drafted, and what was decided."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit.paging import Page, cut, key_of
from backend.subsidy.errors import OrderNotFound
from backend.subsidy.models import BudgetOrder
from backend.subsidy.rules import Order


def order(db: Session, district: str, order_id: UUID) -> Order:
    """Return an order.

    :raises OrderNotFound: the district has no such order
    """
    row = db.get(BudgetOrder, (district, order_id))
    if row is None:
        raise OrderNotFound
    return row.order()


def order_locked(db: Session, district: str, order_id: UUID) -> BudgetOrder:
    """Return an order that nobody else decides meanwhile.

    :raises OrderNotFound: the district has no such order
    """
    row = db.get(BudgetOrder, (district, order_id), with_for_update=True, populate_existing=True)
    if row is None:
        raise OrderNotFound
    return row


def orders(db: Session, district: str, *, state: str | None, cursor: str | None, limit: int) -> Page[Order]:
    """List orders, the newest first."""
    query = select(BudgetOrder).where(BudgetOrder.district == district)
    if state is not None:
        query = query.where(BudgetOrder.state == state)
    if (before := key_of(cursor, UUID)) is not None:
        query = query.where(BudgetOrder.id < before[0])
    rows = db.scalars(query.order_by(BudgetOrder.id.desc()).limit(limit + 1)).all()
    return cut([row.order() for row in rows], limit, lambda one: (one.id,))
