"""The questions that are asked of staffing."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.identity import queries as identity
from backend.identity.queries import Colleague
from backend.kit.auth import Actor
from backend.kit.paging import Page, cut, key_of
from backend.kit.trail import Facts, TrailLine, circumstances


@dataclass(frozen=True)
class Change:
    """A line of the trail as auditors read it."""

    id: UUID
    at: datetime
    actor: UUID
    role: str
    session: UUID | None
    request_id: str | None
    kind: str
    subject: str
    before: Facts | None
    after: Facts | None
    reason: str | None
    address: str | None
    device: str | None


def colleagues(db: Session, by: Actor, *, cursor: str | None, limit: int) -> Page[Colleague]:
    """List who works in the caller's district, or for their operator there, first who came first."""
    (after,) = key_of(cursor, UUID) or (None,)
    rows = identity.colleagues(db, by.district, operator=by.organisation, after=after, limit=limit + 1)
    return cut(rows, limit, lambda row: (row.post,))


def trail(
    db: Session,
    by: Actor,
    *,
    actor: UUID | None = None,
    kind: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: str | None,
    limit: int,
) -> Page[Change]:
    """List what staff changed in the caller's district, newest first."""
    wanted = select(TrailLine).where(TrailLine.district == by.district)
    for column, value in ((TrailLine.actor, actor), (TrailLine.kind, kind), (TrailLine.subject, subject)):
        wanted = wanted if value is None else wanted.where(column == value)
    if since is not None:
        wanted = wanted.where(TrailLine.at >= since)
    if until is not None:
        wanted = wanted.where(TrailLine.at < until)
    if (before := key_of(cursor, UUID)) is not None:
        wanted = wanted.where(TrailLine.id < before[0])
    page = cut(
        db.scalars(wanted.order_by(TrailLine.id.desc()).limit(limit + 1)).all(), limit, lambda row: (row.id,)
    )
    keys = identity.keys_of(db, {row.actor for row in page.items})
    return Page([_opened(row, keys) for row in page.items], page.next_cursor)


def _opened(row: TrailLine, keys: Mapping[UUID, bytes]) -> Change:
    shown: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            *("id", "at", "actor", "role", "session", "request_id"),
            *("kind", "subject", "before", "after"),
        )
    }
    return Change(**shown, **asdict(circumstances(row, keys.get(row.actor))))
