"""Factors over past weighings: a draft tried, an approved set applied."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.carbon.errors import NoFactorSet
from backend.kit.api import Room
from backend.kit.auth import ScopeMissing, refuses, requires
from backend.kit.drafts import DraftNotFound, OwnDraft
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.pace import COSTLY, paced
from backend.kit.paging import CursorUnreadable, Page, PageIn
from backend.kit.tables import also_as_table
from backend.simulation import factoring, queries
from backend.simulation.errors import (
    FactorRunLive,
    FactorRunNotFound,
    FactorRunOver,
    PeriodEmpty,
    PeriodInFuture,
    PeriodTooLong,
)
from backend.simulation.examples import (
    FACTORS_FOUND,
    FACTORS_SIMULATED,
    RECOMPUTATION_CANCELLED,
    RECOMPUTED,
)
from backend.simulation.factor_schemas import (
    FactorRunOut,
    FactorRunPageOut,
    FactorSimulationIn,
    RecomputationIn,
)
from backend.simulation.rules import FactorRun
from backend.simulation.tables import RUN, RUNS

blp = Room(
    "factor_runs",
    __name__,
    url_prefix="/v1/carbon",
    description="Factors over past weighings: what a draft would change, and what an approved set changes.",
)
_PERIOD = {"since": FACTORS_FOUND["since"], "until": FACTORS_FOUND["until"]}


@dataclass(frozen=True)
class ShownRun(FactorRun):
    """A run as it is seen at a moment."""

    done_by: datetime | None = None


def _shown(found: FactorRun) -> ShownRun:
    return ShownRun(**vars(found), done_by=found.ends_by(now()))


@blp.post("/simulations")
@requires("simulation:run")
@idempotent
@paced(COSTLY)
@blp.arguments(FactorSimulationIn, example={"draft": FACTORS_FOUND["draft"], **_PERIOD})
@blp.response(202, FactorRunOut, example=FACTORS_SIMULATED)
@refuses(DraftNotFound, PeriodEmpty, PeriodInFuture, PeriodTooLong, FactorRunLive)
def simulate(body: dict[str, Any]) -> ShownRun:
    """Ask what a draft of a set would change of your district's past weighings; a worker does it."""
    return _shown(factoring.simulate(session(), by=actor(), at=now(), **body))


@blp.post("/recomputations")
@requires("factor_set:recompute")
@idempotent
@paced(COSTLY)
@blp.arguments(RecomputationIn, example={"factor_set": RECOMPUTED["factor_set"], **_PERIOD})
@blp.response(202, FactorRunOut, example=RECOMPUTED)
@refuses(NoFactorSet, OwnDraft, PeriodEmpty, PeriodInFuture, PeriodTooLong, FactorRunLive)
def recompute(body: dict[str, Any]) -> ShownRun:
    """Apply an approved set to your district's past weighings, by entries beside theirs, each once."""
    return _shown(factoring.recompute(session(), by=actor(), at=now(), **body))


@blp.get("/runs")
@requires("factor_set:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, FactorRunPageOut, example={"items": [FACTORS_FOUND], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(RUNS, FactorRunPageOut)
def list_runs(args: dict[str, Any]) -> Page[ShownRun]:
    """List your district's runs of factors, the newest first."""
    page = queries.factor_runs(session(), actor().district, **args)
    return Page([_shown(found) for found in page.items], page.next_cursor)


@blp.get("/runs/<uuid:factor_run_id>")
@requires("factor_set:read")
@blp.response(200, FactorRunOut, example=FACTORS_FOUND)
@refuses(FactorRunNotFound)
@also_as_table(RUN, FactorRunOut, of="found.materials")
def show_run(factor_run_id: UUID) -> ShownRun:
    """Show how far a run is, and what it came to."""
    return _shown(queries.factor_run(session(), actor().district, factor_run_id))


@blp.post("/runs/<uuid:factor_run_id>/cancellation")
@requires("factor_run:cancel")
@blp.response(200, FactorRunOut, example=RECOMPUTATION_CANCELLED)
@refuses(FactorRunNotFound, ScopeMissing, FactorRunOver)
def cancel_run(factor_run_id: UUID) -> ShownRun:
    """Cancel a run that you may ask for; what was posted stands, and asking again goes on where it ended."""
    return _shown(factoring.cancel(session(), factor_run_id, by=actor(), at=now()))
