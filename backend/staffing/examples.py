"""What staff look like on the wire, for the documentation."""

COLLEAGUE = {
    "id": "0192f0c4-6b7e-7a10-8c52-2f0d6b1e9a44",
    "name": "赵六",
    "role": "collector",
    "organisation": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11",
    "since": "2026-03-02T00:00:00+00:00",
    "until": None,
}
CHANGE = {
    "id": "0192f0c4-8a3d-7f56-b1c0-4d2e9a7f6b15",
    "at": "2026-03-02T00:00:00+00:00",
    "actor": "0192f0c4-5a2c-7b11-9d03-7e8f1a2b3c4d",
    "role": "district_admin",
    "session": "0192f0c4-8a00-7c22-8e14-8f901b2c3d4e",
    "request_id": "4f5c0d3f8a9b4c1d8e7f6a5b4c3d2e1f",
    "kind": "colleague.departed",
    "subject": f"person/{COLLEAGUE['id']}",
    "before": {"roles": ["collector"]},
    "after": {"roles": []},
    "reason": "合同到期",
    "address": "198.51.100.0/24",
    "device": "Mozilla/5.0",
}
INVITED = {
    "id": "0192f0c4-7a1b-7d22-8b3c-4d5e6f708192",
    "role": "approver",
    "organisation": None,
    "name": "吴十",
    "made_by": "0192f0c4-5a2c-7b11-9d03-7e8f1a2b3c4d",
    "made_at": "2026-03-02T00:00:00+00:00",
    "expires_at": "2026-03-05T00:00:00+00:00",
}
INVITATION = {**INVITED, "code": "330110-ABCDEFGHJKMNPQRS"}
_TOKENS = {
    "access_token": "m1ohFgCNQ2Wp0b3xJmJ1c3RhbmV4YW1wbGVvbmx5MQ",
    "refresh_token": "AZLwxGt-ehCMUi8Na5pE0xHnRhbmV4YW1wbGVvbmx5MQ",
    "access_expires_at": "2026-03-02T00:15:00+00:00",
    "refresh_expires_at": "2026-04-01T00:00:00+00:00",
    "district": "330110",
    "needs_set_up": False,
    "device_token": None,
    "phone_token": None,
}
COME_AS_STAFF = {**_TOKENS, "role": "approver", "next_step": "second_factor_enrolment"}
COME_AS_COLLECTOR = {
    **_TOKENS,
    "role": "collector",
    "next_step": None,
    "phone_token": "330110-AZLwxH0OfMGaU24fCmwrEZ3W6l8Wc2m4Yb1sK0tQe9uVnRjX5pLd",
}
