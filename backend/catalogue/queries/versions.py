"""The chain of a district's price lists."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from backend.catalogue.errors import NoPriceList
from backend.catalogue.models import CatalogueVersion, MaterialRow, RateRow
from backend.catalogue.queries.photos import illustrated, photos_beside
from backend.catalogue.rules import Difference, PriceLine, PriceList, PriceListHead, differences
from backend.kit.clock import CITY
from backend.kit.fields import INT64_MAX
from backend.kit.kept import Kept
from backend.kit.paging import Page, cut, key_of, whole

__all__ = [
    "awaited",
    "changes",
    "newest",
    "newest_locked",
    "numbered",
    "price_list",
    "price_lists",
    "published",
    "version",
]

_FINAL: Kept[PriceList] = Kept(200)
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


def published(db: Session, district: str, version_id: UUID) -> PriceList:
    """Return what a published version says for good: without photos, which may hang today and not tomorrow.

    :raises NoPriceList: there is none with this id
    """

    def read() -> PriceList:
        found = version(db, district, version_id)
        return replace(found, lines=tuple(line.without_photos() for line in found.lines))

    return _FINAL.find(db, district, version_id, read=read)


def numbered(db: Session, district: str, number: int) -> PriceList:
    """Return a published version by its place in the chain.

    :raises NoPriceList: there is none with this number
    """
    if number > INT64_MAX:
        raise NoPriceList
    return _read(db, district, CatalogueVersion.number == number)


def changes(db: Session, district: str, number: int, *, since: int | None) -> list[Difference]:
    """Say what a version changed since an earlier one, or since the one before it; the first brought it all.

    :raises NoPriceList: there is no version with such a number
    """
    after = numbered(db, district, number)
    if since is None and number == 1:
        return differences((), after.lines)
    before = numbered(db, district, since if since is not None else number - 1)
    return differences(before.lines, after.lines)


def price_lists(
    db: Session, district: str, *, on: date | None, cursor: str | None, limit: int
) -> Page[PriceListHead]:
    """List a district's versions, or those that were in force at any time of a day; the newest first.

    :raises NoPriceList: it has never published one
    """
    later = (CatalogueVersion.district,), CatalogueVersion.number
    until = func.min(CatalogueVersion.effective_at).over(
        partition_by=later[0], order_by=later[1], rows=(1, None)
    )
    chain = (
        select(CatalogueVersion, until.label("until"))
        .where(CatalogueVersion.district == district, CatalogueVersion.published_at.is_not(None))
        .subquery()
    )
    link = aliased(CatalogueVersion, chain)
    query = select(link, chain.c.until)
    if on is not None:
        query = query.where(*_in_force(link, chain.c.until, on))
    if (before := key_of(cursor, whole)) is not None:
        query = query.where(link.number < before[0])
    rows = db.execute(query.order_by(link.number.desc()).limit(limit + 1)).all()
    if not rows and on is None and cursor is None:
        raise NoPriceList
    return cut([row.head(until=until) for row, until in rows], limit, lambda head: (head.number,))


def _in_force(
    link: type[CatalogueVersion], until: ColumnElement[datetime | None], day: date
) -> tuple[ColumnElement[bool], ...]:
    begins = datetime.combine(day, time.min, CITY)
    outlasts = or_(until.is_(None), and_(until > begins, until > link.effective_at))
    return link.effective_at < begins + timedelta(days=1), outlasts


def _read(db: Session, district: str, which: ColumnElement[bool]) -> PriceList:
    belongs = (RateRow.district == CatalogueVersion.district) & (RateRow.version == CatalogueVersion.id)
    rows = db.execute(
        select(CatalogueVersion, RateRow, MaterialRow, photos_beside())
        .outerjoin(RateRow, belongs)
        .outerjoin(MaterialRow, MaterialRow.key == RateRow.material)
        .where(CatalogueVersion.district == district, which, CatalogueVersion.published_at.is_not(None))
        .order_by(RateRow.material)
    ).all()
    if not rows:
        raise NoPriceList
    head: CatalogueVersion = rows[0][0]
    return head.price_list(
        tuple(
            PriceLine(illustrated(material, photos), rate.rate())
            for _, rate, material, photos in rows
            if rate is not None
        )
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
