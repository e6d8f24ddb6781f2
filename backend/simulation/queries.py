"""The questions that are asked of simulations, and what one reads before it goes on."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.carbon import queries as carbon
from backend.catalogue import queries as catalogue
from backend.kit.paging import Page, cut, key_of
from backend.network import queries as network
from backend.simulation.errors import FactorRunNotFound, NotDone, SimulationNotFound, TooFewHouseholds
from backend.simulation.models import Checkpoint, FactorRunRow, GroupRow, SimulationRow
from backend.simulation.rules import (
    FEWEST,
    ExactRate,
    FactorRun,
    Group,
    Lists,
    Opening,
    Pair,
    Proposal,
    Replay,
    Side,
    Simulation,
    State,
    exact,
    exact_factors,
)
from backend.subsidy import queries as subsidies
from backend.weighing.queries import Ends, Names, replaying

_OTHERS = "其他社区 Other communities"
"""What few households live in, where it is for open use."""


def simulation(db: Session, district: str, simulation_id: UUID) -> Simulation:
    """Return a simulation.

    :raises SimulationNotFound: the district has none with this id
    """
    row = db.get(SimulationRow, (district, simulation_id))
    if row is None:
        raise SimulationNotFound
    return row.simulation()


def simulation_locked(db: Session, district: str, simulation_id: UUID) -> SimulationRow:
    """Return a simulation that stays as it is until this transaction ends.

    :raises SimulationNotFound: the district has none with this id
    """
    row = db.get(SimulationRow, (district, simulation_id), with_for_update=True, populate_existing=True)
    if row is None:
        raise SimulationNotFound
    return row


def simulations(db: Session, district: str, *, cursor: str | None, limit: int) -> Page[Simulation]:
    """List a district's simulations, the newest first."""
    query = select(SimulationRow).where(SimulationRow.district == district)
    if (before := key_of(cursor, UUID)) is not None:
        query = query.where(SimulationRow.id < before[0])
    rows = db.scalars(query.order_by(SimulationRow.id.desc()).limit(limit + 1)).all()
    return cut([row.simulation() for row in rows], limit, lambda one: (one.id,))


def groups(
    db: Session,
    district: str,
    simulation_id: UUID,
    *,
    by: str,
    audience: str,
    cursor: str | None,
    limit: int,
) -> Page[Group]:
    """List what a simulation says of each material, community or day, by key.

    :raises SimulationNotFound: the district has none with this id
    :raises NotDone: it has said nothing yet
    """
    if simulation(db, district, simulation_id).state != State.DONE:
        raise NotDone
    query = select(GroupRow).where(GroupRow.district == district, GroupRow.simulation == simulation_id)
    query = query.where(GroupRow.kind == by, GroupRow.audience == audience)
    if (after := key_of(cursor, str)) is not None:
        query = query.where(GroupRow.key > after[0])
    rows = db.scalars(query.order_by(GroupRow.key).limit(limit + 1)).all()
    return cut([row.group() for row in rows], limit, lambda group: (group.key,))


def report(
    db: Session, district: str, simulation_id: UUID, *, audience: str
) -> tuple[Simulation, Sequence[Group]]:
    """Return a simulation that is done with all of its groups.

    :raises SimulationNotFound: the district has none with this id
    :raises NotDone: it has said nothing yet
    :raises TooFewHouseholds: even as a whole it is not for this audience
    """
    found = simulation(db, district, simulation_id)
    if found.summary is None:
        raise NotDone
    if audience == "open" and found.summary["households"] < FEWEST:
        raise TooFewHouseholds(fewest=FEWEST)
    return found, all_groups(db, district, simulation_id, audience=audience)


def all_groups(db: Session, district: str, simulation_id: UUID, *, audience: str) -> Sequence[Group]:
    """Return all that a simulation says of groups, by kind and key."""
    rows = db.scalars(
        select(GroupRow)
        .where(GroupRow.district == district, GroupRow.simulation == simulation_id)
        .where(GroupRow.audience == audience)
        .order_by(GroupRow.kind, GroupRow.key)
    )
    return [row.group() for row in rows]


def names(db: Session, district: str, groups: Sequence[Group]) -> dict[str, str]:
    """Name the materials, communities and programmes that a simulation speaks of, in both languages."""
    of_communities = {group.key for group in groups if group.kind == "community"}
    named = [
        *((one.key, one.name_zh, one.name_en) for one in catalogue.materials(db).values()),
        *((one.code, one.name_zh, one.name_en) for one in network.divisions(db, of_communities)),
        *((str(one.id), one.name_zh, one.name_en) for one in subsidies.programmes(db, district)),
    ]
    return {"other": _OTHERS, **{key: f"{zh} {en}" if en else zh for key, zh, en in named}}


