"""The questions that are asked of carbon."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from backend.carbon.errors import NoFactorSet
from backend.carbon.models import DraftFactorRow, FactorDraftRow, FactorRow, FactorSetRow
from backend.carbon.rules import Factor, FactorDraft, FactorDraftHead, FactorSet, Naming
from backend.kit.drafts import DraftNotFound
from backend.kit.kept import Kept
from backend.kit.paging import Page, cut, key_of

__all__ = ["Factor", "FactorDraft", "FactorDraftHead", "FactorSet", "Naming"]

_FINAL: Kept[FactorSet] = Kept(50)
_ONE_PUBLISHER = text("select pg_advisory_xact_lock(hashtextextended('factor_set', 0))")
_NEWEST_FIRST = (FactorSetRow.approved_at.desc(), FactorSetRow.valid_from.desc(), FactorSetRow.id.desc())


def factor_set(db: Session, *, at: datetime) -> FactorSet:
    """Return the set in force at a time: of those valid by then, the one that was approved last.

    A later set wins even over one that is valid from later on, which is how a wrong one is superseded.

    :raises NoFactorSet: there was none
    """
    in_force = (
        select(FactorSetRow.id)
        .where(FactorSetRow.valid_from <= at, FactorSetRow.approved_at.is_not(None))
        .order_by(*_NEWEST_FIRST)
        .limit(1)
        .scalar_subquery()
    )
    return _read(db, FactorSetRow.id == in_force)


def factor_set_by_id(db: Session, factor_set_id: UUID) -> FactorSet:
    """Return an approved set, which is final.

    :raises NoFactorSet: there is none with this id
    """
    return _FINAL.find(db, factor_set_id, read=lambda: _read(db, FactorSetRow.id == factor_set_id))


def factor_set_named(db: Session, name: str, version: int) -> FactorSet:
    """Return an approved set by its name and version.

    :raises NoFactorSet: there is none
    """
    return _read(db, (FactorSetRow.name == name) & (FactorSetRow.version == version))


def factor_sets(db: Session, *, cursor: str | None, limit: int) -> Page[FactorSet]:
    """List the sets that were ever approved, the newest first."""
    query = select(FactorSetRow).where(FactorSetRow.approved_at.is_not(None))
    if (before := key_of(cursor, UUID)) is not None:
        query = query.where(FactorSetRow.id < before[0])
    rows = db.scalars(query.order_by(FactorSetRow.id.desc()).limit(limit + 1)).all()
    lines: dict[UUID, list[Factor]] = {row.id: [] for row in rows}
    said = select(FactorRow).where(FactorRow.factor_set.in_(lines)).order_by(FactorRow.material)
    for factor in db.scalars(said):
        lines[factor.factor_set].append(factor.factor())
    found = [row.factor_set(tuple(lines[row.id])) for row in rows]
    return cut(found, limit, lambda one: (one.id,))


def newest(db: Session) -> UUID | None:
    """Return the set that was approved last, in force or not yet."""
    approved = select(FactorSetRow.id).where(FactorSetRow.approved_at.is_not(None))
    return db.scalars(approved.order_by(*_NEWEST_FIRST).limit(1)).one_or_none()


def awaited(db: Session, *, since: datetime, at: datetime) -> FactorSetRow | None:
    """Return a set that a new one since then would keep from ever applying, if any."""
    return db.scalars(
        select(FactorSetRow)
        .where(FactorSetRow.approved_at.is_not(None))
        .where(FactorSetRow.valid_from >= since, FactorSetRow.valid_from > at)
        .order_by(FactorSetRow.valid_from, FactorSetRow.id)
        .limit(1)
    ).one_or_none()


def last_version(db: Session, name: str) -> int:
    """Return the number of the last version of a set; 0 where there is none of this name."""
    return db.scalar(select(func.max(FactorSetRow.version)).where(FactorSetRow.name == name)) or 0


def lock_chain(db: Session) -> None:
    """Let whoever publishes next wait for this transaction."""
    db.execute(_ONE_PUBLISHER)


def draft(db: Session, draft_id: UUID) -> FactorDraft:
    """Return a draft with its factors.

    :raises DraftNotFound: there is none with this id
    """
    row = db.get(FactorDraftRow, draft_id)
    if row is None:
        raise DraftNotFound
    return row.draft(lines_of(db, row))


def draft_locked(db: Session, draft_id: UUID) -> FactorDraftRow:
    """Return a draft that stays as it is until this transaction ends.

    :raises DraftNotFound: there is none with this id
    """
    row = db.get(FactorDraftRow, draft_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise DraftNotFound
    return row


def lines_of(db: Session, row: FactorDraftRow) -> tuple[Factor, ...]:
    """Return what a draft would say, by material."""
    said = select(DraftFactorRow).where(DraftFactorRow.draft == row.id).order_by(DraftFactorRow.material)
    return tuple(factor.factor() for factor in db.scalars(said))


def drafts(db: Session, *, state: str | None, cursor: str | None, limit: int) -> Page[FactorDraftHead]:
    """List drafts, or those in a state, the newest first."""
    query = select(FactorDraftRow)
    if state is not None:
        query = query.where(FactorDraftRow.state == state)
    if (before := key_of(cursor, UUID)) is not None:
        query = query.where(FactorDraftRow.id < before[0])
    rows = db.scalars(query.order_by(FactorDraftRow.id.desc()).limit(limit + 1)).all()
    return cut([row.head() for row in rows], limit, lambda head: (head.id,))


def _read(db: Session, which: ColumnElement[bool]) -> FactorSet:
    rows = db.execute(
        select(FactorSetRow, FactorRow)
        .outerjoin(FactorRow, FactorRow.factor_set == FactorSetRow.id)
        .where(which, FactorSetRow.approved_at.is_not(None))
        .order_by(FactorRow.material)
    ).all()
    if not rows:
        raise NoFactorSet
    beside: list[FactorRow | None] = [factor for _, factor in rows]
    return rows[0][0].factor_set(tuple(factor.factor() for factor in beside if factor is not None))
