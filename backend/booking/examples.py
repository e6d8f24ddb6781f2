"""What pickups look like on the wire, for the documentation."""

PICKUP = {
    "id": "019a8f3e-5b7c-7d21-8a4e-0c9d2f6b1e73",
    "state": "assigned",
    "window_start": "2026-11-16T01:30:00+00:00",
    "window_end": "2026-11-16T02:30:00+00:00",
    "materials": [],
    "note": "",
    "requested_at": "2026-11-16T01:30:00+00:00",
}
_ASSUMED = {"grade": "assumption", "source": None, "zh": "演示的假设。", "en": "Assumption of the demo."}
BOOKING = {
    **PICKUP,
    "promise": {
        "minutes": 60,
        "basis_zh": "八点至十七点一小时内上门",
        "basis_en": "Within an hour, from 08:00 to 17:00",
    },
    "collector": {"number": "YH001", "name_zh": "演示收集员"},
    "price_list": {
        "version": "019a8f00-0000-7000-8000-000000000001",
        "district": "330110",
        "number": 1,
        "effective_at": "2026-01-01T00:00:00+08:00",
        "published_at": "2025-12-20T09:00:00+08:00",
        "note": "",
        "approval": None,
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
                "programme": "019a8f00-0000-7000-8000-000000000002",
                "subsidy_basis": _ASSUMED,
                "needs_verified_scale": True,
                "needs_confirmation": False,
                "photos": [],
            }
        ],
    },
    "programmes": [
        {
            "programme": "019a8f00-0000-7000-8000-000000000002",
            "name_zh": "余杭区低价值可回收物补贴（演示）",
            "name_en": "Subsidy for low-value recyclables in Yuhang (demo)",
            "standing": "paying",
            "percent": 100,
            "queue_for": None,
            "said_zh": "按标准发放补贴。",
            "said_en": "The whole rate is paid.",
        }
    ],
    "steps": [{"state": "requested", "role": "resident", "at": "2026-11-16T01:30:00+00:00", "reason": ""}],
}
DAY = {
    "date": "2026-11-16",
    "stops": [
        {
            **PICKUP,
            "community": "330110001005",
            "community_name_zh": "某社区",
            "position": {
                "latitude_microdegrees": 30_400_000,
                "longitude_microdegrees": 119_900_000,
                "datum": "wgs84",
            },
            "address_masked": "演示路****",
        }
    ],
}
VOUCHED = {"code": "48201957", "expires_at": "2026-11-16T02:30:00+00:00"}
DOORSTEP = {"address": "演示路 1 号 2 幢 301 室", "phone_masked": "161****0001"}
