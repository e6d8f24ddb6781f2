"""What recycling saves, and who says so."""

from datetime import datetime

from backend.carbon import queries
from backend.carbon.errors import NoFactorSet
from backend.carbon.queries import FactorSet
from backend.carbon.schemas import FactorSetOut, FactorsIn
from backend.kit.api import Room
from backend.kit.auth import public, refuses
from backend.kit.http import now, session

blp = Room("carbon", __name__, url_prefix="/v1/carbon", description="Carbon factors with their sources.")

_FACTOR = {
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
_FACTOR_SET = {
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
    "factors": [_FACTOR],
}


@blp.get("/factors")
@public
@blp.arguments(FactorsIn, location="query")
@blp.response(200, FactorSetOut, example=_FACTOR_SET)
@refuses(NoFactorSet)
def show_factors(args: dict[str, datetime | None]) -> FactorSet:
    """Show the factors in force, now or at a time, each with its source or that none was found."""
    return queries.factor_set(session(), at=args["at"] or now())
