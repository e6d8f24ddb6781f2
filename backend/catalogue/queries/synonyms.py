"""What people call materials."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from backend.catalogue.errors import SynonymNotFound
from backend.catalogue.models import SynonymRow
from backend.catalogue.rules import Synonym
from backend.kit.paging import Page, cut, key_of

__all__ = [
    "all_synonyms",
    "also_called",
    "plain_words",
    "synonym",
    "synonym_locked",
    "synonyms",
    "unheard",
]


def synonyms(db: Session, *, material: str | None, cursor: str | None, limit: int) -> Page[Synonym]:
    """List the words that stand, or those of a material, by id."""
    query = select(SynonymRow).where(SynonymRow.withdrawn_at.is_(None))
    if material is not None:
        query = query.where(SynonymRow.material == material)
    if (after := key_of(cursor, UUID)) is not None:
        query = query.where(SynonymRow.id > after[0])
    rows = db.scalars(query.order_by(SynonymRow.id).limit(limit + 1)).all()
    return cut([row.synonym() for row in rows], limit, lambda found: (found.id,))


def also_called(db: Session, materials: Sequence[str]) -> Mapping[str, tuple[Synonym, ...]]:
    """Return the words that stand for each of these materials, in the order of their letters."""
    found = db.scalars(
        select(SynonymRow)
        .where(SynonymRow.material.in_(materials), SynonymRow.withdrawn_at.is_(None))
        .order_by(SynonymRow.language, SynonymRow.plain)
    ).all()
    return {key: tuple(row.synonym() for row in found if row.material == key) for key in materials}


def synonym(db: Session, synonym_id: UUID, *, district: str) -> Synonym:
    """Return a word that a district has added.

    :raises SynonymNotFound: it has added none with this id
    """
    return _of_district(db.get(SynonymRow, synonym_id), district).synonym()


def synonym_locked(db: Session, synonym_id: UUID, *, district: str) -> SynonymRow:
    """Return a word that a district has added, and that stays as it is until this transaction ends.

    :raises SynonymNotFound: it has added none with this id
    """
    row = db.get(SynonymRow, synonym_id, with_for_update=True, populate_existing=True)
    return _of_district(row, district)


def _of_district(row: SynonymRow | None, district: str) -> SynonymRow:
    if row is None or row.district != district:
        raise SynonymNotFound
    return row


def all_synonyms(db: Session) -> list[Synonym]:
    """Return every word that stands, by material."""
    query = select(SynonymRow).where(SynonymRow.withdrawn_at.is_(None))
    ordered = query.order_by(SynonymRow.material, SynonymRow.language, SynonymRow.plain)
    return [row.synonym() for row in db.scalars(ordered)]


def plain_words(db: Session, words: Sequence[str]) -> dict[str, str]:
    """Return words as they are compared."""
    word = func.unnest(cast(list(words), ARRAY(Text))).column_valued("word")
    return {row.word: row.plain for row in db.execute(select(word, func.plain_word(word).label("plain")))}


def unheard(db: Session, words: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Leave out the words by which their material is found already.

    :param words: each with its `material` and, as `plain`, how it is compared
    """
    query = select(SynonymRow.material, SynonymRow.plain).where(SynonymRow.withdrawn_at.is_(None))
    standing = {(row.material, row.plain) for row in db.execute(query)}
    return [word for word in words if (word["material"], word["plain"]) not in standing]
