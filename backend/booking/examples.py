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
        "number": 1,
        "effective_at": "2026-01-01T00:00:00+08:00",
        "rates": [],
    },
    "steps": [{"state": "requested", "role": "resident", "at": "2026-11-16T01:30:00+00:00", "reason": ""}],
}
DAY = {
    "date": "2026-11-16",
    "stops": [{**PICKUP, "community": "330110001005", "address": "演示路 1 号 2 幢 301 室"}],
}
