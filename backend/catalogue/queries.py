"""The questions that are asked of the catalogue."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, text
from sqlalchemy.orm import Session

from backend.catalogue.errors import NoPriceList
from backend.catalogue.models import CatalogueVersion, MaterialRow, RateRow
from backend.catalogue.rules import Basis, Material, PriceLine, PriceList, Rate
from backend.kit.paging import Page, cut, key_of

__all__ = ["Basis", "Material", "PriceLine", "PriceList", "Rate"]

_SAID = (MaterialRow.name_zh, MaterialRow.name_en, MaterialRow.hint_zh, MaterialRow.hint_en)
_ONE_PUBLISHER = text("select pg_advisory_xact_lock(hashtextextended('catalogue/' || :district, 0))")


def materials(db: Session) -> dict[str, Material]:
    """Return the whole register, by key."""
    return {row.key: row.material() for row in db.scalars(select(MaterialRow).order_by(MaterialRow.key))}


def search(db: Session, *, q: str, cursor: str | None, limit: int) -> Page[Material]:
    """List the materials whose name or hint contains something, by key."""
    query = select(MaterialRow)
    if q:
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in _SAID)))
    if (after := key_of(cursor, str)) is not None:
        query = query.where(MaterialRow.key > after[0])
    rows = db.scalars(query.order_by(MaterialRow.key).limit(limit + 1)).all()
    return cut([row.material() for row in rows], limit, lambda material: (material.key,))


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


def newest_locked(db: Session, district: str) -> CatalogueVersion | None:
    """Return the end of a district's chain; whoever asks next waits for this transaction."""
    db.execute(_ONE_PUBLISHER, {"district": district})
    return db.scalars(
        select(CatalogueVersion)
        .where(CatalogueVersion.district == district)
        .order_by(CatalogueVersion.number.desc())
        .limit(1)
    ).one_or_none()


def known(db: Session, keys: Sequence[str]) -> dict[str, bool]:
    """Tell which of these materials there are, and whether the city takes them."""
    rows = db.execute(select(MaterialRow.key, MaterialRow.accepted).where(MaterialRow.key.in_(keys)))
    return {row.key: row.accepted for row in rows}
