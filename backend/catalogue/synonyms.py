"""How words for materials are added, and withdrawn again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.catalogue import queries
from backend.catalogue.errors import MaterialUnknown, SynonymEmpty, SynonymKnown, SynonymWithdrawn
from backend.catalogue.models import SynonymRow
from backend.catalogue.rules import Synonym
from backend.kit import trail
from backend.kit.auth import NOBODY, Actor
from backend.kit.ids import new_id


def add_synonym(db: Session, *, by: Actor, at: datetime, material: str, word: str, language: str) -> Synonym:
    """Let everybody find a material by a word.

    :raises MaterialUnknown: there is no such material
    :raises SynonymEmpty: nothing of the word is left to compare
    :raises SynonymKnown: the material is found by it already
    """
    if material not in queries.known(db, [material]):
        raise MaterialUnknown(material=material)
    if not db.scalar(select(func.plain_word(word))):
        raise SynonymEmpty
    made = _enter(db, material, word, language, by=by.id, at=at, district=by.district)
    if made is None:
        raise SynonymKnown(material=material, word=word)
    facts = {"material": material, "word": word, "language": language}
    trail.note(db, "synonym.added", f"synonym/{made}", by=by, after=facts, at=at)
    return queries.synonym(db, made, district=by.district)


def add_synonyms(
    db: Session, words: Sequence[Mapping[str, str]], *, draft: UUID, by: Actor, at: datetime
) -> None:
    """Add the words that came with a draft's file, with one line on the trail for all of them."""
    for word in words:
        _enter(db, word["material"], word["word"], word["language"], by=by.id, at=at, district=by.district)
    if words:
        facts = {"words": [f"{word['material']}: {word['word']}" for word in words]}
        trail.note(db, "synonym.imported", f"price_list_draft/{draft}", by=by, after=facts, at=at)


def plant_synonym(
    db: Session, *, material: str, word: str, language: str, source: str | None, at: datetime
) -> None:
    """Enter a word of the city's own register; one that is known stays as it is."""
    _enter(db, material, word, language, by=NOBODY, at=at, source=source)


def withdraw_synonym(db: Session, synonym_id: UUID, *, by: Actor, at: datetime, reason: str) -> Synonym:
    """Let nobody find a material any more by a word that one's own district has added.

    :raises SynonymNotFound: the district has added none with this id
    :raises SynonymWithdrawn: it was withdrawn before
    """
    row = queries.synonym_locked(db, synonym_id, district=by.district)
    if row.withdrawn_at is not None:
        raise SynonymWithdrawn
    row.mark_withdrawn(by=by.id, at=at)
    facts = {"material": row.material, "word": row.word, "language": row.language}
    trail.note(db, "synonym.withdrawn", f"synonym/{row.id}", by=by, before=facts, reason=reason, at=at)
    db.flush()
    return row.synonym()


def _enter(
    db: Session,
    material: str,
    word: str,
    language: str,
    *,
    by: UUID,
    at: datetime,
    district: str | None = None,
    source: str | None = None,
) -> UUID | None:
    """Write a word down, unless the material is found by it already; whoever comes first has it."""
    values = {
        "id": new_id(at),
        "material": material,
        "word": word,
        "plain": func.plain_word(word),
        "language": language,
        "source": source,
        "district": district,
        "added_at": at,
        "added_by": by,
    }
    return db.scalar(insert(SynonymRow).values(values).on_conflict_do_nothing().returning(SynonymRow.id))
