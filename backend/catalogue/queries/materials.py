"""What there is to hand over."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.catalogue.models import MaterialRow
from backend.catalogue.rules import Material
from backend.kit.paging import Page, cut, key_of

__all__ = ["known", "materials", "search"]

_SAID = (MaterialRow.name_zh, MaterialRow.name_en, MaterialRow.hint_zh, MaterialRow.hint_en)


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


def known(db: Session, keys: Sequence[str]) -> dict[str, bool]:
    """Tell which of these materials there are, and whether the city takes them."""
    rows = db.execute(select(MaterialRow.key, MaterialRow.accepted).where(MaterialRow.key.in_(keys)))
    return {row.key: row.accepted for row in rows}
