"""What signing in and households look like on the wire, for the documentation."""

from backend.identity.rules import TERMS

PHONE = "13800000001"
CODE_SENT = {
    "request_id": "q3Zb0mXr9Kc1Vt5Hs7Yw2A",
    "expires_at": "2026-03-02T00:05:00+00:00",
    "resend_at": "2026-03-02T00:01:00+00:00",
}
HOUSEHOLD_ID = "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11"
TOKENS = {
    "access_token": "Jm0p3yJt0v0i0yqG4m0k2C0r3l2fLq6oVx8kq1n5u7A",
    "refresh_token": "AZLwxH0OfMGaU24fCmwrERk7…",
    "access_expires_at": "2026-03-02T00:15:00+00:00",
    "refresh_expires_at": "2026-04-01T00:00:00+00:00",
    "needs_set_up": False,
    "next_step": None,
    "device_token": None,
    "phone_token": None,
}
RESIDENT = {**TOKENS, "role": "resident", "district": "330110"}
COLLECTOR = {
    **TOKENS,
    "role": "collector",
    "district": "330110",
    "phone_token": "330110-AZLwxH0OfMGaU24fCmwrEZ3W6l8Wc2m4Yb1sK0tQe9uVnRjX5pLd",
}
PHONE_OFFERED = {
    "id": "0192f0c4-6c11-7d22-8e33-9f4455667788",
    "expires_at": "2026-03-03T00:00:00+00:00",
    "code": "330110-ABCDEFGHJKMNPQRS",
}
PHONE_KNOWN = {
    "id": PHONE_OFFERED["id"],
    "made_by": "0192f0c4-5a2c-7b11-9d03-7e8f1a2b3c4d",
    "made_at": "2026-03-02T00:00:00+00:00",
    "bound_by": "0192f0c4-6b7e-7a10-8c52-2f0d6b1e9a44",
    "bound_at": "2026-03-02T00:10:00+00:00",
    "last_by": "0192f0c4-6b7e-7a10-8c52-2f0d6b1e9a44",
    "last_at": "2026-03-02T06:00:00+00:00",
}
ADMIN = {**TOKENS, "role": "district_admin", "district": "330110"}
UNPROVEN = {**ADMIN, "next_step": "second_factor"}
ACQUAINTED = {**ADMIN, "device_token": "AZLwxH0OfMGaU24fCmwrEZ3W6l8Wc2m4Yb1sK0tQe9uVnRjX5pLd"}
RECOVERY = ["x7k2m-9fqtw", "b4hds-pn83v"]
ENROLMENT = {
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "otpauth_uri": "otpauth://totp/Lvzhang:yuhang.admin?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Lvzhang",
    "qr_svg": '<svg xmlns="http://www.w3.org/2000/svg">…</svg>',
}
ME = {
    "id": "0192f0c4-6b7e-7a10-8c52-2f0d6b1e9a44",
    "name": None,
    "phone_last4": "0001",
    "role": "resident",
    "district": "330110",
    "household": HOUSEHOLD_ID,
    "organisation": None,
    "needs_set_up": False,
    "next_step": None,
    "assignments": [{"role": "resident", "district": "330110", "organisation": None}],
}
SET_UP = {
    "community": "330110001005",
    "address": "示例路 1 号 2 幢 301 室",
    "consent": {"agreed": True, "version": TERMS},
}
HOUSEHOLD = {
    "id": HOUSEHOLD_ID,
    "district": "330110",
    "community": "330110001005",
    "community_name": "某社区",
    "address": "示例路 1 号 2 幢 301 室",
    "members": 1,
    "opened_at": "2026-03-02T00:00:00+00:00",
}
KNOWN = {
    "id": ME["id"],
    "role": "resident",
    "phone_last4": "0001",
    "household": HOUSEHOLD_ID,
    "since": "2026-03-02T00:00:00+00:00",
}
DEVICE = {
    "id": "0192f0c4-9c11-7e03-a2d4-5b6c7d8e9f10",
    "name": "我的手机",
    "role": "resident",
    "signed_in_at": "2026-03-02T00:00:00+00:00",
    "last_seen_at": "2026-03-02T08:30:00+00:00",
    "is_this": True,
}
INVITED = {"code": "330110-ABCDEFGHJKMNPQRS", "expires_at": "2026-03-03T00:00:00+00:00"}
CARD = {"id": "0192f0c4-a1b2-7c3d-8e4f-5a6b7c8d9e0f", "issued_at": "2026-03-02T00:00:00+00:00"}
CARD_SHOWN = {
    **CARD,
    "code": "LVC1.AGJPBRFBWJ6D3DSPLJVXZDM6B5UFYXWVUTSRQPON",
    "qr_svg": '<svg xmlns="http://www.w3.org/2000/svg">…</svg>',
}
VOUCH_REASON = "本人持身份证到柜台办理"
VOUCHED = {"code": "48201957", "expires_at": "2026-03-02T00:30:00+00:00"}
REASON = "她来电询问昨天的称重结果"
ACCESS = {
    "id": "0192f0c4-8a3d-7f56-b1c0-4d2e9a7f6b15",
    "what": "phone",
    "role": "district_admin",
    "organisation": None,
    "district": "330110",
    "pickup": None,
    "reason": REASON,
    "at": "2026-03-02T00:00:00+00:00",
}
