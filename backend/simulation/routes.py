"""Simulations: asked for, followed, cancelled, and read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response

from backend.catalogue.errors import MaterialRefused, RateAbsurd, RateNegative, RefusedEarns
from backend.kit.api import Room
from backend.kit.auth import refuses, requires
from backend.kit.drafts import DraftNotFound
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.pace import COSTLY, paced
from backend.kit.paging import CursorUnreadable, Page, PageIn
from backend.kit.sheets import CONTENT_TYPE
from backend.kit.tables import also_as_table
from backend.simulation import queries, service
from backend.simulation.errors import (
    AlreadyOver,
    AlreadyRunning,
    MaterialUnpriced,
    NotDone,
    PayerMissing,
    PeriodEmpty,
    PeriodInFuture,
    PeriodTooLong,
    ProposalUnclear,
    SimulationNotFound,
    TooFewHouseholds,
)
from backend.simulation.examples import ASKED, CANCELLED, DONE, GROUP, QUEUED
from backend.simulation.factor_routes import blp as factor_runs
from backend.simulation.rules import Group, Simulation
from backend.simulation.schemas import (
    AskIn,
    AudienceIn,
    GroupPageOut,
    GroupsIn,
    SimulationOut,
    SimulationPageOut,
)
from backend.simulation.tables import SIMULATIONS
from backend.simulation.workbook import workbook
from backend.subsidy.errors import ProgrammeNotFound, TaperIncomplete

__all__ = ["blp", "factor_runs"]

blp = Room(
    "simulations",
    __name__,
    url_prefix="/v1/simulations",
    description="Past weighings replayed under other rates: what it would have cost, and who would gain.",
)


@dataclass(frozen=True)
class Shown(Simulation):
    """A simulation as it is seen at a moment."""

    done_by: datetime | None = None


def _shown(found: Simulation) -> Shown:
    return Shown(**vars(found), done_by=found.ends_by(now()))


@blp.post("")
@requires("simulation:run")
@idempotent
@paced(COSTLY)
@blp.arguments(AskIn, example=ASKED)
@blp.response(202, SimulationOut, example=QUEUED)
@refuses(
    *(PeriodEmpty, PeriodInFuture, PeriodTooLong, ProposalUnclear, MaterialUnpriced, PayerMissing),
    *(RateNegative, RateAbsurd, MaterialRefused, RefusedEarns, TaperIncomplete),
    *(ProgrammeNotFound, DraftNotFound, AlreadyRunning),
)
def ask(body: dict[str, Any]) -> Shown:
    """Ask for a simulation of a draft, or of changed rates, over a past period; a worker does it."""
    return _shown(service.ask(session(), by=actor(), at=now(), **body))


@blp.get("")
@requires("simulation:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, SimulationPageOut, example={"items": [DONE], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(SIMULATIONS, SimulationPageOut)
def list_simulations(args: dict[str, Any]) -> Page[Shown]:
    """List the district's simulations, the newest first."""
    page = queries.simulations(session(), actor().district, **args)
    return Page([_shown(found) for found in page.items], page.next_cursor)


@blp.get("/<uuid:simulation_id>")
@requires("simulation:read")
@blp.response(200, SimulationOut, example=DONE)
@refuses(SimulationNotFound)
def show(simulation_id: UUID) -> Shown:
    """Show how far a simulation is, or what it found."""
    return _shown(queries.simulation(session(), actor().district, simulation_id))


@blp.post("/<uuid:simulation_id>/cancellation")
@requires("simulation:run")
@blp.response(200, SimulationOut, example=CANCELLED)
@refuses(SimulationNotFound, AlreadyOver)
def cancel(simulation_id: UUID) -> Shown:
    """Cancel a simulation; what it has reckoned so far is dropped."""
    return _shown(service.cancel(session(), simulation_id, by=actor(), at=now()))


@blp.get("/<uuid:simulation_id>/groups")
@requires("simulation:read")
@blp.arguments(GroupsIn, location="query")
@blp.response(200, GroupPageOut, example={"items": [GROUP], "next_cursor": None})
@refuses(SimulationNotFound, NotDone, CursorUnreadable)
def list_groups(args: dict[str, Any], simulation_id: UUID) -> Page[Group]:
    """List what it found by material, community, both, or day: who gains, who loses, and data for charts."""
    return queries.groups(session(), actor().district, simulation_id, **args)


@blp.get("/<uuid:simulation_id>/workbook.xlsx")
@requires("simulation:read")
@paced(COSTLY)
@blp.arguments(AudienceIn, location="query")
@blp.response(200, {"type": "string", "format": "binary"}, content_type=CONTENT_TYPE)
@refuses(SimulationNotFound, NotDone, TooFewHouseholds)
def download(args: dict[str, str], simulation_id: UUID) -> Response:
    """Download a simulation as Excel: what it does not know, its summary, and every group."""
    found, groups = queries.report(session(), actor().district, simulation_id, **args)
    content = workbook(found, groups, queries.names(session(), actor().district, groups))
    named = f'attachment; filename="simulation-{found.id}.xlsx"'
    return Response(content, content_type=CONTENT_TYPE, headers={"Content-Disposition": named})
