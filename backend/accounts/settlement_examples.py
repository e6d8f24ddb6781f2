"""What settlement looks like on the wire, for the documentation: November of an operator."""

from typing import Any

_OPERATOR = "019a8f00-0a1b-7c2d-9e3f-4a5b6c7d8e9f"
_ENTRY = "019a8f3e-77d2-7a10-b3c5-8e1f6a0d4c92"
_WEIGHING = "019a8f3e-6a01-7c44-9d12-3b5e7f90a1c8"
_ADMIN = "019a8f00-5e6f-7a8b-9c0d-1e2f3a4b5c6d"
_APPROVER = "019a8f00-6f7a-7b8c-9d0e-2f3a4b5c6d7e"

SHEET: dict[str, Any] = {
    "id": "019ad9c1-3c5e-7d21-8a4f-6b7c8d9e0f1a",
    "month": "2026-11",
    "party_kind": "operator",
    "party": _OPERATOR,
    "party_zh": "示范再生资源公司",
    "party_en": "Demo Recycling",
    "state": "drawn_up",
    "size": 1204,
    "accounts": [
        {
            "account": f"operator/{_OPERATOR}/due",
            "asset": "FEN",
            "opening": 0,
            "incoming": 0,
            "outgoing": 240,
            "closing": -240,
            "late": 0,
        },
        {
            "account": f"operator/{_OPERATOR}/subsidy",
            "asset": "FEN",
            "opening": 0,
            "incoming": 104,
            "outgoing": 0,
            "closing": 104,
            "late": 0,
        },
    ],
    "amounts": {
        "dues_fen": 240,
        "payable_fen": 104,
        "points": 0,
        "funded_fen": 0,
        "drawn_fen": 0,
        "held_fen": 0,
        "left_fen": 0,
        "net_grams": 8_200,
    },
    "backing": {
        "household_points": 92,
        "merchant_points": 200,
        "fund_fen": 292,
        "operators_owe_fen": 240,
        "owed_points": 0,
        "is_exact": True,
    },
    "lines": 2,
    "differences": 0,
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "drawn_up_at": "2026-12-01T19:00:04+00:00",
    "drawn_up_by": "00000000-0000-0000-0000-000000000000",
    "signed_at": None,
    "signed_by": None,
    "signed_reason": None,
    "countersigned_at": None,
    "countersigned_by": None,
    "countersigned_reason": None,
    "settled_entry": None,
    "paid_at": None,
    "paid_by": None,
    "paid_reference": None,
    "paid_entry": None,
    "withdrawn_at": None,
    "withdrawn_by": None,
    "withdrawn_reason": None,
}
SIGNED = {**SHEET, "state": "signed", "signed_at": "2026-12-02T01:10:00+00:00", "signed_by": _ADMIN}
COUNTERSIGNED = {
    **SIGNED,
    "state": "countersigned",
    "countersigned_at": "2026-12-02T02:30:00+00:00",
    "countersigned_by": _APPROVER,
}
PAID = {
    **COUNTERSIGNED,
    "state": "paid",
    "paid_at": "2026-12-05T03:00:00+00:00",
    "paid_by": _APPROVER,
    "paid_reference": "ICBC-20261205-0042",
    "paid_entry": "019aed10-4d6f-7e32-9b5a-7c8d9e0f1a2b",
}
WITHDRAWN = {
    **SHEET,
    "state": "withdrawn",
    "withdrawn_at": "2026-12-02T01:00:00+00:00",
    "withdrawn_by": _ADMIN,
    "withdrawn_reason": "漏记一笔兑换",
}
LINE = {
    "no": 1,
    "account": f"operator/{_OPERATOR}/due",
    "asset": "FEN",
    "entry_id": _ENTRY,
    "key": f"weighing/{_WEIGHING}/confirmed",
    "kind": "weighing.confirmed",
    "at": "2026-11-16T02:05:00+00:00",
    "amount": -240,
    "is_late": False,
    "difference": None,
    "expected": None,
}
