"""The chain of a district's price lists."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.orm import Session

from backend.catalogue.errors import NoPriceList
from backend.catalogue.models import CatalogueVersion, MaterialRow, RateRow
from backend.catalogue.rules import PriceLine, PriceList

__all__ = ["awaited", "newest", "newest_locked", "price_list", "version"]

_ONE_PUBLISHER = text("select pg_advisory_xact_lock(hashtextextended('catalogue/' || :district, 0))")


def price_list(db: Session, district: str, *, at: datetime) -> PriceList:
    """Return the rates that apply at a time: the newest version that is in effect by then.

    A later version wins even over one whose own time comes later, which is how a wrong one is superseded.

    :raises NoPriceList: there is none
    """
    in_force = (
        select(CatalogueVersion.id)
        .where(CatalogueVersion.district == district, CatalogueVersion.effective_at <= at)
        .where(CatalogueVersion.published_at.is_not(None))
        .order_by(CatalogueVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return _read(db, district, CatalogueVersion.id == in_force)


def version(db: Session, district: str, version_id: UUID) -> PriceList:
    """Return a published version.

    :raises NoPriceList: there is none with this id
    """
    return _read(db, district, CatalogueVersion.id == version_id)


def _read(db: Session, district: str, which: ColumnElement[bool]) -> PriceList:
    belongs = (RateRow.district == CatalogueVersion.district) & (RateRow.version == CatalogueVersion.id)
    rows = db.execute(
        select(CatalogueVersion, RateRow, MaterialRow)
        .join(RateRow, belongs)
        .join(MaterialRow, MaterialRow.key == RateRow.material)
        .where(CatalogueVersion.district == district, which, CatalogueVersion.published_at.is_not(None))
        .order_by(RateRow.material)
    ).all()
    if not rows:
        raise NoPriceList
    return rows[0][0].price_list(
        tuple(PriceLine(material.material(), rate.rate()) for _, rate, material in rows)
    )


def newest(db: Session, district: str) -> UUID | None:
    """Return the last version of a district's chain, in force or not yet."""
    return db.scalars(
        select(CatalogueVersion.id)
        .where(CatalogueVersion.district == district)
        .order_by(CatalogueVersion.number.desc())
        .limit(1)
    ).one_or_none()


def awaited(db: Session, district: str, *, since: datetime, at: datetime) -> int | None:
    """Return the number of a version that a new one since then would keep from ever applying, if any."""
    return db.scalars(
        select(CatalogueVersion.number)
        .where(CatalogueVersion.district == district)
        .where(CatalogueVersion.effective_at >= since, CatalogueVersion.effective_at > at)
        .order_by(CatalogueVersion.number)
        .limit(1)
    ).one_or_none()


def newest_locked(db: Session, district: str) -> CatalogueVersion | None:
    """Return the end of a district's chain; whoever asks next waits for this transaction."""
    db.execute(_ONE_PUBLISHER, {"district": district})
    return db.scalars(
        select(CatalogueVersion)
        .where(CatalogueVersion.district == district)
        .order_by(CatalogueVersion.number.desc())
        .limit(1)
    ).one_or_none()
