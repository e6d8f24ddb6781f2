"""The questions that are asked of notices."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.identity import queries as identity
from backend.kit.paging import Page, cut, key_of
from backend.notices.models import Notice
from backend.notices.rules import Letter, Shown, say, text_message


def inbox(
    db: Session, district: str, *, person: UUID, language: str, cursor: str | None, limit: int
) -> Page[Shown]:
    """List what a person was told, newest first, in their language."""
    query = select(Notice).where(Notice.district == district, Notice.person == person)
    if (before := key_of(cursor, UUID)) is not None:
        query = query.where(Notice.id < before[0])
    page = cut(
        db.scalars(query.order_by(Notice.id.desc()).limit(limit + 1)).all(), limit, lambda row: (row.id,)
    )
    return Page([shown(row, language) for row in page.items], page.next_cursor)


def unread(db: Session, district: str, *, person: UUID) -> int:
    """Count what a person has not read."""
    count = select(func.count()).select_from(Notice)
    return db.scalars(
        count.where(Notice.district == district, Notice.person == person, Notice.read_at.is_(None))
    ).one()


def notice(db: Session, district: str, notice_id: UUID, *, person: UUID) -> Notice | None:
    """Find a person's notice."""
    return db.scalars(
        select(Notice).where(Notice.district == district, Notice.id == notice_id, Notice.person == person)
    ).one_or_none()


def shown(row: Notice, language: str) -> Shown:
    """Say a notice in its reader's language."""
    words = say(row.template, row.params, language)
    return Shown(row.id, row.template, words.title, words.text, row.params, row.created_at, row.read_at)


def letter(db: Session, district: str, notice_id: UUID) -> Letter | None:
    """Write a notice as a text message in the language of its reader, who may have no phone of their own."""
    row = db.get_one(Notice, (district, notice_id))
    phone = identity.phone_of_theirs(db, row.person)
    if phone is None:
        return None
    return Letter(phone, text_message(row.template, row.params, identity.language(db, row.person)))
