"""Which weighing somebody may change, and how far."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.auth import Actor
from backend.weighing import queries
from backend.weighing.errors import AlreadyConfirmed, AlreadyEnded, AnswerOverdue, WeighingNotFound
from backend.weighing.models import Weighing
from backend.weighing.rules import LIVE, State


def his(db: Session, weighing_id: UUID, *, by: Actor) -> Weighing:
    """Lock a weighing that goes on, for the collector whose it is.

    :raises WeighingNotFound: it is not the collector's
    :raises AlreadyConfirmed: it was confirmed before
    :raises AlreadyEnded: the goods went back
    """
    weighing = queries.locked(db, by.district, weighing_id)
    if weighing is None or weighing.collector != by.id:
        raise WeighingNotFound
    return _live(weighing)


def concerning(db: Session, weighing_id: UUID, *, by: Actor) -> Weighing:
    """Lock a weighing that goes on, for its household or its collector.

    :raises WeighingNotFound: it is neither his household's nor weighed by him
    :raises AlreadyConfirmed: it was confirmed before
    :raises AlreadyEnded: the goods went back
    """
    return concerned(queries.locked(db, by.district, weighing_id), by=by)


def concerned(weighing: Weighing | None, *, by: Actor) -> Weighing:
    """Let a household or a collector have a weighing that was looked for, if it is theirs and goes on.

    :raises WeighingNotFound: it is neither his household's nor weighed by him
    :raises AlreadyConfirmed: it was confirmed before
    :raises AlreadyEnded: the goods went back
    """
    if weighing is None or (by.household != weighing.household and by.id != weighing.collector):
        raise WeighingNotFound
    return _live(weighing)


def _live(weighing: Weighing) -> Weighing:
    if weighing.state == State.CONFIRMED:
        raise AlreadyConfirmed
    if weighing.state not in LIVE:
        raise AlreadyEnded
    return weighing


def undecided(weighing: Weighing, *, at: datetime) -> Weighing:
    """Let nobody change what silence has agreed to, though the job that posts it may be late.

    :raises AnswerOverdue: the deadline has passed
    """
    if weighing.is_overdue(at):
        raise AnswerOverdue
    return weighing


def end(weighing: Weighing, state: State, *, how: str, at: datetime) -> None:
    """Write down that a weighing is decided."""
    weighing.state = state
    weighing.ended_at = at
    weighing.ended_by = how
