"""How outlets are registered, changed, closed and opened again, by the people of a district."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.ids import new_id
from backend.kit.positions import Position, facts_of
from backend.network.service import check_position
from backend.outlets import queries
from backend.outlets.errors import OutletClosed, OutletNotClosed
from backend.outlets.models import OutletRow
from backend.outlets.rules import Outlet
from backend.rewards import queries as rewards
from backend.rewards.errors import MerchantNotFound

AsSeen = Callable[[Outlet], None]


def enter(
    db: Session, *, id: UUID, district: str, merchant: UUID | None, name_zh: str, name_en: str, address: str
) -> None:
    """Enter an outlet of a register; said again, it changes nothing. People put it on the map."""
    row = {"id": id, "district": district, "merchant": merchant, "name_zh": name_zh, "name_en": name_en}
    db.execute(insert(OutletRow).values({**row, "address": address, "hours": ""}).on_conflict_do_nothing())


def register(db: Session, *, by: Actor, at: datetime, **said: Any) -> Outlet:
    """Register an outlet.

    :param said: merchant, name_zh, name_en, address, hours and position, as the wire has them
    :raises MerchantNotFound: there is no such merchant
    :raises PositionOutsideDistrict: the position lies elsewhere
    """
    _check(db, by.district, **said)
    row = OutletRow(district=by.district, id=new_id(at), **said)
    db.add(row)
    db.flush()
    _note(db, "outlet.registered", row, by=by, at=at, after=_facts(said))
    return queries.shown(db, row)


def change(
    db: Session, outlet_id: UUID, *, by: Actor, at: datetime, is_as_seen: AsSeen, **said: Any
) -> Outlet:
    """Say something else of an outlet, such as where it is; a position of None takes it off the map.

    :raises OutletNotFound: the actor's district has no such outlet
    :raises OutletClosed: it is closed
    :raises MerchantNotFound: there is no such merchant
    :raises PositionOutsideDistrict: the position lies elsewhere
    """
    _check(db, by.district, **said)
    row = _seen(db, outlet_id, by=by, is_as_seen=is_as_seen)
    if row.closed_at is not None:
        raise OutletClosed
    before = _facts({name: getattr(row, name) for name in said})
    for name, value in said.items():
        setattr(row, name, value)
    db.flush()
    _note(db, "outlet.changed", row, by=by, at=at, before=before, after=_facts(said))
    return queries.shown(db, row)


def close(
    db: Session, outlet_id: UUID, *, by: Actor, at: datetime, reason: str, is_as_seen: AsSeen
) -> Outlet:
    """Lead nobody there any more.

    :raises OutletNotFound: the actor's district has no such outlet
    :raises OutletClosed: it is closed already
    """
    row = _seen(db, outlet_id, by=by, is_as_seen=is_as_seen)
    if row.closed_at is not None:
        raise OutletClosed
    row.mark_closed(by=by.id, at=at, reason=reason)
    _note(db, "outlet.closed", row, by=by, at=at, reason=reason)
    return queries.shown(db, row)


def open_again(
    db: Session, outlet_id: UUID, *, by: Actor, at: datetime, reason: str, is_as_seen: AsSeen
) -> Outlet:
    """Lead people there again.

    :raises OutletNotFound: the actor's district has no such outlet
    :raises OutletNotClosed: it is open
    """
    row = _seen(db, outlet_id, by=by, is_as_seen=is_as_seen)
    if row.closed_at is None:
        raise OutletNotClosed
    row.mark_open()
    _note(db, "outlet.reopened", row, by=by, at=at, reason=reason)
    return queries.shown(db, row)


def _check(
    db: Session, district: str, *, merchant: UUID | None, position: Position | None, **_: object
) -> None:
    if merchant is not None and not rewards.is_merchant(db, merchant):
        raise MerchantNotFound
    check_position(district, position)


def _seen(db: Session, outlet_id: UUID, *, by: Actor, is_as_seen: AsSeen) -> OutletRow:
    row = queries.outlet_locked(db, by.district, outlet_id)
    is_as_seen(queries.shown(db, row))
    return row


def _facts(said: Mapping[str, Any]) -> trail.Facts:
    position, merchant = said["position"], said["merchant"]
    words = {name: value for name, value in said.items() if name not in ("position", "merchant")}
    return {**words, "merchant": merchant and str(merchant), **facts_of(position)}


def _note(db: Session, kind: str, row: OutletRow, **more: Any) -> None:
    trail.note(db, kind, f"outlet/{row.id}", **more)
