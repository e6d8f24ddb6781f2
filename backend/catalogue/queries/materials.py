"""What there is to hand over, and how it is found."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, Subquery, case, func, literal, select, tuple_, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.catalogue.models import MaterialRow, SynonymRow
from backend.catalogue.queries.photos import illustrated, photos_beside
from backend.catalogue.queries.synonyms import also_called
from backend.catalogue.rules import Material
from backend.kit.paging import Page, cut, key_of, whole

__all__ = ["known", "materials", "search"]

_NAMES = (MaterialRow.key, MaterialRow.name_zh, MaterialRow.name_en)
_HINTS = (MaterialRow.hint_zh, MaterialRow.hint_en)
_NAME, _SYNONYM, _BEGINS, _CONTAINS, _HINT = range(5)
"""How well a material fits what is looked for, the best first."""


def materials(db: Session) -> dict[str, Material]:
    """Return the whole register, by key."""
    return {row.key: row.material() for row in db.scalars(select(MaterialRow).order_by(MaterialRow.key))}


def search(db: Session, *, q: str, cursor: str | None, limit: int) -> Page[Material]:
    """List the materials that somebody may mean by a word, the likeliest first, then by key.

    A name comes before a synonym, both before what only begins with the word, and that before what contains
    it. Width, case, blanks and hyphens make no difference.
    """
    fits = _fits(q) if db.scalar(select(func.plain_word(q))) else _all()
    query = select(MaterialRow, photos_beside(), fits.c.rank).join(fits, fits.c.material == MaterialRow.key)
    if (after := key_of(cursor, whole, str)) is not None:
        query = query.where(tuple_(fits.c.rank, MaterialRow.key) > tuple_(*map(literal, after)))
    rows = db.execute(query.order_by(fits.c.rank, MaterialRow.key).limit(limit + 1)).all()
    page = cut(rows, limit, lambda row: (row.rank, row.MaterialRow.key))
    found = [illustrated(row.MaterialRow, row.photos) for row in page.items]
    words = also_called(db, [material.key for material in found])
    items = [replace(material, also_called=words[material.key]) for material in found]
    return Page(items, page.next_cursor)


def _all() -> Subquery:
    return select(MaterialRow.key.label("material"), literal(_NAME).label("rank")).subquery()


def _fits(q: str) -> Subquery:
    """Tell how well each material fits, by the best of its words."""
    asked = func.plain_word(q)
    names = [_words(column, _NAME) for column in _NAMES]
    hints = [_words(column, _HINT) for column in _HINTS]
    synonyms = select(
        SynonymRow.material, SynonymRow.plain.label("word"), literal(_SYNONYM).label("kind")
    ).where(SynonymRow.withdrawn_at.is_(None))
    word = union_all(*names, *hints, synonyms).subquery()
    rank = case(
        (word.c.kind == _HINT, _HINT),
        (word.c.word == asked, word.c.kind),
        (func.starts_with(word.c.word, asked), _BEGINS),
        else_=_CONTAINS,
    )
    return (
        select(word.c.material, func.min(rank).label("rank"))
        .where(func.strpos(word.c.word, asked) > 0)
        .group_by(word.c.material)
        .subquery()
    )


def _words(column: InstrumentedAttribute[str], kind: int) -> Select[Any]:
    return select(
        MaterialRow.key.label("material"), func.plain_word(column).label("word"), literal(kind).label("kind")
    )


def known(db: Session, keys: Sequence[str]) -> dict[str, bool]:
    """Tell which of these materials there are, and whether the city takes them."""
    rows = db.execute(select(MaterialRow.key, MaterialRow.accepted).where(MaterialRow.key.in_(keys)))
    return {row.key: row.accepted for row in rows}
