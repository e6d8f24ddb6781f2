"""The questions that are asked of outlets."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from backend.kit.paging import Page, cut, key_of
from backend.outlets.errors import OutletNotFound
from backend.outlets.models import OutletRow
from backend.outlets.rules import Kind, Outlet, Shop
from backend.rewards import queries as rewards

__all__ = ["Outlet"]

_OF_THE_ROW = ("id", "name_zh", "name_en", "address", "hours", "position", "closed_at", "closed_reason")


def outlets(
    db: Session, district: str, *, kind: str | None, closed: bool, cursor: str | None, limit: int
) -> Page[Outlet]:
    """List the outlets of a district that are open, or those that are not, by name."""
    query = select(OutletRow).where(
        OutletRow.district == district, OutletRow.closed_at.is_not(None) == closed
    )
    if kind is not None:
        query = query.where(OutletRow.merchant.is_not(None) == (kind == Kind.SHOP))
    if (after := key_of(cursor, str, UUID)) is not None:
        query = query.where(tuple_(OutletRow.name_zh, OutletRow.id) > after)
    rows = db.scalars(query.order_by(OutletRow.name_zh, OutletRow.id).limit(limit + 1)).all()
    return cut(_shown(db, district, rows), limit, lambda found: (found.name_zh, found.id))


def outlet(db: Session, district: str, outlet_id: UUID) -> Outlet:
    """Return an outlet.

    :raises OutletNotFound: the district has no such outlet
    """
    return shown(db, _found(db.get(OutletRow, (district, outlet_id))))


def outlet_locked(db: Session, district: str, outlet_id: UUID) -> OutletRow:
    """Find an outlet, and keep others from changing it.

    :raises OutletNotFound: the district has no such outlet
    """
    return _found(db.get(OutletRow, (district, outlet_id), with_for_update=True))


def shown(db: Session, row: OutletRow) -> Outlet:
    """Return what leaves this room of an outlet."""
    (found,) = _shown(db, row.district, [row])
    return found


def _found(row: OutletRow | None) -> OutletRow:
    if row is None:
        raise OutletNotFound
    return row


def _shown(db: Session, district: str, rows: Sequence[OutletRow]) -> list[Outlet]:
    names = rewards.merchant_names(db, district, {row.merchant for row in rows if row.merchant})
    return [
        Outlet(
            **{name: getattr(row, name) for name in _OF_THE_ROW},
            merchant=Shop(row.merchant, *names[row.merchant]) if row.merchant else None,
        )
        for row in rows
    ]
