"""What webhooks look like on the wire, for the documentation."""

from collections.abc import Mapping
from typing import Any

from backend.webhooks.rules import PING

ENDPOINT = {
    "id": "0192f0c4-9b1c-7d40-8e21-5a6b7c8d9e0f",
    "url": "https://recycler.example/lvzhang",
    "description": "调度系统",
    "event_types": ["pickup.assigned", "weighing.confirmed"],
    "state": "active",
    "paused_at": None,
    "paused_because": None,
    "created_at": "2026-11-16T02:00:00+00:00",
}
PAUSED = {
    **ENDPOINT,
    "state": "paused",
    "paused_at": "2026-11-16T03:00:00+00:00",
    "paused_because": "manager",
}
WANTED = {name: ENDPOINT[name] for name in ("url", "description", "event_types")}
_SECRET = "whsec_ZXhhbXBsZSBvZiBhIHNlY3JldCBvZiAzMiBieXRlcy4="  # noqa: S105  # nosec B105
OPENED = {**ENDPOINT, "secret": _SECRET}
RENEWED = {**OPENED, "old_secret_until": "2026-11-17T03:00:00+00:00"}
DELIVERY = {
    "id": "0192f0c4-a3d2-7e51-9f32-6b7c8d9e0f1a",
    "endpoint_id": ENDPOINT["id"],
    "type": "weighing.confirmed",
    "occurred_at": "2026-11-16T02:12:00+00:00",
    "state": "delivered",
    "tries": 2,
    "history": [
        {
            "at": "2026-11-16T02:12:15+00:00",
            "response_status": None,
            "duration_ms": 15000,
            "reason": "too_slow",
        },
        {
            "at": "2026-11-16T02:12:21+00:00",
            "response_status": 204,
            "duration_ms": 38,
            "reason": None,
        },
    ],
}
WAITING = {**DELIVERY, "state": "waiting"}
PINGED = {**WAITING, "type": PING, "tries": 0, "history": []}

_PICKUP = {
    "pickup_id": "019a8f3e-5b7c-7d21-8a4e-0c9d2f6b1e73",
    "collector_id": "0192f0c4-6b7e-7a10-8c52-2f0d6b1e9a44",
}
_WEIGHING = {
    "weighing_id": "019a8f49-7e6d-7c5b-8a49-3827160f5e4d",
    **_PICKUP,
    "revision": 1,
}
_LINES = [
    {
        "material": "glass",
        "net_grams": 5200,
        "market_fen": 0,
        "subsidy_fen": 52,
        "operator_subsidy_fen": 104,
        "saved_co2e_grams": 1582,
    }
]
DATA: Mapping[str, Mapping[str, Any]] = {
    "pickup.assigned": {
        **_PICKUP,
        "community": "330110001001",
        "window_start": "2026-11-16T02:00:00+00:00",
        "window_end": "2026-11-16T03:00:00+00:00",
        "materials": ["glass"],
    },
    "pickup.cancelled": _PICKUP,
    "pickup.missed": _PICKUP,
    "weighing.quoted": {**_WEIGHING, "answer_by": "2026-11-17T02:10:00+00:00", "lines": _LINES},
    "weighing.confirmed": {
        **_WEIGHING,
        "entry_id": "019a8f50-0a1b-7c2d-8e3f-4a5b6c7d8e9f",
        "confirmed_by": "app",
        "lines": _LINES,
    },
    "weighing.returned": _WEIGHING,
    PING: {},
}
