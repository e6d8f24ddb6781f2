"""What weighings look like on the wire, for the documentation."""

_ASSUMED = {
    "grade": "assumption",
    "source": None,
    "zh": "演示假设",
    "en": "An assumption of the demo",
}
LINE = {
    "id": "019a8f4a-1c2d-7e3f-8a4b-5c6d7e8f9a0b",
    "material": "glass",
    "gross_grams": 5400,
    "tare_grams": 200,
    "net_grams": 5200,
    "market_fen": 0,
    "subsidised_grams": 5200,
    "subsidy_fen": 52,
    "operator_subsidy_fen": 104,
    "saved_co2e_grams": 1582,
    "green_points": 52,
    "cap": None,
    "cap_zh": None,
    "cap_en": None,
    "paid_percent": 100,
    "queued_fen": 0,
    "queued_for": None,
}
WEIGHING = {
    "id": "019a8f49-7e6d-7c5b-8a49-3827160f5e4d",
    "pickup_id": "019a8f3e-5b7c-7d21-8a4e-0c9d2f6b1e73",
    "state": "quoted",
    "revision": 1,
    "opened_at": "2026-11-16T02:05:00+00:00",
    "answer_by": "2026-11-17T02:10:00+00:00",
    "ended_at": None,
    "ended_by": None,
    "reason": None,
}
QUOTE = {
    **WEIGHING,
    "lines": [LINE],
    "totals": {
        "net_grams": 5200,
        "market_fen": 0,
        "subsidy_fen": 52,
        "operator_subsidy_fen": 104,
        "green_points": 52,
        "saved_co2e_grams": 1582,
    },
    "confirmation_code": None,
}
RECORD = {
    "pickup_id": WEIGHING["pickup_id"],
    "scale_id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11",
    "lines": [{"material": "glass", "gross_grams": 5400, "tare_grams": 200}],
}
RECEIPT = {
    **WEIGHING,
    "state": "confirmed",
    "ended_at": "2026-11-16T02:12:00+00:00",
    "ended_by": "app",
    "entry_id": "019a8f50-0a1b-7c2d-8e3f-4a5b6c7d8e9f",
    "scale_id": RECORD["scale_id"],
    "certificate": "HZJL-2026-0001",
    "lines": [
        {
            **LINE,
            "rate": {
                "material": "glass",
                "name_zh": "玻璃",
                "name_en": "Glass",
                "accepted": True,
                "market_fen_per_kg": "0",
                "market_basis": _ASSUMED,
                "subsidy_fen_per_kg": "10",
                "operator_fen_per_tonne": "20000",
                "ceiling_grams": 30000,
                "programme": "019a8f00-0000-7000-8000-000000000003",
                "subsidy_basis": _ASSUMED,
                "needs_verified_scale": True,
                "needs_confirmation": False,
            },
            "factor": {
                "material": "glass",
                "none_found": False,
                "kg_per_kg": "0.3043",
                "upper_kg_per_kg": "0.579577",
                "credited_kg_per_kg": "0.3043",
                "boundary": "recycling credit against virgin material",
                "source": "EPA WARM v15",
                "clause": "Glass",
                "grade": "A",
                "note_zh": "",
                "note_en": "",
                "basis_zh": "取两个界限中的较低者",
                "basis_en": "The lower of two bounds",
            },
        }
    ],
    "totals": QUOTE["totals"],
    "versions": {
        "price_list": "019a8f00-0000-7000-8000-000000000001",
        "price_list_number": 1,
        "factor_set": "019a8f00-0000-7000-8000-000000000002",
        "factor_set_name": "lower-bound",
        "factor_set_version": 1,
    },
}
