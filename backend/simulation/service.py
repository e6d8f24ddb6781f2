"""How a simulation is asked for, goes on piece by piece, and ends."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.catalogue import queries as catalogue
from backend.catalogue import service as publishing
from backend.identity import queries as identity
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.heap import uncollected
from backend.kit.ids import new_id
from backend.kit.jobs import later
from backend.simulation import queries
from backend.simulation.errors import (
    AlreadyOver,
    AlreadyRunning,
    MaterialUnpriced,
    PayerMissing,
    PeriodEmpty,
    PeriodInFuture,
    PeriodTooLong,
    ProposalUnclear,
)
from backend.simulation.models import Checkpoint, GroupRow, SimulationRow
from backend.simulation.rules import (
    LIVE,
    Cap,
    Change,
    Pair,
    Proposal,
    Simulation,
    State,
    Verdict,
    open_groups,
    verdict,
)
from backend.subsidy import queries as subsidies
from backend.weighing.queries import Stretch, replaying

GO_ON = "simulation.go_on"
PIECE_LINES = 200_000
"""So many lines are replayed at a time, so that other jobs of the queue get their turn in between."""
_LONGEST = timedelta(days=366)


def ask(
    db: Session,
    *,
    by: Actor,
    at: datetime,
    since: datetime,
    until: datetime,
    draft: UUID | None = None,
    changes: Sequence[Mapping[str, Any]] = (),
    caps: Sequence[Mapping[str, Any]] = (),
) -> Simulation:
    """Ask for a simulation; a worker begins it at once.

    :param draft: a price list that is being worked on, in place of those that were in force
    :param changes: what would be paid for some materials, in place of each price list that was in force
    :param caps: what would happen at the cap of some programmes
    :raises DraftNotFound: the district has none with this id
    :raises PeriodEmpty: it does not end after it begins
    :raises PeriodInFuture: it has not passed
    :raises PeriodTooLong: it is longer than a year
    :raises ProposalUnclear: something is named twice, or both a draft and changes are
    :raises MaterialUnpriced: a change names a material that is not in the register
    :raises PayerMissing: a subsidy without a programme, or the other way round
    :raises TaperIncomplete: a taper lacks its threshold or share, or another rule has one
    :raises Problem: a change has a flaw that a draft would not be taken with either
    :raises ProgrammeNotFound: the district has no such programme
    :raises AlreadyRunning: the same proposal is being simulated
    """
    check_period(since, until, at=at)
    proposal, digest = _proposal(db, by.district, draft=draft, changes=changes, caps=caps)
    _check_proposal(db, proposal, district=by.district)
    asked = {
        "district": by.district,
        "id": new_id(at),
        "state": State.QUEUED,
        "draft": draft,
        "digest": digest,
        "since": since,
        "until": until,
        "proposal": proposal.as_json(),
        "requested_by": by.id,
        "requested_at": at,
        "lines_done": 0,
    }
    row = db.scalars(
        insert(SimulationRow).values(asked).on_conflict_do_nothing().returning(SimulationRow)
    ).one_or_none()
    if row is None:
        raise AlreadyRunning
    told = {"since": since.isoformat(), "until": until.isoformat(), "digest": digest}
    trail.note(db, "simulation.requested", f"simulation/{row.id}", by=by, after=told, at=at)
    later(db, GO_ON, {"simulation": str(row.id)}, district=by.district, at=at)
    return row.simulation()


def _proposal(
    db: Session,
    district: str,
    *,
    draft: UUID | None,
    changes: Sequence[Mapping[str, Any]],
    caps: Sequence[Mapping[str, Any]],
) -> tuple[Proposal, str]:
    """Return what is to be tried, and the digest that stands for it: a draft has its own."""
    if draft is None:
        tried = tuple(Change(**change) for change in changes), tuple(Cap(**cap) for cap in caps)
        proposal = Proposal(False, *tried)
        return proposal, proposal.digest
    if changes or caps:
        raise ProposalUnclear
    found = catalogue.draft(db, district, draft)
    return Proposal(True, tuple(Change.of(line.rate) for line in found.lines)), found.digest


def check_period(since: datetime, until: datetime, *, at: datetime) -> None:
    """Refuse a period that nothing can be learned from.

    :raises PeriodEmpty: it does not end after it begins
    :raises PeriodInFuture: it has not passed
    :raises PeriodTooLong: it is longer than a year
    """
    if since >= until:
        raise PeriodEmpty
    if until > at:
        raise PeriodInFuture
    if until - since > _LONGEST:
        raise PeriodTooLong(days=_LONGEST.days)


def _check_proposal(db: Session, proposal: Proposal, *, district: str) -> None:
    named = Counter(change.material for change in proposal.changes)
    named.update(str(cap.programme) for cap in proposal.caps)
    if any(times > 1 for times in named.values()):
        raise ProposalUnclear
    known = catalogue.known(db, [change.material for change in proposal.changes])
    for change in proposal.changes:
        if change.material not in known:
            raise MaterialUnpriced(material=change.material)
        subsidised = bool(change.subsidy_fen_per_kg or change.operator_fen_per_tonne)
        if subsidised != (change.programme is not None):
            raise PayerMissing(material=change.material)
        for flaw in catalogue.flaws(change.rate(), known):
            raise flaw.problem
        if change.programme is not None:
            subsidies.programme(db, district, change.programme)
    for cap in proposal.caps:
        subsidies.programme(db, district, cap.programme)
        subsidies.check_cap(cap.cap_rule, cap.taper_below_fen, cap.taper_percent)


def cancel(db: Session, simulation_id: UUID, *, by: Actor, at: datetime) -> Simulation:
    """Cancel a simulation; what it has reckoned so far is dropped.

    :raises SimulationNotFound: the district has none with this id
    :raises AlreadyOver: it has ended
    """
    row = queries.simulation_locked(db, by.district, simulation_id)
    if not row.is_live:
        raise AlreadyOver
    before = {"state": row.state}
    _end(db, row, State.CANCELLED, at=at)
    trail.note(
        db,
        "simulation.cancelled",
        f"simulation/{row.id}",
        by=by,
        before=before,
        after={"state": row.state},
        at=at,
    )
    return row.simulation()


def fail(db: Session, simulation_id: UUID, *, district: str, at: datetime) -> None:
    """End a simulation that cannot be done."""
    row = queries.simulation_locked(db, district, simulation_id)
    if row.is_live:
        _end(db, row, State.FAILED, at=at)


@dataclass(frozen=True)
class Piece:
    """What a run over a part of the tape came to."""

    begun_after: int | None
    """Where it went on; None if it began."""
    after: int
    upto: int
    lines: int
    reconstructed: int
    pair: Pair
    verdict: Verdict | None
    """What it all comes to, with the last piece."""


@uncollected()
def replay(db: Session, simulation_id: UUID, *, district: str) -> Piece | None:
    """Replay the next piece and change nothing; None where there is nothing to do any more."""
    asked = queries.simulation(db, district, simulation_id)
    if asked.state not in LIVE:
        return None
    rested = queries.checkpoint(db, district, simulation_id)
    if rested is None:
        names = queries.tape_names(db, district, asked, materials=None)
        pair, ends = queries.begin(db, district, asked, names)
        begun, after, upto, lines, older = None, ends.after, ends.upto, ends.lines, ends.reconstructed
    else:
        pair = Pair.wake(rested.pair)
        names = queries.tape_names(db, district, asked, materials=pair.materials)
        begun, after, upto, older = rested.after, rested.after, rested.upto, rested.reconstructed
        lines = asked.lines or 0
    reached = replaying.bound(db, district, after=after, upto=upto, lines=PIECE_LINES)
    events = queries.events(db, district)
    in_force, proposed = queries.lists(db, district, asked, names)
    stretch = Stretch(after=after, upto=reached, known_at=asked.requested_at)
    for steps in replaying.tape(db, district, stretch, names):
        pair.go_on(steps, events, names, in_force, proposed)
    found = None
    if reached >= upto:
        pair.end(events)
        communities = identity.communities(db, district)
        found = verdict(pair, communities=communities, reconstructed=older)
    elif oldest := replaying.oldest(db, district, after=reached, upto=upto):
        pair.forget(before=oldest)
    return Piece(begun, reached, upto, lines, older, pair, found)


@uncollected()
def keep(
    db: Session,
    simulation_id: UUID,
    piece: Piece,
    *,
    district: str,
    at: datetime,
    begun_at: datetime | None = None,
) -> None:
    """Write a piece down, once: whoever was slower than another, or than a cancellation, is not heard.

    :param begun_at: when the piece was begun, if that was earlier
    """
    row = queries.simulation_locked(db, district, simulation_id)
    rested = queries.checkpoint(db, district, simulation_id)
    if not row.is_live or (rested and rested.after) != piece.begun_after:
        return
    row.state, row.lines, row.lines_done = State.RUNNING, piece.lines, piece.pair.lines
    row.started_at = row.started_at or begun_at or at
    if piece.verdict is not None:
        _finish(db, row, piece.verdict, at=at)
        return
    rested = rested or Checkpoint(district=district, simulation=simulation_id, upto=piece.upto)
    rested.after, rested.reconstructed, rested.pair = piece.after, piece.reconstructed, piece.pair.rest()
    db.add(rested)
    later(db, GO_ON, {"simulation": str(simulation_id)}, district=district, at=at)


def _finish(db: Session, row: SimulationRow, found: Verdict, *, at: datetime) -> None:
    row.summary = found.summary
    _end(db, row, State.DONE, at=at)
    if row.draft is not None:
        publishing.mark_simulated(
            db, district=row.district, draft=row.draft, simulation=row.id, digest=row.digest, at=at
        )
    for audience, groups in {"staff": found.groups, "open": open_groups(found.groups)}.items():
        db.add_all(
            GroupRow.of(group, district=row.district, simulation=row.id, audience=audience)
            for group in groups
        )


def _end(db: Session, row: SimulationRow, state: State, *, at: datetime) -> None:
    row.end(state, at=at)
    db.flush()
    this = (Checkpoint.district == row.district, Checkpoint.simulation == row.id)
    db.execute(delete(Checkpoint).where(*this))
