"""Who waits for a subsidy that its budget could not hold."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from backend.kit.paging import Page, cut, key_of
from backend.subsidy.models import PromiseRow
from backend.subsidy.rules import Promise, PromiseState

_QUEUE = text("select pg_advisory_xact_lock(hashtextextended('queue/' || :district || '/' || :programme, 0))")


def lock_queue(db: Session, district: str, programme: UUID) -> None:
    """Let nobody else serve a programme's queue until this transaction ends."""
    db.execute(_QUEUE, {"district": district, "programme": str(programme)})


def promises(db: Session, district: str, *, household: UUID, cursor: str | None, limit: int) -> Page[Promise]:
    """List what a household's queued subsidies have come to, the newest first."""
    query = select(PromiseRow).where(PromiseRow.district == district, PromiseRow.household == household)
    if (before := key_of(cursor, UUID)) is not None:
        query = query.where(PromiseRow.id < before[0])
    rows = db.scalars(query.order_by(PromiseRow.id.desc()).limit(limit + 1)).all()
    return cut([row.promise() for row in rows], limit, lambda one: (one.id,))


def promises_of(db: Session, district: str, lines: Collection[UUID]) -> Mapping[UUID, Promise]:
    """Return what the queued subsidies of lines have come to."""
    rows = db.scalars(select(PromiseRow).where(PromiseRow.district == district, PromiseRow.id.in_(lines)))
    return {row.id: row.promise() for row in rows}


def queue_locked(db: Session, district: str, programme: UUID) -> Sequence[PromiseRow]:
    """Return who waits in a programme's queue, in order, to give them money."""
    return db.scalars(
        select(PromiseRow)
        .where(PromiseRow.district == district, PromiseRow.programme == programme)
        .where(PromiseRow.state == PromiseState.WAITING)
        .order_by(PromiseRow.promised_at, PromiseRow.id)
        .with_for_update()
    ).all()


def next_funded(db: Session, district: str, programme: UUID) -> PromiseRow | None:
    """Return whom a programme's queue pays next, if money has come; its queue is locked already."""
    return db.scalars(
        select(PromiseRow)
        .where(PromiseRow.district == district, PromiseRow.programme == programme)
        .where(PromiseRow.state == PromiseState.FUNDED)
        .order_by(PromiseRow.promised_at, PromiseRow.id)
        .limit(1)
        .with_for_update()
    ).one_or_none()


def promise_locked(db: Session, district: str, line: UUID) -> PromiseRow | None:
    """Return the queued subsidy of a line, if it has one."""
    return db.get(PromiseRow, (district, line), with_for_update=True, populate_existing=True)


def owed_to_queue(db: Session, district: str, programme: UUID) -> int:
    """Add up what a programme still owes to its queue."""
    owed = select(func.sum(PromiseRow.subsidy_fen + PromiseRow.operator_subsidy_fen)).where(
        PromiseRow.district == district,
        PromiseRow.programme == programme,
        PromiseRow.state.in_((PromiseState.UNPROVEN, PromiseState.WAITING, PromiseState.FUNDED)),
    )
    return int(db.scalar(owed) or 0)