def checkpoint(db: Session, district: str, simulation_id: UUID) -> Checkpoint | None:
    """Return how far a simulation is, if it has begun."""
    return db.get(Checkpoint, (district, simulation_id))


def lists(db: Session, district: str, asked: Simulation, names: Names) -> tuple[Lists, Lists]:
    """Read what the weighings of a period were quoted by, and what they would have been."""
    proposal = Proposal.read(asked.proposal)
    versions = {name: catalogue.version(db, district, UUID(name)).rates for name in names.price_lists}
    factors = {name: exact_factors(carbon.factor_set_by_id(db, UUID(name))) for name in names.factor_sets}
    in_force = {name: _exact(rates) for name, rates in versions.items()}
    proposed = {name: _exact(proposal.over(rates)) for name, rates in versions.items()}
    return Lists(in_force, factors), Lists(proposed, factors)


def _exact(rates: Mapping[str, catalogue.Rate]) -> dict[str, ExactRate]:
    return {material: exact(rate) for material, rate in rates.items()}


def events(db: Session, district: str) -> list[subsidies.BudgetEvent]:
    """List all that ever happened to a district's budgets and programmes, in order."""
    return subsidies.all_events(db, district)


def tape_names(db: Session, district: str, asked: Simulation, *, materials: Sequence[str] | None) -> Names:
    """Say what the numbers stand for that the tape is read in.

    :param materials: those that were named when the simulation began
    """
    quoted_by = replaying.quoted_by(db, district, since=asked.since, until=asked.until)
    return Names(
        materials=list(catalogue.materials(db)) if materials is None else materials,
        programmes=[str(one.id) for one in subsidies.programmes(db, district)],
        price_lists=sorted({str(price_list) for price_list, _ in quoted_by}),
        factor_sets=sorted({str(factor_set) for _, factor_set in quoted_by}),
    )


def begin(db: Session, district: str, asked: Simulation, names: Names) -> tuple[Pair, Ends]:
    """Begin two replays where things stood before the first weighing of the period."""
    since, at = asked.since, asked.requested_at
    ends = replaying.ends(db, district, since=since, until=asked.until, known_at=at)
    opening = Opening(
        taken=replaying.taken(db, district, after=ends.after, since=since),
        held=replaying.held(db, district, after=ends.after),
        queued=replaying.queued(db, district, after=ends.after, known_at=at, names=names),
    )
    caps = _caps(db, district)
    now, then = (Replay.begin(opening, caps, proposed=proposed) for proposed in ({}, _proposed(asked)))
    return (
        Pair(Side(now, checked=True), Side(then, checked=False), since, asked.until, names.materials),
        ends,
    )


def _caps(db: Session, district: str) -> dict[UUID, Mapping[str, Any]]:
    """Return the cap rule that each programme began with: before its first change, or as it still is."""
    found: dict[UUID, Mapping[str, Any]] = {
        one.id: {
            "cap_rule": one.cap_rule,
            "taper_below_fen": one.taper_below_fen,
            "taper_percent": one.taper_percent,
        }
        for one in subsidies.programmes(db, district)
    }
    for event in reversed(events(db, district)):
        if "before" in event.facts:
            found[event.programme] = event.facts["before"]
    return found


def _proposed(asked: Simulation) -> dict[UUID, Mapping[str, Any]]:
    caps = Proposal.read(asked.proposal).caps
    return {
        cap.programme: {name: value for name, value in vars(cap).items() if name != "programme"}
        for cap in caps
    }


def factor_run(db: Session, district: str, run_id: UUID) -> FactorRun:
    """Return a run of factors.

    :raises FactorRunNotFound: the district has none with this id
    """
    row = db.get(FactorRunRow, (district, run_id))
    if row is None:
        raise FactorRunNotFound
    return row.run()


def factor_run_locked(db: Session, district: str, run_id: UUID) -> FactorRunRow:
    """Return a run of factors that stays as it is until this transaction ends.

    :raises FactorRunNotFound: the district has none with this id
    """
    row = db.get(FactorRunRow, (district, run_id), with_for_update=True, populate_existing=True)
    if row is None:
        raise FactorRunNotFound
    return row


def factor_runs(db: Session, district: str, *, cursor: str | None, limit: int) -> Page[FactorRun]:
    """List a district's runs of factors, the newest first."""
    query = select(FactorRunRow).where(FactorRunRow.district == district)
    if (before := key_of(cursor, UUID)) is not None:
        query = query.where(FactorRunRow.id < before[0])
    rows = db.scalars(query.order_by(FactorRunRow.id.desc()).limit(limit + 1)).all()
    return cut([row.run() for row in rows], limit, lambda one: (one.id,))
