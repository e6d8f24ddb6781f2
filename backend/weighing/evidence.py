"""What staff make of a typed weight, or of silence: subsidies are paid, or what was held is free again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts.postings import Settle, lapses_at
from backend.identity import queries as identity
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.ids import new_id
from backend.notices import service as notices
from backend.subsidy import queries as subsidies
from backend.subsidy import service as subsidy
from backend.subsidy.postings import budget_path, subsidised
from backend.weighing import queries, quoting
from backend.weighing.errors import EvidenceDecided, EvidenceNotFound, OwnEvidence
from backend.weighing.models import Weighing, WeighingLine
from backend.weighing.rules import Evidence


def accept(db: Session, line_id: UUID, *, by: Actor, at: datetime, reason: str) -> WeighingLine:
    """Take a weight as proven: its subsidies are paid from what was held, or join their queue, by one entry.

    :raises EvidenceNotFound: no such line of the district waits for a decision
    :raises EvidenceDecided: it was decided on
    :raises OwnEvidence: the actor is a party to it
    """
    line, weighing = _undecided(db, line_id, by=by)
    _decide(db, line, weighing, Evidence.ACCEPTED, by=by, at=at, reason=reason)
    quoting.use_ceilings(db, weighing, [line])
    if line.hold is not None:
        line.evidence_entry = new_id(at)
        _pay(db, line, weighing, hold=line.hold, entry=line.evidence_entry, at=at)
    return line


def decline(db: Session, line_id: UUID, *, by: Actor, at: datetime, reason: str) -> WeighingLine:
    """Take a weight as not proven: no subsidy is paid for it, and what was held is free again.

    :raises EvidenceNotFound: no such line of the district waits for a decision
    :raises EvidenceDecided: it was decided on
    :raises OwnEvidence: the actor is a party to it
    """
    line, weighing = _undecided(db, line_id, by=by)
    _decide(db, line, weighing, Evidence.DECLINED, by=by, at=at, reason=reason)
    quoting.release(
        db, weighing, [line], kind="subsidy.declined", key=f"line/{line.id}/evidence_declined", at=at
    )
    return line


def _undecided(db: Session, line_id: UUID, *, by: Actor) -> tuple[WeighingLine, Weighing]:
    line, weighing = queries.evidence_locked(db, by.district, line_id)
    if line is None or weighing is None or line.evidence in (None, Evidence.NEEDED):
        raise EvidenceNotFound
    if line.evidence != Evidence.WAITING:
        raise EvidenceDecided
    parties = {weighing.collector, weighing.operator, *identity.members(db, by.district, weighing.household)}
    if parties & {by.id, by.organisation}:
        raise OwnEvidence
    return line, weighing


def _decide(
    db: Session,
    line: WeighingLine,
    weighing: Weighing,
    evidence: Evidence,
    *,
    by: Actor,
    at: datetime,
    reason: str,
) -> None:
    """Keep the decision, tell the household, and let a queued subsidy join its queue or end."""
    line.mark_decided(evidence, by=by.id, at=at, reason=reason)
    trail.note(
        db,
        f"evidence.{evidence}",
        f"line/{line.id}",
        by=by,
        before={"evidence": str(Evidence.WAITING)},
        after={"evidence": str(evidence), "subsidy_fen": line.subsidy_fen},
        reason=reason,
        at=at,
    )
    subsidy.prove(db, line.id, district=by.district, accepted=evidence == Evidence.ACCEPTED)
    facts = {"weighing": str(weighing.id), "points": line.subsidy_fen}
    for person in identity.members(db, by.district, weighing.household):
        notices.tell(db, person, f"subsidy.{evidence}", facts, district=by.district, at=at)


def _pay(
    db: Session, line: WeighingLine, weighing: Weighing, *, hold: UUID, entry: UUID, at: datetime
) -> None:
    assert line.programme is not None, "who holds a budget has a programme"
    period = subsidies.period_of(weighing.opened_at)
    accounts.award(
        db,
        id=entry,
        district=weighing.district,
        household=weighing.household,
        points=line.subsidy_fen,
        key=f"line/{line.id}/evidence_accepted",
        kind="subsidy.accepted",
        at=at,
        postings=subsidised(
            weighing.household,
            weighing.operator,
            source=budget_path(line.programme, period),
            household_fen=line.subsidy_fen,
            operator_fen=line.operator_subsidy_fen,
            lapses_at=lapses_at(at, weighing.points_months),
        ),
        settles=[Settle(hold=hold)],
        facts={"weighing": str(weighing.id), "line": str(line.id)},
    )
