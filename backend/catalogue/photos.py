"""How photos of materials are put up, and withdrawn again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.catalogue import queries
from backend.catalogue.errors import PhotoKnown, PhotosTooMany, PhotoWithdrawn
from backend.catalogue.models import PhotoRow, PictureRow
from backend.catalogue.rules import HungPhoto
from backend.catalogue.rules.pictures import Made, made_of
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.ids import new_id

MOST = 6
"""How many photos a material has."""


def add_photo(
    db: Session, *, by: Actor, at: datetime, material: str, content: bytes, alt_zh: str, alt_en: str
) -> HungPhoto:
    """Show a material with one more photo to everybody.

    :raises MaterialUnknown: there is no such material
    :raises PhotoKnown: the material has it already
    :raises PhotosTooMany: the material has as many as it may
    :raises Problem: it is no photo that we take, see `made_of`
    """
    small, large = made_of(content)  # before anybody has to wait for it
    standing = queries.photos_locked(db, material)
    if large.digest in standing:
        raise PhotoKnown(material=material)
    if len(standing) >= MOST:
        raise PhotosTooMany(material=material, most=MOST)
    _keep(db, small, large)
    row = PhotoRow(
        id=new_id(at),
        material=material,
        small=small.digest,
        large=large.digest,
        alt_zh=alt_zh,
        alt_en=alt_en,
        district=by.district,
        added_at=at,
        added_by=by.id,
    )
    db.add(row)
    trail.note(db, "photo.added", f"photo/{row.id}", by=by, after=_facts(row), at=at)
    db.flush()
    return queries.photo(db, row.id)


def withdraw_photo(db: Session, photo_id: UUID, *, by: Actor, at: datetime, reason: str) -> HungPhoto:
    """Show a photo that one's own district has put up to nobody any more.

    :raises PhotoNotFound: the district has put up none with this id
    :raises PhotoWithdrawn: it was withdrawn before
    """
    row = queries.photo_locked(db, photo_id, district=by.district)
    if row.withdrawn_at is not None:
        raise PhotoWithdrawn
    row.mark_withdrawn(by=by.id, at=at)
    trail.note(db, "photo.withdrawn", f"photo/{row.id}", by=by, before=_facts(row), reason=reason, at=at)
    db.flush()
    return queries.photo(db, row.id)


def _keep(db: Session, *pictures: Made) -> None:
    """Keep pictures; one that is there already is the same."""
    values = [{**vars(each), "digest": each.digest} for each in pictures]
    db.execute(insert(PictureRow).values(values).on_conflict_do_nothing())


def _facts(row: PhotoRow) -> trail.Facts:
    return {key: getattr(row, key) for key in ("material", "large", "alt_zh", "alt_en")}
