"""What may happen to a bag: recorded, quoted, confirmed or given back."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.booking import service as booking
from backend.carbon import queries as carbon
from backend.identity import queries as identity
from backend.kit.auth import Actor
from backend.kit.clock import city_day
from backend.kit.ids import new_id
from backend.kit.jobs import later
from backend.network import queries as network
from backend.notices import service as notices
from backend.weighing import confirming, events, guards, queries, quoting, recomputing
from backend.weighing.errors import (
    AlreadyWeighed,
    LineNotFound,
    LineTwice,
    NothingWeighed,
    WeighingTwice,
)
from backend.weighing.models import Weighing
from backend.weighing.rules import Reading, State

confirm = confirming.confirm
"""Agree on the weight."""
confirm_by_silence = confirming.confirm_by_silence
"""Take silence at the deadline for agreement."""
recompute = recomputing.recompute
"""Post what a set of factors changes for past weighings."""
simulate = recomputing.simulate
"""Tell what it would change."""
count_agreed = recomputing.count
"""Count what it would look at."""


def record(
    db: Session,
    *,
    by: Actor,
    at: datetime,
    pickup_id: UUID,
    scale_id: UUID,
    id: UUID | None = None,
    lines: Sequence[Mapping[str, Any]] = (),
) -> queries.Quote:
    """Begin a weighing at the door, with the lines that are already on the scale.

    :raises PickupNotFound: it is not the collector's
    :raises StepNotAllowed: he has not arrived
    :raises AlreadyWeighed: the pickup has a weighing
    :raises WeighingTwice: another one has this id
    :raises LineTwice: another line has or had its id
    :raises ScaleNotFound: his operator has no such scale
    :raises ScaleNotCertified: its certificate has run out
    :raises ScaleOutOfUse: it failed its newest check
    :raises ScaleRetired: it is retired
    """
    pickup = booking.begin_weighing(db, pickup_id, by=by, at=at)
    if queries.of_pickup(db, by.district, pickup.id):
        raise AlreadyWeighed
    if id is not None and queries.is_known(db, by.district, id):
        raise WeighingTwice
    today = city_day(at)
    scale = network.scale_of(db, by.district, scale_id, operator=by.organisation_id(), on=today)
    weighing = Weighing(
        district=by.district,
        id=id or new_id(at),
        pickup=pickup.id,
        household=pickup.household,
        collector=by.id,
        operator=pickup.operator,
        scale=scale.id,
        certificate=quoting.in_force(scale),
        price_list=pickup.price_list,
        factor_set=carbon.factor_set(db, at=at).id,
        state=State.OPEN,
        revision=0,
        opened_at=at,
        wrong_codes=0,
    )
    db.add(weighing)
    return _add(db, weighing, lines, at=at)


def add_lines(
    db: Session, weighing_id: UUID, *, by: Actor, at: datetime, lines: Sequence[Mapping[str, Any]]
) -> queries.Quote:
    """Put more on the scale; a quote that was delivered is withdrawn until it is delivered again.

    :raises WeighingNotFound: it is not the collector's
    :raises AlreadyEnded: it is decided
    :raises AnswerOverdue: silence has agreed to it
    :raises LineTwice: another line has or had its id
    """
    weighing = guards.undecided(guards.his(db, weighing_id, by=by), at=at)
    return _add(db, weighing, lines, at=at)


def _add(
    db: Session, weighing: Weighing, lines: Sequence[Mapping[str, Any]], *, at: datetime
) -> queries.Quote:
    given = [line["id"] for line in lines if line["id"]]
    if len(set(given)) < len(given) or queries.lines_known(db, weighing.district, given):
        raise LineTwice
    before = queries.lines(db, weighing)
    readings = [Reading(**{**line, "id": line["id"] or new_id(at)}) for line in lines]
    _withdraw(weighing)
    first = max((line.no for line in before), default=0) + 1
    rows = quoting.quote(db, weighing, readings, first=first, at=at)
    return queries.Quote(weighing, [*before, *rows])


def remove_line(db: Session, weighing_id: UUID, line_id: UUID, *, by: Actor, at: datetime) -> queries.Quote:
    """Take a line back that was weighed by mistake; what it held is free again.

    :raises WeighingNotFound: it is not the collector's
    :raises LineNotFound: the weighing has no such line
    :raises AlreadyEnded: it is decided
    :raises AnswerOverdue: silence has agreed to it
    """
    weighing = guards.undecided(guards.his(db, weighing_id, by=by), at=at)
    lines = queries.lines(db, weighing)
    line = next((line for line in lines if line.id == line_id), None)
    if line is None:
        raise LineNotFound
    _withdraw(weighing)
    db.delete(line)
    quoting.release(db, weighing, [line], kind="quote.line_removed", key=f"line/{line.id}/removed", at=at)
    return queries.Quote(weighing, [other for other in lines if other is not line])


def deliver_quote(db: Session, weighing_id: UUID, *, by: Actor, at: datetime) -> queries.Quote:
    """Show the resident what the bag is worth; from now on his answer, or his silence, decides.

    Delivered again, unchanged, it keeps its deadline.

    :raises WeighingNotFound: it is not the collector's
    :raises AlreadyEnded: it is decided
    :raises NothingWeighed: there is no line
    """
    weighing = guards.his(db, weighing_id, by=by)
    lines = queries.lines(db, weighing)
    if not lines:
        raise NothingWeighed
    if weighing.state == State.QUOTED:
        return queries.Quote(weighing, lines)
    hours = network.service_area(db, by.district)
    assert hours is not None, "a district without service has no pickups"
    weighing.state = State.QUOTED
    weighing.answer_by = at + timedelta(hours=hours.answer_hours)
    weighing.points_months = hours.points_months
    booking.mark_weighed(db, weighing.pickup, by=by, at=at)
    facts = {"weighing": str(weighing.id), "revision": weighing.revision}
    later(db, "weighing.silence", facts, district=by.district, at=at, due_at=weighing.answer_by)
    points = sum(line.green_points for line in lines)
    shown = {**facts, "total_points": points, "deadline": weighing.answer_by.isoformat()}
    for person in identity.members(db, by.district, weighing.household):
        notices.tell(db, person, "weighing.quoted", shown, district=by.district, at=at, sms=True)
    events.quoted(db, weighing, lines, at=at)
    return queries.Quote(weighing, lines)


def give_back(db: Session, weighing_id: UUID, *, by: Actor, at: datetime, reason: str) -> queries.Quote:
    """Leave the goods with the household: no value moves, and what was held is free again.

    :raises WeighingNotFound: it is neither his household's nor weighed by him
    :raises AlreadyEnded: it is decided
    :raises AnswerOverdue: silence has agreed to it
    """
    weighing = guards.undecided(guards.concerning(db, weighing_id, by=by), at=at)
    lines = queries.lines(db, weighing)
    booking.give_back(db, weighing.pickup, by=by, at=at, reason=reason)
    guards.end(weighing, State.RETURNED, how=by.role, at=at)
    weighing.reason = reason
    key = f"weighing/{weighing.id}/returned"
    for person in identity.members(db, by.district, weighing.household):
        facts = {"weighing": str(weighing.id)}
        notices.tell(db, person, "weighing.returned", facts, district=by.district, at=at)
    events.returned(db, weighing, at=at)
    quoting.release(db, weighing, lines, kind="quote.returned", key=key, at=at)
    return queries.Quote(weighing, lines)


def _withdraw(weighing: Weighing) -> None:
    """Count a change of the lines; the code and the deadline of the quote before are void."""
    weighing.state = State.OPEN
    weighing.answer_by = None
    weighing.revision += 1
