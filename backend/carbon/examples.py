"""What carbon looks like on the wire."""

from typing import Any

FACTOR: dict[str, Any] = {
    "material": "glass",
    "none_found": False,
    "kg_per_kg": "0.3043",
    "upper_kg_per_kg": "0.579577",
    "credited_kg_per_kg": "0.3043",
    "boundary": "recycling credit vs virgin, forest carbon EXCLUDED, no baseline disposal",
    "source": "US EPA Waste Reduction Model (WARM) v15",
    "clause": "Glass",
    "grade": "A",
    "note_zh": "碎成骨料时为0，本值只用于回炉。",
    "note_en": "0 if the glass becomes aggregate; this value is for remelting.",
    "basis_zh": "美国环保署 WARM v15，Glass（A级）。",
    "basis_en": "US EPA WARM v15, Glass (grade A).",
}
FACTOR_SET: dict[str, Any] = {
    "id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11",
    "name": "lower_bound",
    "version": 1,
    "name_zh": "下限因子集",
    "name_en": "Lower-bound factors",
    "unit": "kg CO2e/kg",
    "boundary_zh": "再生料替代原生料；不计森林碳",
    "boundary_en": "recycling against virgin material; no forest carbon",
    "baseline_zh": "不设处置基线",
    "baseline_en": "no disposal baseline",
    "valid_from": "2021-01-01T00:00:00+08:00",
    "approved_by_zh": "演示，未经主管部门批准",
    "approved_by_en": "the demo; no authority has approved it",
    "approved_at": "2026-02-20T09:00:00+08:00",
    "note_zh": "每种物料取两个界限中较低的一个。",
    "note_en": "Of two bounds the lower one is taken.",
    "approval": None,
    "factors": [FACTOR],
}
NAMING = {
    key: FACTOR_SET[key]
    for key in ("name", "name_zh", "name_en", "boundary_zh", "boundary_en", "baseline_zh", "baseline_en")
} | {
    "approved_by_zh": "某市生态环境局",
    "approved_by_en": "The environment bureau of the city",
    "note_zh": "按新版方法学更新。",
    "note_en": "After a new edition of the method.",
}
FACTOR_SAID = {
    name: value for name, value in FACTOR.items() if name not in ("none_found", "credited_kg_per_kg")
}
_DRAFTER, _APPROVER = "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b16", "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b15"
DRAFT_HEAD: dict[str, Any] = {
    "id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b13",
    "based_on": FACTOR_SET["id"],
    "title": "2027 版因子 / Factors of 2027",
    "note": "",
    "state": "drafted",
    "revision": 1,
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "simulation": None,
    "simulated_at": None,
    "is_simulated": False,
    "authors": [_DRAFTER],
    "drafted_by": _DRAFTER,
    "drafted_at": "2026-11-18T09:00:00+08:00",
    **{
        f"{step}_{what}": None
        for step in ("submitted", "approved", "rejected", "withdrawn", "published")
        for what in ("by", "at")
    },
    "reason": None,
    **NAMING,
    "unit": "kg CO2e/kg",
    "valid_from": None,
}
DRAFT = {**DRAFT_HEAD, "factors": [FACTOR]}
SUBMITTED = {
    **DRAFT,
    "state": "submitted",
    "revision": 2,
    "simulation": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b14",
    "simulated_at": "2026-11-18T10:00:00+08:00",
    "is_simulated": True,
    "submitted_by": _DRAFTER,
    "submitted_at": "2026-11-18T11:00:00+08:00",
}
APPROVED = {
    **SUBMITTED,
    "state": "approved",
    "revision": 3,
    "approved_by": _APPROVER,
    "approved_at": "2026-11-19T09:00:00+08:00",
}
REJECTED = {
    **SUBMITTED,
    "state": "rejected",
    "revision": 3,
    "rejected_by": _APPROVER,
    "rejected_at": "2026-11-19T09:00:00+08:00",
    "reason": "来源过时。",
}
WITHDRAWN = {
    **DRAFT,
    "state": "withdrawn",
    "revision": 2,
    "withdrawn_by": _DRAFTER,
    "withdrawn_at": "2026-11-19T09:00:00+08:00",
    "reason": "另起草案。",
}
PUBLISHED = {
    **APPROVED,
    "state": "published",
    "revision": 4,
    "published_by": _APPROVER,
    "published_at": "2026-11-20T09:00:00+08:00",
    "valid_from": "2027-01-01T00:00:00+08:00",
}
