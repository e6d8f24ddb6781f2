"""What materials look like."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Label, exists, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from backend.catalogue.errors import MaterialUnknown, PhotoNotFound, PictureNotFound
from backend.catalogue.models import MaterialRow, PhotoRow, PictureRow
from backend.catalogue.rules import HungPhoto, Material, Photo, Picture
from backend.kit.paging import Page, cut, key_of

__all__ = [
    "illustrated",
    "photo",
    "photo_locked",
    "photos",
    "photos_beside",
    "photos_locked",
    "picture",
]

_Small, _Large = aliased(PictureRow), aliased(PictureRow)
_IS_SMALL, _IS_LARGE = _Small.digest == PhotoRow.small, _Large.digest == PhotoRow.large
_HUNG = select(PhotoRow, _Small, _Large).join(_Small, _IS_SMALL).join(_Large, _IS_LARGE)


def photos_beside() -> Label[list[dict[str, Any]] | None]:
    """Return what a query of materials says of their photos beside each, in the same statement."""
    said = func.jsonb_build_object(
        *("alt_zh", PhotoRow.alt_zh, "alt_en", PhotoRow.alt_en),
        *("small", _size(_Small), "large", _size(_Large)),
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(said, PhotoRow.id)))
        .select_from(PhotoRow)
        .join(_Small, _IS_SMALL)
        .join(_Large, _IS_LARGE)
        .where(PhotoRow.material == MaterialRow.key, PhotoRow.withdrawn_at.is_(None))
        .correlate(MaterialRow)
        .scalar_subquery()
        .label("photos")
    )


def _size(picture: type[PictureRow]) -> Any:
    return func.jsonb_build_object(
        *("digest", picture.digest, "width", picture.width, "height", picture.height)
    )


def illustrated(row: MaterialRow, found: Sequence[Mapping[str, Any]] | None) -> Material:
    """Return a material with what was said beside it."""
    return replace(row.material(), photos=tuple(_photo(each) for each in found or ()))


def _photo(said: Mapping[str, Any]) -> Photo:
    small, large = Picture(**said["small"]), Picture(**said["large"])
    return Photo(alt_zh=said["alt_zh"], alt_en=said["alt_en"], small=small, large=large)


def photos(db: Session, *, material: str | None, cursor: str | None, limit: int) -> Page[HungPhoto]:
    """List the photos that are shown, or those of a material, as they were put up."""
    query = _HUNG.where(PhotoRow.withdrawn_at.is_(None))
    if material is not None:
        query = query.where(PhotoRow.material == material)
    if (after := key_of(cursor, UUID)) is not None:
        query = query.where(PhotoRow.id > after[0])
    rows = db.execute(query.order_by(PhotoRow.id).limit(limit + 1)).all()
    return cut(
        [_hung_photo(row, small, large) for row, small, large in rows], limit, lambda found: (found.id,)
    )


def photo(db: Session, photo_id: UUID) -> HungPhoto:
    """Return a photo as it was put up."""
    row, small, large = db.execute(_HUNG.where(PhotoRow.id == photo_id)).one()
    return _hung_photo(row, small, large)


def _hung_photo(row: PhotoRow, small: PictureRow, large: PictureRow) -> HungPhoto:
    return HungPhoto(
        id=row.id,
        material=row.material,
        alt_zh=row.alt_zh,
        alt_en=row.alt_en,
        small=Picture(small.digest, small.width, small.height),
        large=Picture(large.digest, large.width, large.height),
        district=row.district,
        added_at=row.added_at,
        withdrawn_at=row.withdrawn_at,
    )


def photo_locked(db: Session, photo_id: UUID, *, district: str) -> PhotoRow:
    """Return a photo that a district has put up, and that stays as it is until this transaction ends.

    :raises PhotoNotFound: it has put up none with this id
    """
    row = db.get(PhotoRow, photo_id, with_for_update=True, populate_existing=True)
    if row is None or row.district != district:
        raise PhotoNotFound
    return row


def photos_locked(db: Session, material: str) -> Sequence[str]:
    """Return the digests of a material's photos; whoever adds another waits for this transaction.

    :raises MaterialUnknown: there is no such material
    """
    # Whoever only refers to the material, as a line of a weighing does, does not wait.
    row = db.get(MaterialRow, material, with_for_update={"key_share": True})
    if row is None:
        raise MaterialUnknown(material=material)
    return db.scalars(
        select(PhotoRow.large).where(PhotoRow.material == material, PhotoRow.withdrawn_at.is_(None))
    ).all()


def picture(db: Session, digest: str) -> bytes:
    """Return the bytes of a picture that some material is shown with.

    :raises PictureNotFound: there is none
    """
    is_shown = exists().where(
        or_(PhotoRow.small == digest, PhotoRow.large == digest), PhotoRow.withdrawn_at.is_(None)
    )
    content = db.scalar(select(PictureRow.content).where(PictureRow.digest == digest, is_shown))
    if content is None:
        raise PictureNotFound
    return content
