"""Where the service is."""

from typing import Any

from backend.kit.auth import public, refuses, requires
from backend.kit.etag import edits, expected, tagged
from backend.kit.http import actor, now, session
from backend.kit.paging import CursorUnreadable, Page
from backend.network import queries, service
from backend.network.errors import AreaNotServed, ClosesBeforeOpening, DistrictNotFound, PromiseTooLong
from backend.network.models import Division
from backend.network.routes.room import blp
from backend.network.rules import ServiceHours
from backend.network.schemas import (
    CommunitiesIn,
    CommunityPageOut,
    DistrictsOut,
    ServiceAreaIn,
    ServiceAreaOut,
)

_DISTRICT = {
    "code": "330110",
    "name_zh": "余杭区",
    "name_en": "Yuhang District",
    "population": 1226673,
    "source": "NBS 2023; census 2020",
}
_COMMUNITY = {"code": "330110001005", "street": "330110001", "name_zh": "某社区"}
_AREA = {
    "opens": "08:00",
    "closes": "17:00",
    "promise_minutes": 60,
    "serves_holidays": False,
    "answer_hours": 24,
    "points_months": 24,
    "basis_zh": "某区生活垃圾回收服务规范第三条",
    "basis_en": "Article 3 of the district's service rules",
}


@blp.get("/districts")
@public
@blp.response(200, DistrictsOut, example={"items": [_DISTRICT]})
def list_districts() -> dict[str, Any]:
    """List the districts of the city."""
    return {"items": queries.districts(session())}


@blp.get("/districts/<district:district>/communities")
@public
@blp.arguments(CommunitiesIn, location="query")
@blp.response(200, CommunityPageOut, example={"items": [_COMMUNITY], "next_cursor": None})
@refuses(DistrictNotFound, CursorUnreadable)
def list_communities(args: dict[str, Any], district: str) -> Page[Division]:
    """List the communities of a district, a page at a time."""
    if queries.district(session(), district) is None:
        raise DistrictNotFound
    return queries.communities(session(), district, **args)


@blp.get("/service-area")
@requires("service:read")
@blp.response(200, ServiceAreaOut, example=_AREA)
@refuses(AreaNotServed)
@tagged
def show_area() -> ServiceHours:
    """Show what your district promises: hours, arrival, and how long quotes wait and points last."""
    found = queries.service_area(session(), actor().district)
    if found is None:
        raise AreaNotServed
    return found


@blp.put("/service-area")
@requires("service:edit")
@edits
@blp.arguments(ServiceAreaIn, example=_AREA)
@blp.response(200, ServiceAreaOut, example=_AREA)
@refuses(AreaNotServed, ClosesBeforeOpening, PromiseTooLong)
@tagged
def change_area(body: dict[str, Any]) -> ServiceHours:
    """Promise something else from now on; pickups that are booked keep their promise."""
    return service.change_service(session(), by=actor(), at=now(), is_as_seen=expected(), **body)
