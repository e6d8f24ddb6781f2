"""What is being worked on."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.catalogue.models import DraftRateRow, DraftRow, MaterialRow
from backend.catalogue.queries.versions import version
from backend.catalogue.rules import Difference, Draft, DraftHead, PriceLine, differences
from backend.kit.drafts import DraftNotFound
from backend.kit.paging import Page, cut, key_of

__all__ = ["draft", "draft_changes", "draft_locked", "drafts", "lines_of"]


def draft(db: Session, district: str, draft_id: UUID) -> Draft:
    """Return a draft with its rates.

    :raises DraftNotFound: the district has none with this id
    """
    row = db.get(DraftRow, (district, draft_id))
    if row is None:
        raise DraftNotFound
    return row.draft(lines_of(db, row))


def draft_changes(db: Session, district: str, draft_id: UUID) -> list[Difference]:
    """Say what a draft would change of the version that it is based on.

    :raises DraftNotFound: the district has none with this id
    """
    found = draft(db, district, draft_id)
    before = version(db, district, found.based_on).lines if found.based_on else ()
    return differences(before, found.lines)


def draft_locked(db: Session, district: str, draft_id: UUID) -> DraftRow:
    """Return a draft that stays as it is until this transaction ends.

    :raises DraftNotFound: the district has none with this id
    """
    row = db.get(DraftRow, (district, draft_id), with_for_update=True, populate_existing=True)
    if row is None:
        raise DraftNotFound
    return row


def lines_of(db: Session, row: DraftRow) -> tuple[PriceLine, ...]:
    """Return what a draft would pay, by material."""
    found = db.execute(
        select(DraftRateRow, MaterialRow)
        .join(MaterialRow, MaterialRow.key == DraftRateRow.material)
        .where(DraftRateRow.district == row.district, DraftRateRow.draft == row.id)
        .order_by(DraftRateRow.material)
    )
    return tuple(PriceLine(material.material(), rate.rate()) for rate, material in found)


def drafts(
    db: Session, district: str, *, state: str | None, cursor: str | None, limit: int
) -> Page[DraftHead]:
    """List a district's drafts, or those in a state, the newest first."""
    query = select(DraftRow).where(DraftRow.district == district)
    if state is not None:
        query = query.where(DraftRow.state == state)
    if (before := key_of(cursor, UUID)) is not None:
        query = query.where(DraftRow.id < before[0])
    rows = db.scalars(query.order_by(DraftRow.id.desc()).limit(limit + 1)).all()
    return cut([row.head() for row in rows], limit, lambda head: (head.id,))
