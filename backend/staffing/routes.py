"""Who works here, who leaves, and who changed what."""

from typing import Any
from uuid import UUID

from backend.identity.queries import Colleague
from backend.kit.api import Room
from backend.kit.auth import refuses, requires
from backend.kit.http import actor, now, session
from backend.kit.paging import CursorUnreadable, Page, PageIn
from backend.staffing import queries, service
from backend.staffing.errors import ColleagueNotFound, OwnDeparture
from backend.staffing.queries import Change
from backend.staffing.schemas import ColleaguePageOut, DepartureIn, TrailIn, TrailPageOut

blp = Room("staffing", __name__, description="Who works in a district, and the trail of what they changed.")

_COLLEAGUE = {
    "id": "0192f0c4-6b7e-7a10-8c52-2f0d6b1e9a44",
    "name": "赵六",
    "role": "collector",
    "organisation": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11",
    "since": "2026-03-02T00:00:00+00:00",
}
_CHANGE = {
    "id": "0192f0c4-8a3d-7f56-b1c0-4d2e9a7f6b15",
    "at": "2026-03-02T00:00:00+00:00",
    "actor": "0192f0c4-5a2c-7b11-9d03-7e8f1a2b3c4d",
    "role": "district_admin",
    "session": "0192f0c4-8a00-7c22-8e14-8f901b2c3d4e",
    "request_id": "4f5c0d3f8a9b4c1d8e7f6a5b4c3d2e1f",
    "kind": "colleague.departed",
    "subject": f"person/{_COLLEAGUE['id']}",
    "before": {"roles": ["collector"]},
    "after": {"roles": []},
    "reason": "合同到期",
    "address": "198.51.100.0/24",
    "device": "Mozilla/5.0",
}


@blp.get("/staff")
@requires("colleague:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, ColleaguePageOut, example={"items": [_COLLEAGUE], "next_cursor": None})
@refuses(CursorUnreadable)
def list_colleagues(args: dict[str, Any]) -> Page[Colleague]:
    """List who works in the caller's district; an operator's manager sees the operator's collectors."""
    return queries.colleagues(session(), actor(), **args)


@blp.post("/staff/<uuid:colleague_id>/departure")
@requires("colleague:dismiss")
@blp.arguments(DepartureIn, example={"reason": "合同到期"})
@blp.response(204)
@refuses(ColleagueNotFound, OwnDeparture)
def depart(body: dict[str, Any], colleague_id: UUID) -> None:
    """End somebody's work in every role they have here, and their sessions at once."""
    service.depart(session(), colleague_id, by=actor(), at=now(), **body)


@blp.get("/trail")
@requires("trail:read")
@blp.arguments(TrailIn, location="query")
@blp.response(200, TrailPageOut, example={"items": [_CHANGE], "next_cursor": None})
@refuses(CursorUnreadable)
def list_trail(args: dict[str, Any]) -> Page[Change]:
    """List what staff changed in the caller's district, newest first.

    A line is never changed, and kept for three years.
    """
    return queries.trail(session(), actor(), **args)
