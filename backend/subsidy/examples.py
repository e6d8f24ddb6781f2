"""What programmes and budgets look like on the wire, for the documentation."""

from backend.subsidy.rules import Forecast, Standing, Terms, said

_ASSUMED = {"basis_zh": "演示的假设。", "basis_en": "Assumption of the demo."}
PROGRAMME = {
    "id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11",
    "name_zh": "余杭区低价值可回收物补贴（演示）",
    "name_en": "Subsidy for low-value recyclables in Yuhang (demo)",
    "cap_rule": "taper",
    "taper_below_fen": 2_000_000,
    "taper_percent": 50,
    "period": "year",
    **_ASSUMED,
    "opened_at": "2026-01-01T08:00:00+08:00",
    "closed_at": None,
}
CAP = {
    "cap_rule": "taper",
    "taper_below_fen": 2_000_000,
    "taper_percent": 50,
    "reason": "It shall last until December.",
}
PROGRAMME_IN = {
    **{name: PROGRAMME[name] for name in ("name_zh", "name_en", "cap_rule")},
    **{name: PROGRAMME[name] for name in ("taper_below_fen", "taper_percent", "basis_zh", "basis_en")},
}
BUDGET = {
    "programme": PROGRAMME,
    "period": "2026",
    "state": "open",
    "funded_fen": 20_000_000,
    "returned_fen": 0,
    "drawn_fen": 156,
    "posted_fen": 19_999_844,
    "held_fen": 156,
    "available_fen": 19_999_688,
    "basis_zh": "演示的假设：每年20万元。",
    "basis_en": "Assumption of the demo: 200,000 yuan a year.",
}
_EVENT = {
    "id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b13",
    "happened": "funded",
    "fen": 20_000_000,
    "at": "2026-01-01T08:00:00+08:00",
    "by": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b14",
    "approved_by": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b15",
    "reason": "演示的假设：每年20万元。",
    "order_id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b16",
    "entry_id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b17",
}
_FORECAST = Forecast(None, None, None, None, 28, 4_368)
HISTORY = {
    "budget": BUDGET,
    "events": [_EVENT],
    "draws": [{"on": "2026-11-16", "fen": 156}],
    "forecast": {
        "runs_out_on": None,
        "why_unknown": "outlasts_period",
        "since": "2026-10-20",
        "until": "2026-11-16",
        "days": 28,
        "drawn_fen": 4_368,
        "method_zh": _FORECAST.method_zh,
        "method_en": _FORECAST.method_en,
    },
}
ORDER_IN = {
    "kind": "fund",
    "programme": PROGRAMME["id"],
    "period": "2026",
    "fen": 20_000_000,
    "source": "bank",
    "basis_zh": "演示的假设：每年20万元。",
    "basis_en": "Assumption of the demo: 200,000 yuan a year.",
}
ORDER = {
    **ORDER_IN,
    "id": _EVENT["order_id"],
    "to_period": None,
    "state": "approved",
    "drafted_by": _EVENT["by"],
    "drafted_at": "2025-12-30T09:00:00+08:00",
    "decided_by": _EVENT["approved_by"],
    "decided_at": "2026-01-01T08:00:00+08:00",
    "reason": None,
    "entry_id": _EVENT["entry_id"],
}
_SAID_ZH, _SAID_EN = said(Standing.TAPERED, Terms(percent=50))
STANDING = {
    "programme": PROGRAMME["id"],
    "name_zh": PROGRAMME["name_zh"],
    "name_en": PROGRAMME["name_en"],
    "standing": "tapered",
    "percent": 50,
    "queue_for": None,
    "said_zh": _SAID_ZH,
    "said_en": _SAID_EN,
}
GUIDE = {
    "district": "330110",
    "price_list": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b18",
    "price_list_number": 1,
    "effective_at": "2026-03-01T00:00:00+08:00",
    "items": [
        {
            "material": {
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
                "photos": [],
            },
            "accepted": True,
            "market_fen_per_kg": "0",
            "subsidy_fen_per_kg": "10",
            "operator_fen_per_tonne": "20000",
            "ceiling_grams": 30_000,
            "needs_verified_scale": True,
            "needs_confirmation": False,
            "programme": PROGRAMME["id"],
        }
    ],
    "programmes": [STANDING],
}
PROMISE = {
    "line_id": "019a8f4a-1c2d-7e3f-8a4b-5c6d7e8f9a0b",
    "weighing_id": "019a8f49-7e6d-7c5b-8a49-3827160f5e4d",
    "material": "glass",
    "planned_for": "2027",
    "points": 52,
    "state": "waiting",
    "promised_at": "2026-11-16T02:12:00+00:00",
    "paid_at": None,
    "entry_id": None,
}
