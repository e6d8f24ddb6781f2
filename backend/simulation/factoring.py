"""Factors over past weighings: what a draft of a set would change, and what an approved set changes."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.carbon import queries as carbon
from backend.carbon import service as drafting
from backend.kit import trail
from backend.kit.auth import Actor, ScopeMissing
from backend.kit.drafts import OwnDraft
from backend.kit.ids import new_id
from backend.kit.jobs import later
from backend.simulation import queries
from backend.simulation.errors import FactorRunLive, FactorRunOver
from backend.simulation.models import FactorRunRow
from backend.simulation.rules import FactorRun, RunKind, State
from backend.simulation.service import check_period
from backend.weighing import service as weighing

SIMULATE, RECOMPUTE = "factors.simulate", "factors.recompute"
_ASKS = {RunKind.SIMULATION: "simulation:run", RunKind.RECOMPUTATION: "factor_set:recompute"}
"""Who may ask for a run of a kind, and so cancel one."""
Found = tuple[dict[str, Any], str]
"""What a run came to, and the digest of what it read."""


def simulate(
    db: Session, *, by: Actor, at: datetime, draft: UUID, since: datetime, until: datetime
) -> FactorRun:
    """Ask what a draft of a set would change of a period's weighings; a worker begins it at once.

    :raises DraftNotFound: there is none with this id
    :raises Problem: the period is none
    :raises FactorRunLive: the same draft is being simulated
    """
    check_period(since, until, at=at)
    digest = carbon.draft(db, draft).digest
    named = {"kind": RunKind.SIMULATION, "draft": draft, "digest": digest}
    return _ask(db, SIMULATE, named, since=since, until=until, by=by, at=at)


def recompute(
    db: Session, *, by: Actor, at: datetime, factor_set: UUID, since: datetime, until: datetime
) -> FactorRun:
    """Ask that an approved set be applied to a period's weighings; a worker begins it at once.

    :raises NoFactorSet: none with this id was approved
    :raises OwnDraft: who asks drafted, edited or submitted it
    :raises Problem: the period is none
    :raises FactorRunLive: the same set is being applied
    """
    check_period(since, until, at=at)
    approval = carbon.factor_set_by_id(db, factor_set).approval
    if approval is not None and by.id in carbon.draft(db, approval.draft).authors:
        raise OwnDraft
    named = {"kind": RunKind.RECOMPUTATION, "factor_set": factor_set, "digest": str(factor_set)}
    return _ask(db, RECOMPUTE, named, since=since, until=until, by=by, at=at)


def _ask(
    db: Session,
    topic: str,
    named: dict[str, Any],
    *,
    since: datetime,
    until: datetime,
    by: Actor,
    at: datetime,
) -> FactorRun:
    row = FactorRunRow(
        district=by.district,
        id=new_id(at),
        state=State.QUEUED,
        since=since,
        until=until,
        requested_by=by.id,
        requested_at=at,
        weighings=weighing.count_agreed(db, by.district, since=since, until=until),
        weighings_done=0,
        posted=0,
        added_co2e_grams=0,
        taken_co2e_grams=0,
        short_co2e_grams=0,
        **named,
    )
    entered = insert(FactorRunRow).values(
        {column.key: getattr(row, column.key) for column in FactorRunRow.__table__.columns}
    )
    if db.scalar(entered.on_conflict_do_nothing().returning(FactorRunRow.id)) is None:
        raise FactorRunLive
    told = {"since": since.isoformat(), "until": until.isoformat(), "digest": row.digest}
    trail.note(db, f"factors.{row.kind}_requested", f"factor_run/{row.id}", by=by, after=told, at=at)
    later(db, topic, {"run": str(row.id)}, district=by.district, at=at)
    return row.run()


def cancel(db: Session, run_id: UUID, *, by: Actor, at: datetime) -> FactorRun:
    """Cancel a run; what a recomputation has posted stands, and asking again goes on from there.

    :raises FactorRunNotFound: the district has none with this id
    :raises ScopeMissing: the actor may not ask for one of its kind
    :raises FactorRunOver: it has ended
    """
    row = queries.factor_run_locked(db, by.district, run_id)
    if _ASKS[RunKind(row.kind)] not in by.scopes:
        raise ScopeMissing
    if not row.is_live:
        raise FactorRunOver
    before = {"state": row.state}
    row.end(State.CANCELLED, at=at)
    after = {"state": row.state, "posted": row.posted}
    trail.note(db, "factors.run_cancelled", f"factor_run/{row.id}", by=by, before=before, after=after, at=at)
    db.flush()
    return row.run()


def foresee(db: Session, run_id: UUID, *, district: str) -> Found | None:
    """Reckon what a draft would change, and change nothing; None where nobody asks any more."""
    asked = queries.factor_run(db, district, run_id)
    if asked.state != State.QUEUED or asked.draft is None:
        return None
    draft = carbon.draft(db, asked.draft)
    found = weighing.simulate(db, district, draft.lines, since=asked.since, until=asked.until)
    said = asdict(found) | {"change_co2e_grams": found.change_co2e_grams}
    for one, row in zip(found.materials, said["materials"], strict=True):
        row["change_co2e_grams"] = one.change_co2e_grams
    return said, draft.digest


def keep(db: Session, run_id: UUID, found: Found, *, district: str, at: datetime, begun_at: datetime) -> None:
    """Write down what a simulation found, and on its draft that it was simulated."""
    row = queries.factor_run_locked(db, district, run_id)
    if row.state != State.QUEUED or row.draft is None:
        return
    row.found, row.digest = found
    row.started_at, row.weighings_done = begun_at, row.weighings
    row.end(State.DONE, at=at)
    db.flush()
    drafting.mark_simulated(
        db, district=district, draft=row.draft, simulation=row.id, digest=row.digest, at=at
    )


def fail(db: Session, run_id: UUID, *, district: str, at: datetime) -> None:
    """End a run that cannot be done."""
    row = queries.factor_run_locked(db, district, run_id)
    if row.is_live:
        row.end(State.FAILED, at=at)


def go_on(db: Session, run_id: UUID, *, district: str, at: datetime) -> None:
    """Apply a set to the next weighings, and ask for those after them; all in one transaction."""
    row = queries.factor_run_locked(db, district, run_id)
    if not row.is_live or row.factor_set is None:
        return
    factors = carbon.factor_set_by_id(db, row.factor_set)
    came = weighing.recompute(db, district, factors, since=row.since, until=row.until, at=at, after=row.after)
    row.state, row.started_at = State.RUNNING, row.started_at or at
    row.after = came.last or row.after
    row.weighings_done += came.weighings
    for name in ("posted", "added_co2e_grams", "taken_co2e_grams", "short_co2e_grams"):
        setattr(row, name, getattr(row, name) + getattr(came, name))
    if came.last is None:
        row.end(State.DONE, at=at)
    else:
        later(db, RECOMPUTE, {"run": str(run_id)}, district=district, at=at)
