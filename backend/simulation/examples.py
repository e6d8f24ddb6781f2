"""What simulations look like on the wire, for the documentation."""

from typing import Any

from backend.simulation.rules import FORESEEN, OF_FACTORS, UNKNOWNS

_PROGRAMME = "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b12"
CHANGE = {
    "material": "glass",
    "accepted": True,
    "market_fen_per_kg": "0",
    "subsidy_fen_per_kg": "12.5",
    "operator_fen_per_tonne": "20000",
    "ceiling_grams": 30_000,
    "programme": _PROGRAMME,
}
ASKED = {
    "since": "2026-10-01T00:00:00+08:00",
    "until": "2026-11-01T00:00:00+08:00",
    "changes": [CHANGE],
    "caps": [
        {"programme": _PROGRAMME, "cap_rule": "taper", "taper_below_fen": 2_000_000, "taper_percent": 50}
    ],
}
_IN_FORCE = {
    "lines": 1_200,
    "net_grams": 6_000_000,
    "market_fen": 0,
    "subsidy_fen": 60_000,
    "operator_subsidy_fen": 120_000,
    "queued_fen": 0,
}
_PROPOSED = {**_IN_FORCE, "subsidy_fen": 75_000}
_SIDES: dict[str, dict[str, Any]] = {
    "in_force": {
        **_IN_FORCE,
        "cost_fen": 180_000,
        "cost_per_tonne_fen": 30_000,
        "points": 60_000,
        "promised_points": 52,
    },
    "proposed": {
        **_PROPOSED,
        "cost_fen": 195_000,
        "cost_per_tonne_fen": 32_500,
        "points": 75_000,
        "promised_points": 65,
    },
}
SUMMARY = {
    **_SIDES,
    "difference": {name: _SIDES["proposed"][name] - found for name, found in _SIDES["in_force"].items()},
    "cost_difference_fen": 15_000,
    "households": 400,
    "winners": 400,
    "losers": 0,
    "gained_points": 15_000,
    "lost_points": 0,
    "not_taken_grams": 0,
    "budgets": [
        {
            "programme": _PROGRAMME,
            "period": "2026",
            "in_force": {"left_fen": 5_000, "ran_out_at": None},
            "proposed": {"left_fen": 12, "ran_out_at": "2026-10-29T02:12:00+00:00"},
        }
    ],
    "unexplained": {"lines": 0, "fen": 0, "grams": 0},
    "reconstructed_lines": 0,
}
_SIMULATION = {
    "id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2c01",
    "draft": None,
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "since": "2026-10-01T00:00:00+08:00",
    "until": "2026-11-01T00:00:00+08:00",
    "requested_by": "0192f0c4-5a2c-7b11-9d03-7e8f1a2b3c4d",
    "requested_at": "2026-11-16T02:12:00+00:00",
    "does_not_know": [{"zh": zh, "en": en} for zh, en in UNKNOWNS],
}
QUEUED = {
    **_SIMULATION,
    "state": "queued",
    "started_at": None,
    "ended_at": None,
    "lines": None,
    "lines_done": 0,
    "percent": 0,
    "done_by": None,
    "summary": None,
}
DONE = {
    **_SIMULATION,
    "state": "done",
    "started_at": "2026-11-16T02:12:01+00:00",
    "ended_at": "2026-11-16T02:12:03+00:00",
    "lines": 1_200,
    "lines_done": 1_200,
    "percent": 100,
    "done_by": None,
    "summary": SUMMARY,
}
CANCELLED = {**QUEUED, "state": "cancelled", "ended_at": "2026-11-16T02:12:01+00:00"}
GROUP = {
    "key": "glass",
    "in_force": _IN_FORCE,
    "proposed": _PROPOSED,
    "households": 400,
    "winners": 400,
    "losers": 0,
    "gained_points": 15_000,
    "lost_points": 0,
}

_SAVED = {
    "material": "glass",
    "lines": 1_200,
    "net_grams": 6_000_000,
    "credited_co2e_grams": 1_825_800,
    "saved_co2e_grams": 1_800_000,
    "change_co2e_grams": -25_800,
    "households": 400,
}
_RUN: dict[str, Any] = {
    "id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2c02",
    "since": "2026-10-01T00:00:00+08:00",
    "until": "2026-11-01T00:00:00+08:00",
    "requested_by": "0192f0c4-5a2c-7b11-9d03-7e8f1a2b3c4d",
    "requested_at": "2026-11-16T02:12:00+00:00",
    "started_at": None,
    "ended_at": None,
    "weighings": 900,
    "weighings_done": 0,
    "percent": 0,
    "done_by": None,
    "found": None,
    "posted": 0,
    "added_co2e_grams": 0,
    "taken_co2e_grams": 0,
    "short_co2e_grams": 0,
}
FACTORS_SIMULATED: dict[str, Any] = {
    **_RUN,
    "kind": "simulation",
    "state": "queued",
    "draft": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b13",
    "factor_set": None,
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "does_not_know": [{"zh": zh, "en": en} for zh, en in (*OF_FACTORS, FORESEEN)],
}
FACTORS_FOUND: dict[str, Any] = {
    **FACTORS_SIMULATED,
    "state": "done",
    "started_at": "2026-11-16T02:12:01+00:00",
    "ended_at": "2026-11-16T02:12:02+00:00",
    "weighings_done": 900,
    "percent": 100,
    "found": {
        "materials": [_SAVED],
        "households": 400,
        "gaining": 0,
        "losing": 400,
        "recomputed_co2e_grams": 0,
        "change_co2e_grams": -25_800,
    },
}
RECOMPUTED: dict[str, Any] = {
    **_RUN,
    "kind": "recomputation",
    "state": "queued",
    "draft": None,
    "factor_set": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11",
    "digest": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11",
    "does_not_know": [{"zh": zh, "en": en} for zh, en in OF_FACTORS],
}
RECOMPUTATION_CANCELLED = {**RECOMPUTED, "state": "cancelled", "ended_at": "2026-11-16T02:12:01+00:00"}
