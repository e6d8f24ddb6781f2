"""The questions that are asked of carbon."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from backend.carbon.errors import NoFactorSet
from backend.carbon.models import FactorRow, FactorSetRow
from backend.carbon.rules import Factor, FactorSet

__all__ = ["Factor", "FactorSet"]


def factor_set(db: Session, *, at: datetime) -> FactorSet:
    """Return the set in force at a time: of those valid by then, the one that became valid last.

    :raises NoFactorSet: there was none
    """
    in_force = (
        select(FactorSetRow.id)
        .where(FactorSetRow.valid_from <= at, FactorSetRow.approved_at.is_not(None))
        .order_by(FactorSetRow.valid_from.desc(), FactorSetRow.approved_at.desc(), FactorSetRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return _read(db, FactorSetRow.id == in_force)


def factor_set_by_id(db: Session, factor_set_id: UUID) -> FactorSet:
    """Return an approved set.

    :raises NoFactorSet: there is none with this id
    """
    return _read(db, FactorSetRow.id == factor_set_id)


def factor_set_named(db: Session, name: str, version: int) -> FactorSet:
    """Return an approved set by its name and version.

    :raises NoFactorSet: there is none
    """
    return _read(db, (FactorSetRow.name == name) & (FactorSetRow.version == version))


def factor_set_ids(db: Session) -> list[UUID]:
    """List the sets that were ever approved."""
    return list(db.scalars(select(FactorSetRow.id).where(FactorSetRow.approved_at.is_not(None))))


def _read(db: Session, which: ColumnElement[bool]) -> FactorSet:
    rows = db.execute(
        select(FactorSetRow, FactorRow)
        .join(FactorRow, FactorRow.factor_set == FactorSetRow.id)
        .where(which, FactorSetRow.approved_at.is_not(None))
        .order_by(FactorRow.material)
    ).all()
    if not rows:
        raise NoFactorSet
    return rows[0][0].factor_set(tuple(factor.factor() for _, factor in rows))
