"""What can be handed over, and for how much."""

from datetime import datetime
from typing import Any

from backend.catalogue import queries
from backend.catalogue.errors import NoPriceList
from backend.catalogue.queries import Material, PriceList
from backend.catalogue.schemas import MaterialPageOut, MaterialsIn, PriceListIn, PriceListOut
from backend.kit.api import Room
from backend.kit.auth import public, refuses
from backend.kit.db import see
from backend.kit.http import now, session
from backend.kit.paging import CursorUnreadable, Page

blp = Room("catalogue", __name__, description="Materials and the price lists of the districts.")

_MATERIAL = {
    "key": "glass",
    "name_zh": "玻璃",
    "name_en": "Glass",
    "category": "glass",
    "accepted": True,
    "refusal_zh": None,
    "refusal_en": None,
    "goes_to": None,
    "hint_zh": "倒空、冲净，碎玻璃请包好。",
    "hint_en": "Empty and rinse; wrap what is broken.",
    "low_value": "glass",
    "basis": {
        "grade": "B",
        "source": "上海市闵行区低附加值可回收物回收处理补贴实施细则，第三条（一）",
        "zh": "列入闵行区低价值可回收物五类之“废玻璃”（B级）。",
        "en": "One of Minhang's five classes of low-value recyclables: glass (grade B).",
    },
}
_ASSUMED = {"grade": "assumption", "source": None, "zh": "演示的假设。", "en": "Assumption of the demo."}
_PRICE_LIST = {
    "version": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11",
    "district": "330110",
    "number": 1,
    "effective_at": "2026-03-01T00:00:00+08:00",
    "published_at": "2026-02-20T09:00:00+08:00",
    "note": "",
    "rates": [
        {
            "material": "glass",
            "name_zh": "玻璃",
            "name_en": "Glass",
            "accepted": True,
            "market_fen_per_kg": "0",
            "market_basis": _ASSUMED,
            "subsidy_fen_per_kg": "10",
            "operator_fen_per_tonne": "20000",
            "ceiling_grams": 30000,
            "programme": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b12",
            "subsidy_basis": _ASSUMED,
            "needs_verified_scale": True,
            "needs_confirmation": False,
        }
    ],
}


@blp.get("/materials")
@public
@blp.arguments(MaterialsIn, location="query")
@blp.response(200, MaterialPageOut, example={"items": [_MATERIAL], "next_cursor": None})
@refuses(CursorUnreadable)
def list_materials(args: dict[str, Any]) -> Page[Material]:
    """List materials by key, those that match what people call them."""
    return queries.search(session(), **args)


@blp.get("/districts/<district:district>/price-list")
@public
@blp.arguments(PriceListIn, location="query")
@blp.response(200, PriceListOut, example=_PRICE_LIST)
@refuses(NoPriceList)
def show_price_list(args: dict[str, datetime | None], district: str) -> PriceList:
    """Show what a district pays, now or at a time."""
    see(session(), district)
    return queries.price_list(session(), district, at=args["at"] or now())
