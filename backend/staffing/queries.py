"""The questions that are asked of staffing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.identity import queries as identity
from backend.identity.queries import Colleague
from backend.kit.auth import Actor
from backend.kit.paging import Page, cut, key_of
from backend.kit.trail import Facts, TrailLine, circumstances
from backend.staffing.models import StaffInvitation
from backend.staffing.rules import EVER, NOW, Invited


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


def colleagues(
    db: Session, by: Actor, *, cursor: str | None, limit: int, at_work: str = NOW
) -> Page[Colleague]:
    """List who works in the caller's district, or for their operator there, first who came first."""
    (after,) = key_of(cursor, UUID) or (None,)
    rows = identity.colleagues(
        db, by.district, operator=by.organisation, ever=at_work == EVER, after=after, limit=limit + 1
    )
    return cut(rows, limit, lambda row: (row.post,))


def invitations(db: Session, by: Actor, *, at: datetime, cursor: str | None, limit: int) -> Page[Invited]:
    """List who is invited into the caller's district, or by their operator there, the oldest first."""
    wanted = _invitations(by).where(StaffInvitation.ended_at.is_(None), StaffInvitation.expires_at > at)
    if (after := key_of(cursor, UUID)) is not None:
        wanted = wanted.where(StaffInvitation.id > after[0])
    rows = db.scalars(wanted.order_by(StaffInvitation.id).limit(limit + 1)).all()
    return cut([row.invited() for row in rows], limit, lambda row: (row.id,))


def invitation_locked(db: Session, by: Actor, invitation: UUID) -> StaffInvitation | None:
    """Lock an invitation that is the caller's to take back."""
    return db.scalars(
        _invitations(by).where(StaffInvitation.id == invitation).with_for_update()
    ).one_or_none()


def invitations_of_locked(db: Session, district: str, made_by: UUID) -> Sequence[StaffInvitation]:
    """Lock the invitations that somebody made and nobody accepted."""
    made = select(StaffInvitation).where(
        StaffInvitation.district == district, StaffInvitation.made_by == made_by
    )
    return db.scalars(made.where(StaffInvitation.ended_at.is_(None)).with_for_update()).all()


def _invitations(by: Actor) -> Select[StaffInvitation]:
    mine = select(StaffInvitation).where(StaffInvitation.district == by.district)
    return mine if by.organisation is None else mine.where(StaffInvitation.organisation == by.organisation)


def invitation_of_code_locked(db: Session, district: str, hash: bytes) -> StaffInvitation | None:
    """Lock the invitation that a code stands for, so that it is used once."""
    return db.scalars(
        select(StaffInvitation)
        .where(StaffInvitation.district == district, StaffInvitation.hash == hash)
        .with_for_update()
    ).one_or_none()


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
