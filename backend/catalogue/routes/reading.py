"""What can be handed over, and for how much."""

from datetime import datetime
from typing import Any

from backend.catalogue import queries
from backend.catalogue.errors import NoPriceList
from backend.catalogue.examples import MATERIAL, PRICE_LIST
from backend.catalogue.queries import Material, PriceList
from backend.catalogue.routes.room import blp
from backend.catalogue.schemas import MaterialPageOut, MaterialsIn, PriceListIn, PriceListOut
from backend.kit.auth import public, refuses
from backend.kit.db import see
from backend.kit.http import now, session
from backend.kit.paging import CursorUnreadable, Page


@blp.get("/materials")
@public
@blp.arguments(MaterialsIn, location="query")
@blp.response(200, MaterialPageOut, example={"items": [MATERIAL], "next_cursor": None})
@refuses(CursorUnreadable)
def list_materials(args: dict[str, Any]) -> Page[Material]:
    """List materials by key, those that match what people call them."""
    return queries.search(session(), **args)


@blp.get("/districts/<district:district>/price-list")
@public
@blp.arguments(PriceListIn, location="query")
@blp.response(200, PriceListOut, example=PRICE_LIST)
@refuses(NoPriceList)
def show_price_list(args: dict[str, datetime | None], district: str) -> PriceList:
    """Show what a district pays, now or at a time."""
    see(session(), district)
    return queries.price_list(session(), district, at=args["at"] or now())
