"""What the document shows of outlets."""

from typing import Any

_POSITION = {"latitude_microdegrees": 30_400_000, "longitude_microdegrees": 119_900_000, "datum": "wgs84"}
_SHOP = {
    "id": "019a8f00-4d5e-7f60-8b7c-9d0e1f2a3b4c",
    "name_zh": "演示便利店",
    "name_en": "Demo corner shop",
}
NEW_OUTLET: dict[str, Any] = {
    "merchant": _SHOP["id"],
    "name_zh": "演示便利店（示范路店）",
    "name_en": "Demo corner shop, Demo Road",
    "address": "示范路 1 号",
    "hours": "每天 8:00–21:00",
    "position": _POSITION,
}
OUTLET: dict[str, Any] = {
    "id": "019a8f00-7a8b-7c9d-8e0f-1a2b3c4d5e6f",
    "kind": "shop",
    **NEW_OUTLET,
    "merchant": _SHOP,
    "closed_at": None,
    "closed_reason": None,
}
CLOSED = {**OUTLET, "closed_at": "2026-11-18T09:00:00+08:00", "closed_reason": "搬迁。"}
