"""What was given up: staff see which events of their district failed for good, and have them tried again."""

from typing import Any
from uuid import UUID

from marshmallow import fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kit import trail
from backend.kit.api import Room
from backend.kit.auth import refuses, requires
from backend.kit.errors import NotFound
from backend.kit.fields import Count, Id, Moment, Out
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.jobs import OutboxEvent, retry
from backend.kit.paging import CursorUnreadable, Page, PageIn, cut, key_of, page_out
from backend.kit.sheets import Column, Kind, Layout
from backend.kit.tables import also_as_table

blp = Room("jobs", __name__, url_prefix="/v1/jobs", description="Events that were given up.")

_EVENT = {
    "id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11",
    "topic": "notices.send_sms",
    "created_at": "2026-11-16T04:00:00+00:00",
    "due_at": "2026-11-16T06:00:00+00:00",
    "attempts": 12,
    "last_error": "HTTPError",
    "dead_at": "2026-11-16T06:00:00+00:00",
}
_RETRIED = {**_EVENT, "attempts": 0, "dead_at": None}


class NoDeadLetter(NotFound):
    """No event of this district with this id was given up."""

    code = "no_dead_letter"
    zh = "没有找到这个已放弃的事件。"
    en = "No event with this id was given up."


class EventOut(Out):
    """An event of the outbox, without what it carries."""

    id = Id(required=True)
    topic = fields.String(required=True)
    created_at = Moment(required=True)
    due_at = Moment(required=True)
    attempts = Count(required=True)
    last_error = fields.String(
        required=True, allow_none=True, metadata={"description": "the kind of the last failure"}
    )
    dead_at = Moment(required=True, allow_none=True, metadata={"description": "when it was given up"})


_PAGE = page_out(EventOut)
_TABLE = Layout(
    "dead-letters",
    "死信",
    "Dead letters",
    (
        Column("topic", "事项", "Topic", width=28),
        Column("created_at", "产生时间", "Made", Kind.MOMENT, width=20),
        Column("due_at", "应办时间", "Due", Kind.MOMENT, width=20),
        Column("attempts", "尝试次数", "Tries", Kind.INTEGER),
        Column("last_error", "最后错误", "Last error", width=28),
        Column("dead_at", "放弃时间", "Given up", Kind.MOMENT, width=20),
        Column("id", "编号", "Id", width=40),
    ),
)


@blp.get("/dead")
@requires("jobs:manage")
@blp.arguments(PageIn, location="query")
@blp.response(200, _PAGE, example={"items": [_EVENT], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(_TABLE, _PAGE)
def list_dead(args: dict[str, Any]) -> Page[OutboxEvent]:
    """List the events of your district that were given up, the newest first."""
    return given_up(session(), actor().district, **args)


@blp.post("/<uuid:event_id>/retry")
@requires("jobs:manage")
@idempotent
@blp.response(200, EventOut, example=_RETRIED)
@refuses(NoDeadLetter)
def try_again(event_id: UUID) -> OutboxEvent:
    """Have an event tried again, as if for the first time."""
    by = actor()
    event = retry(session(), event_id, district=by.district, at=now())
    if event is None:
        raise NoDeadLetter
    facts: trail.Facts = {"topic": event.topic, "given_up": True}
    left = {**facts, "given_up": False}
    trail.note(session(), "event.retried", f"event/{event_id}", by=by, before=facts, after=left, at=now())
    return event


def given_up(db: Session, district: str, *, cursor: str | None, limit: int) -> Page[OutboxEvent]:
    """List what was given up in a district, the newest first."""
    query = select(OutboxEvent).where(OutboxEvent.district == district, OutboxEvent.dead_at.is_not(None))
    if (before := key_of(cursor, UUID)) is not None:
        query = query.where(OutboxEvent.id < before[0])
    rows = db.scalars(query.order_by(OutboxEvent.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.id,))
