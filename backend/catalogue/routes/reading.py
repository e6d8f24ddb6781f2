"""What can be handed over, and for how much."""

from datetime import datetime
from typing import Any

from backend.catalogue import queries
from backend.catalogue.errors import NoPriceList
from backend.catalogue.examples import DIFFERENCE, MATERIAL, PRICE_LIST, PRICE_LIST_HEAD
from backend.catalogue.layouts import MATERIALS
from backend.catalogue.queries import Material, PriceList, PriceListHead
from backend.catalogue.routes.room import blp
from backend.catalogue.schemas import (
    DifferencesIn,
    DifferencesOut,
    MaterialPageOut,
    MaterialsIn,
    PriceListIn,
    PriceListOut,
    PriceListPageOut,
    PriceListsIn,
)
from backend.catalogue.tables import RATES, VERSIONS
from backend.kit.auth import public, refuses
from backend.kit.db import see
from backend.kit.http import now, session
from backend.kit.paging import CursorUnreadable, Page
from backend.kit.tables import also_as_table


@blp.get("/materials")
@public
@blp.arguments(MaterialsIn, location="query")
@blp.response(200, MaterialPageOut, example={"items": [MATERIAL], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(MATERIALS, MaterialPageOut)
def list_materials(args: dict[str, Any]) -> Page[Material]:
    """List all materials by key, or those that a word may mean, the likeliest first."""
    return queries.search(session(), **args)


@blp.get("/districts/<district:district>/price-list")
@public
@blp.arguments(PriceListIn, location="query")
@blp.response(200, PriceListOut, example=PRICE_LIST)
@refuses(NoPriceList)
@also_as_table(RATES, PriceListOut, of="rates")
def show_price_list(args: dict[str, datetime | None], district: str) -> PriceList:
    """Show what a district pays, now or at a time."""
    see(session(), district)
    return queries.price_list(session(), district, at=args["at"] or now())


@blp.get("/districts/<district:district>/price-lists")
@public
@blp.arguments(PriceListsIn, location="query")
@blp.response(200, PriceListPageOut, example={"items": [PRICE_LIST_HEAD], "next_cursor": None})
@refuses(CursorUnreadable, NoPriceList)
@also_as_table(VERSIONS, PriceListPageOut)
def list_price_lists(args: dict[str, Any], district: str) -> Page[PriceListHead]:
    """List the versions that a district has published, the newest first, or those of a day."""
    see(session(), district)
    return queries.price_lists(session(), district, **args)


@blp.get("/districts/<district:district>/price-lists/<int:version_number>")
@public
@blp.response(200, PriceListOut, example=PRICE_LIST)
@refuses(NoPriceList)
@also_as_table(RATES, PriceListOut, of="rates")
def show_version(district: str, version_number: int) -> PriceList:
    """Show a version, in force or not."""
    see(session(), district)
    return queries.numbered(session(), district, version_number)


@blp.get("/districts/<district:district>/price-lists/<int:version_number>/differences")
@public
@blp.arguments(DifferencesIn, location="query")
@blp.response(200, DifferencesOut, example={"items": [DIFFERENCE]})
@refuses(NoPriceList)
def show_differences(args: dict[str, int | None], district: str, version_number: int) -> dict[str, Any]:
    """Say in words what a version changed: what rose, fell, came and went."""
    see(session(), district)
    return {"items": queries.changes(session(), district, version_number, **args)}
