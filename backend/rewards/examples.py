"""What offers, redemptions and vouchers look like on the wire, for the documentation."""

_REDEMPTION = "019a8f52-3c1e-7b6d-9f20-5a4b3c2d1e0f"
CODE = (
    "LV1.330110.AGNI6UR4DZ5W3HZALJFTYLI6B4.B7AMEBHNNODVC7ZBO3WZTIFT54LF3RVW3WZPS"
    "G7GYRPT5SBOY6BHSBJG2ZSL36DW7TMRKXNESJHCB6N2V7KHP3XQTLOUUIA7HN6BYDY"
)
_TITLE = {"title_zh": "两元商品券", "title_en": "Voucher for two yuan"}

MERCHANT = {
    "id": "019a8f00-4d5e-7f60-8b7c-9d0e1f2a3b4c",
    "name_zh": "演示便利店",
    "name_en": "Demo corner shop",
    "kind": "shop",
}
OFFER = {
    "id": "019a8f00-5e6f-7a71-9c8d-0e1f2a3b4c5d",
    "merchant": MERCHANT,
    **_TITLE,
    "price_points": 200,
    "affordable": True,
    "stock": 500,
    "per_household_limit": 2,
    "ends_at": "2026-12-31T16:00:00+00:00",
    "voucher_days": 30,
    "basis_zh": "演示假设",
    "basis_en": "An assumption of the demo",
}
REDEMPTION = {
    "id": _REDEMPTION,
    "state": "held",
    "points": 200,
    "offer": {"id": OFFER["id"], **_TITLE},
    "merchant": MERCHANT,
    "made_at": "2026-11-17T11:20:00+00:00",
    "ended_at": None,
    "voucher": {
        "code": CODE,
        "qr_url": f"/v1/redemptions/{_REDEMPTION}/voucher.svg",
        "expires_at": "2026-12-17T16:00:00+00:00",
    },
}
CANCELLED = {**REDEMPTION, "state": "cancelled", "ended_at": "2026-11-18T01:00:00+00:00", "voucher": None}
HONOURED = {
    "redemption_id": _REDEMPTION,
    **_TITLE,
    "points": 200,
    "honoured_at": "2026-11-18T09:41:00+00:00",
}
TAKINGS = {"date": "2026-11-18", "vouchers": 1, "points": 200, "items": [HONOURED], "next_cursor": None}
