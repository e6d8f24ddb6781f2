"""Outlets: for residents where to go, for a district what it keeps of them."""

from typing import Any
from uuid import UUID

from backend.kit.api import Room
from backend.kit.auth import refuses, requires
from backend.kit.drafts.schemas import ReasonIn
from backend.kit.etag import edits, expected, tagged
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.paging import CursorUnreadable, Page
from backend.kit.tables import also_as_table
from backend.network.errors import PositionOutsideDistrict
from backend.outlets import queries, service
from backend.outlets.errors import OutletClosed, OutletNotClosed, OutletNotFound
from backend.outlets.examples import CLOSED, NEW_OUTLET, OUTLET
from backend.outlets.queries import Outlet
from backend.outlets.schemas import OutletIn, OutletOut, OutletPageOut, OutletsIn
from backend.outlets.tables import OUTLETS
from backend.rewards.errors import MerchantNotFound

blp = Room("outlets", __name__, description="Where residents bring recyclables, and spend their points.")
_OUTLET = "/outlets/<uuid:outlet_id>"


@blp.get("/outlets")
@requires("outlet:read")
@blp.arguments(OutletsIn, location="query")
@blp.response(200, OutletPageOut, example={"items": [OUTLET], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(OUTLETS, OutletPageOut)
def list_outlets(args: dict[str, Any]) -> Page[Outlet]:
    """List the outlets of your district by name; not all of them are on the map."""
    return queries.outlets(session(), actor().district, **args)


@blp.post("/outlets")
@requires("place:edit")
@idempotent
@blp.arguments(OutletIn, example=NEW_OUTLET)
@blp.response(201, OutletOut, example=OUTLET)
@refuses(MerchantNotFound, PositionOutsideDistrict)
def register(body: dict[str, Any]) -> Outlet:
    """Register an outlet, on the map or not."""
    return service.register(session(), by=actor(), at=now(), **body)


@blp.get(_OUTLET)
@requires("outlet:read")
@blp.response(200, OutletOut, example=OUTLET)
@refuses(OutletNotFound)
@tagged
def show(outlet_id: UUID) -> Outlet:
    """Show an outlet."""
    return queries.outlet(session(), actor().district, outlet_id)


@blp.put(_OUTLET)
@requires("place:edit")
@edits
@blp.arguments(OutletIn, example=NEW_OUTLET)
@blp.response(200, OutletOut, example=OUTLET)
@refuses(OutletNotFound, OutletClosed, MerchantNotFound, PositionOutsideDistrict)
@tagged
def change(body: dict[str, Any], outlet_id: UUID) -> Outlet:
    """Say something else of an outlet, such as where it is."""
    return service.change(session(), outlet_id, by=actor(), at=now(), is_as_seen=expected(), **body)


@blp.post(f"{_OUTLET}/closure")
@requires("place:edit")
@edits
@blp.arguments(ReasonIn, example={"reason": CLOSED["closed_reason"]})
@blp.response(200, OutletOut, example=CLOSED)
@refuses(OutletNotFound, OutletClosed)
@tagged
def close(body: dict[str, str], outlet_id: UUID) -> Outlet:
    """Lead nobody there any more."""
    return service.close(session(), outlet_id, by=actor(), at=now(), is_as_seen=expected(), **body)


@blp.post(f"{_OUTLET}/reopening")
@requires("place:edit")
@edits
@blp.arguments(ReasonIn, example={"reason": "误操作，恢复开放。"})
@blp.response(200, OutletOut, example=OUTLET)
@refuses(OutletNotFound, OutletNotClosed)
@tagged
def open_again(body: dict[str, str], outlet_id: UUID) -> Outlet:
    """Lead people there again."""
    return service.open_again(session(), outlet_id, by=actor(), at=now(), is_as_seen=expected(), **body)
