"""What the catalogue looks like on the wire."""

from typing import Any

_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PHOTO: dict[str, Any] = {
    "alt_zh": "冲净的透明玻璃瓶。",
    "alt_en": "Clear glass bottles, rinsed.",
    "small": {"url": f"/photos/{_DIGEST[::-1]}.webp", "width": 320, "height": 240},
    "large": {"url": f"/photos/{_DIGEST}.webp", "width": 1280, "height": 960},
}
MATERIAL: dict[str, Any] = {
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
    "also_called": [{"word": "玻璃瓶罐", "language": "zh"}],
    "basis": {
        "grade": "B",
        "source": "上海市闵行区低附加值可回收物回收处理补贴实施细则，第三条（一）",
        "zh": "列入闵行区低价值可回收物五类之“废玻璃”（B级）。",
        "en": "One of Minhang's five classes of low-value recyclables: glass (grade B).",
    },
    "photos": [PHOTO],
}
ASSUMED = {"grade": "assumption", "source": None, "zh": "演示的假设。", "en": "Assumption of the demo."}
PRICE_LIST: dict[str, Any] = {
    "version": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11",
    "district": "330110",
    "number": 1,
    "effective_at": "2026-03-01T00:00:00+08:00",
    "published_at": "2026-02-20T09:00:00+08:00",
    "note": "",
    "approval": {
        "draft": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b13",
        "simulation": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b14",
        "by": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b15",
    },
    "rates": [
        {
            "material": "glass",
            "name_zh": "玻璃",
            "name_en": "Glass",
            "accepted": True,
            "market_fen_per_kg": "0",
            "market_basis": ASSUMED,
            "subsidy_fen_per_kg": "10",
            "operator_fen_per_tonne": "20000",
            "ceiling_grams": 30000,
            "programme": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b12",
            "subsidy_basis": ASSUMED,
            "needs_verified_scale": True,
            "needs_confirmation": False,
            "photos": [PHOTO],
        }
    ],
}
PRICE_LIST_HEAD = {
    "version": PRICE_LIST["version"],
    "number": 1,
    "effective_at": PRICE_LIST["effective_at"],
    "effective_until": None,
    "published_at": PRICE_LIST["published_at"],
    "note": "",
    "approval": PRICE_LIST["approval"],
}
DIFFERENCE = {
    "material": "glass",
    "kind": "rose",
    "field": "subsidy_fen_per_kg",
    "before": "10",
    "after": "12",
    "zh": "玻璃：居民补贴由0.1元/公斤上调到0.12元/公斤。",
    "en": "Glass: the subsidy to residents rises from 0.1 to 0.12 yuan per kilogram.",
}
DRAFT_HEAD: dict[str, Any] = {
    "id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b13",
    "district": "330110",
    "based_on": None,
    "title": "玻璃补贴 / Glass subsidy",
    "note": "",
    "state": "drafted",
    "revision": 1,
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "simulation": None,
    "simulated_at": None,
    "is_simulated": False,
    "authors": ["0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b16"],
    "drafted_by": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b16",
    "drafted_at": "2026-02-18T09:00:00+08:00",
    **{
        f"{step}_{what}": None
        for step in ("submitted", "approved", "rejected", "withdrawn", "published")
        for what in ("by", "at")
    },
    "effective_at": None,
    "reason": None,
}
DRAFT = {
    **DRAFT_HEAD,
    "rates": [{key: value for key, value in PRICE_LIST["rates"][0].items() if key != "photos"}],
}
_SIMULATED = {
    "simulation": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b14",
    "simulated_at": "2026-02-18T10:00:00+08:00",
    "is_simulated": True,
}
_SUBMITTED = {
    **_SIMULATED,
    "submitted_by": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b16",
    "submitted_at": "2026-02-18T11:00:00+08:00",
}
_APPROVED = {
    **_SUBMITTED,
    "approved_by": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b15",
    "approved_at": "2026-02-19T09:00:00+08:00",
}
SUBMITTED = {**DRAFT, **_SUBMITTED, "state": "submitted", "revision": 2}
APPROVED = {**DRAFT, **_APPROVED, "state": "approved", "revision": 3}
REJECTED = {
    **SUBMITTED,
    "state": "rejected",
    "revision": 3,
    "rejected_by": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b15",
    "rejected_at": "2026-02-19T09:00:00+08:00",
    "reason": "预算不足。",
}
WITHDRAWN = {
    **DRAFT,
    "state": "withdrawn",
    "revision": 2,
    "withdrawn_by": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b16",
    "withdrawn_at": "2026-02-19T09:00:00+08:00",
    "reason": "另起草案。",
}
PUBLISHED = {
    **APPROVED,
    "state": "published",
    "revision": 4,
    "published_by": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b15",
    "published_at": "2026-02-20T09:00:00+08:00",
    "effective_at": "2026-03-01T00:00:00+08:00",
}
RATE = {
    "material": "glass",
    "market_fen_per_kg": "0",
    "market_basis": ASSUMED,
    "subsidy_fen_per_kg": "10",
    "operator_fen_per_tonne": "20000",
    "ceiling_grams": 30_000,
    "programme": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b12",
    "subsidy_basis": ASSUMED,
}
SYNONYM: dict[str, Any] = {
    "id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b17",
    "material": "glass",
    "word": "酒瓶子",
    "language": "zh",
    "source": None,
    "district": "330110",
    "added_at": "2026-02-18T09:00:00+08:00",
    "withdrawn_at": None,
}
SYNONYM_WITHDRAWN = {**SYNONYM, "withdrawn_at": "2026-02-19T09:00:00+08:00"}
HUNG_PHOTO: dict[str, Any] = {
    **PHOTO,
    "id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b18",
    "material": "glass",
    "district": "330110",
    "added_at": "2026-02-18T09:00:00+08:00",
    "withdrawn_at": None,
}
HUNG_PHOTO_WITHDRAWN = {**HUNG_PHOTO, "withdrawn_at": "2026-02-19T09:00:00+08:00"}
PHOTO_SAID = {
    "material": "glass",
    "content": "UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAgA0JaQAA3AA/vuUAAA=",
    "alt_zh": PHOTO["alt_zh"],
    "alt_en": PHOTO["alt_en"],
}
ROW_FLAW = {
    "sheet": "rates",
    "row": 2,
    "column": "market_fen_per_kg",
    "code": "rate_negative",
    "zh": "“glass”的 market_fen_per_kg 不能是负数（-1）。",
    "en": "market_fen_per_kg of glass cannot be negative (-1).",
}
CATALOGUE = """[[materials]]
key = "glass"
name_zh = "玻璃"
name_en = "Glass"
category = "glass"
low_value = "glass"
accepted = "yes"
hint_zh = "倒空、冲净，不要打碎。"
hint_en = "Empty and rinse; keep it whole."

[[synonyms]]
material = "glass"
word = "酒瓶子"
language = "zh"

[[rates]]
material = "glass"
accepted = "yes"
market_fen_per_kg = "0"
subsidy_fen_per_kg = "0"
operator_fen_per_tonne = "0"
needs_verified_scale = "no"
needs_confirmation = "no"
market_grade = "assumption"
market_zh = "演示的假设。"
market_en = "Assumption of the demo."
"""
