"""What the programmes of a district have left."""

from typing import Any

from backend.kit.api import Room
from backend.kit.auth import requires
from backend.kit.http import actor, session
from backend.subsidy import queries
from backend.subsidy.schemas import BudgetsOut

blp = Room("subsidy", __name__, description="Subsidy programmes and their budgets.")

_BUDGET = {
    "programme": {
        "id": "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11",
        "name_zh": "余杭区低价值可回收物补贴（演示）",
        "name_en": "Subsidy for low-value recyclables in Yuhang (demo)",
        "cap_rule": "stop",
        "period": "year",
        "basis_zh": "演示的假设。",
        "basis_en": "Assumption of the demo.",
        "opened_at": "2026-01-01T08:00:00+08:00",
        "closed_at": None,
    },
    "period": "2026",
    "funded_fen": 20_000_000,
    "posted_fen": 19_999_844,
    "held_fen": 156,
    "available_fen": 19_999_688,
    "basis_zh": "演示的假设：每年20万元。",
    "basis_en": "Assumption of the demo: 200,000 yuan a year.",
}


@blp.get("/budgets")
@requires("budget:read")
@blp.response(200, BudgetsOut, example={"items": [_BUDGET]})
def list_budgets() -> dict[str, Any]:
    """List what the district's programmes have, hold and have left, the newest period first."""
    return {"items": queries.budgets(session(), actor().district)}
