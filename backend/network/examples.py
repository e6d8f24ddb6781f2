"""What the document shows of scales, and of places on the map."""

from typing import Any

POSITION: dict[str, Any] = {
    "latitude_microdegrees": 30_400_000,
    "longitude_microdegrees": 119_900_000,
    "datum": "wgs84",
}
PLACED_COMMUNITY: dict[str, Any] = {
    "code": "330110001005",
    "street": "330110001",
    "name_zh": "某社区",
    "position": POSITION,
}

OPERATOR: dict[str, Any] = {
    "id": "0192f0c4-5a2c-7b11-9d03-7e8f1a2b3c4d",
    "name_zh": "某回收公司",
    "name_en": "A recycling company",
}
SCALE: dict[str, Any] = {
    "id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11",
    "serial": "YH-0001",
    "operator": OPERATOR["id"],
    "accuracy_class": "III",
    "min_grams": 400,
    "max_grams": 60000,
    "interval_grams": 20,
    "certificate": "HZJL-2026-0001",
    "certified_until": "2027-03-01",
    "standing": "in_use",
    "checked_at": "2026-11-17T07:40:00+08:00",
    "out_of_use_since": None,
    "retired_at": None,
    "retired_reason": None,
}
NEW_SCALE: dict[str, Any] = {
    name: SCALE[name]
    for name in ("serial", "operator", "accuracy_class", "min_grams", "max_grams", "interval_grams")
}
REGISTERED = {
    **SCALE,
    "certificate": None,
    "certified_until": None,
    "standing": "uncertified",
    "checked_at": None,
}
RETIRED = {
    **SCALE,
    "standing": "retired",
    "retired_at": "2026-11-18T09:00:00+08:00",
    "retired_reason": "秤台变形，已报废。",
}
NEW_CERTIFICATE: dict[str, Any] = {
    "number": "HZJL-2026-0001",
    "issuer": "某市质量计量监测中心",
    "issued_on": "2026-03-02",
    "expires_on": "2027-03-01",
    "note": None,
}
CERTIFICATE: dict[str, Any] = {
    "id": "0192f0c4-8a11-7b60-8c1d-2f3e4d5c6b7a",
    **NEW_CERTIFICATE,
    "recorded_at": "2026-03-03T10:00:00+08:00",
    "recorded_by": "0192f0c4-6b3d-7a22-8e14-6d7e8f9a0b1c",
    "withdrawn_at": None,
    "withdrawn_by": None,
    "withdrawn_reason": None,
}
WITHDRAWN = {
    **CERTIFICATE,
    "withdrawn_at": "2026-03-03T10:05:00+08:00",
    "withdrawn_by": CERTIFICATE["recorded_by"],
    "withdrawn_reason": "有效期录入错误。",
}
NEW_CHECK: dict[str, Any] = {"nominal_grams": 20000, "read_grams": 20020}
CHECK: dict[str, Any] = {
    "id": "0192f0c4-9b22-7c71-9d2e-3a4b5c6d7e8f",
    **NEW_CHECK,
    "permissible_milligrams": 20000,
    "passed": True,
    "at": SCALE["checked_at"],
    "by": "0192f0c4-6b3d-7a22-8e14-6d7e8f9a0b1c",
}
