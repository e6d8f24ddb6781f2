"""What recycling saves, and who says so."""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.carbon import queries
from backend.carbon.errors import NoFactorSet
from backend.carbon.examples import FACTOR_SET
from backend.carbon.queries import FactorSet
from backend.carbon.routes.room import blp
from backend.carbon.schemas import FactorSetOut, FactorSetPageOut, FactorsIn
from backend.carbon.tables import FACTORS, SETS
from backend.kit.auth import public, refuses
from backend.kit.http import now, session
from backend.kit.paging import CursorUnreadable, Page, PageIn
from backend.kit.tables import also_as_table


@blp.get("/factors")
@public
@blp.arguments(FactorsIn, location="query")
@blp.response(200, FactorSetOut, example=FACTOR_SET)
@refuses(NoFactorSet)
def show_factors(args: dict[str, datetime | None]) -> FactorSet:
    """Show the factors in force, now or at a time, each with its source or that none was found."""
    return queries.factor_set(session(), at=args["at"] or now())


@blp.get("/factor-sets")
@public
@blp.arguments(PageIn, location="query")
@blp.response(200, FactorSetPageOut, example={"items": [FACTOR_SET], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(SETS, FactorSetPageOut)
def list_factor_sets(args: dict[str, Any]) -> Page[FactorSet]:
    """List all sets that were ever approved, in force or not, the newest first."""
    return queries.factor_sets(session(), **args)


@blp.get("/factor-sets/<uuid:factor_set_id>")
@public
@blp.response(200, FactorSetOut, example=FACTOR_SET)
@refuses(NoFactorSet)
@also_as_table(FACTORS, FactorSetOut, of="factors")
def show_factor_set(factor_set_id: UUID) -> FactorSet:
    """Show an approved set, in force or not."""
    return queries.factor_set_by_id(session(), factor_set_id)
