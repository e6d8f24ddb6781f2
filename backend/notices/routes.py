"""A person's inbox."""

from typing import Any
from uuid import UUID

from backend.kit.api import Room
from backend.kit.auth import refuses, requires
from backend.kit.http import actor, language, now, session
from backend.kit.paging import CursorUnreadable, PageIn
from backend.notices import queries, service
from backend.notices.errors import NoticeNotFound
from backend.notices.rules import Shown
from backend.notices.schemas import InboxOut, NoticeOut

blp = Room("notices", __name__, url_prefix="/v1/notices", description="What people are told.")

_NOTICE = {
    "id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11",
    "template": "weighing.returned",
    "title": "物品已退还",
    "text": "本次回收的物品已退还，没有绿积分变动。",
    "params": {"weighing": "0192f0c4-6b7e-7a10-8c52-2f0d6b1e9a44"},
    "created_at": "2026-03-02T01:30:00+00:00",
    "read_at": None,
}


@blp.get("")
@requires("notice:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, InboxOut, example={"items": [_NOTICE], "next_cursor": None, "unread": 1})
@refuses(CursorUnreadable)
def inbox(args: dict[str, Any]) -> dict[str, Any]:
    """List what the caller was told, newest first."""
    db, who = session(), actor()
    page = queries.inbox(db, who.district, person=who.id, language=language(), **args)
    unread = queries.unread(db, who.district, person=who.id)
    return {"items": page.items, "next_cursor": page.next_cursor, "unread": unread}


@blp.post("/<uuid:notice_id>/reading")
@requires("notice:read")
@blp.response(200, NoticeOut, example={**_NOTICE, "read_at": "2026-03-02T01:31:00+00:00"})
@refuses(NoticeNotFound)
def read(notice_id: UUID) -> Shown:
    """Note that the caller has read a notice; the first time counts."""
    return service.read(session(), notice_id, by=actor(), language=language(), at=now())
