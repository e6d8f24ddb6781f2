"""What accounts look like on the wire, for the documentation: a bag of glass and cardboard."""

_ENTRY = "019a8f3e-77d2-7a10-b3c5-8e1f6a0d4c92"
_WEIGHING = "019a8f3e-6a01-7c44-9d12-3b5e7f90a1c8"
_HOUSEHOLD = "019a8f00-1c2d-7e3f-8a4b-5c6d7e8f9a0b"
_OPERATOR = "019a8f00-0a1b-7c2d-9e3f-4a5b6c7d8e9f"
_COLLECTOR = "019a8f00-2b3c-7d4e-8f5a-6b7c8d9e0f1a"
_BUDGET = "budget/019a8f00-3c4d-7e5f-9a6b-7c8d9e0f1a2b/2026"
_LAPSES_AT = "2028-11-16T16:00:00+00:00"
_FACT = {
    "kind": "weighing.confirmed",
    "title_zh": "交投可回收物",
    "title_en": "Recyclables handed over",
    "reference": {"noun": "weighing", "id": _WEIGHING},
    "at": "2026-11-16T02:05:00+00:00",
}

ACCOUNTS = {
    "green": {
        "points": 292,
        "held_points": 200,
        "available_points": 92,
        "owed_points": 0,
        "next_lapse": {"points": 92, "lapses_at": _LAPSES_AT},
    },
    "carbon": {"saved_co2e_grams": 1844},
}
GREEN_LINE = {"entry_id": _ENTRY, **_FACT, "points": 292, "points_after": 292}
CARBON_LINE = {"entry_id": _ENTRY, **_FACT, "saved_co2e_grams": 1844, "saved_co2e_grams_after": 1844}


def _posting(
    source: str, target: str, asset: str, amount: int, *, expires_at: str | None = None
) -> dict[str, object]:
    return {
        "source": source,
        "target": target,
        "asset": asset,
        "amount": amount,
        "expires_at": expires_at,
        "lapsed": False,
    }


ENTRY = {
    "id": _ENTRY,
    "key": f"weighing/{_WEIGHING}/confirmed",
    **_FACT,
    "posted_at": "2026-11-16T02:05:00.173+00:00",
    "postings": [
        _posting(f"operator/{_OPERATOR}/due", "fund", "FEN", 240),
        _posting(
            "green/issued",
            f"household/{_HOUSEHOLD}/green",
            "GREEN",
            292,
            expires_at=_LAPSES_AT,
        ),
        _posting(_BUDGET, "fund", "FEN", 52),
        _posting(_BUDGET, f"operator/{_OPERATOR}/subsidy", "FEN", 104),
        _posting("co2e/saved", f"household/{_HOUSEHOLD}/co2e", "CO2E", 1844),
        _posting("homes", f"holder/{_COLLECTOR}", "MASS/glass", 5200),
        _posting("homes", f"holder/{_COLLECTOR}", "MASS/cardboard", 3000),
    ],
    "reserves": [],
    "settles": [{"hold": "019a8f3e-7012-7b3c-8d4e-5f60718293a4", "amount": None}],
    "releases": [],
    "expires": [],
    "reverses": None,
    "facts": {"weighing": _WEIGHING, "confirmed_by": "app"},
}

RECEIPT = {
    "entry": {
        "id": _ENTRY,
        "key": f"weighing/{_WEIGHING}/confirmed",
        "book": "330110",
        "kind": "weighing.confirmed",
        "at": "2026-11-16T02:05:00.000000Z",
        "postings": [_posting("green/issued", f"household/{_HOUSEHOLD}/green", "GREEN", 292)],
        "subject": _HOUSEHOLD,
        "posted_at": "2026-11-16T02:05:00.173000Z",
    },
    "salt": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "proof": "c2sp.org/tlog-proof@v1\nindex 1\nOp9C2g4nVXW1c8M0sJk2Yv0b8mTqf3m0s3pJm1eYk5E=\n\n"
    "city.example/log/330110\n2\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n\n"
    "— city.example/log/330110 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+"
    "zyWE+xeMcTOAYQ8=\n",
}

WITNESSES = [
    {
        "name": "bureau.example/witness",
        "has_signed_newest": True,
        "signed_entries": 20480,
        "signed_at": "2026-11-16T02:05:03+00:00",
    },
    {
        "name": "university.example/witness",
        "has_signed_newest": False,
        "signed_entries": None,
        "signed_at": None,
    },
]
