"""What may happen to a pickup."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.booking import queries
from backend.booking.errors import (
    MaterialNotListed,
    NotAtTheDoor,
    NotServed,
    PickupAlreadyOpen,
    PickupNotFound,
    StepNotAllowed,
    VisitOver,
    WindowNotServed,
)
from backend.booking.models import IS_OPEN, Pickup, PickupStep
from backend.booking.rules import (
    ANNOUNCED,
    AT_THE_DOOR,
    MISSED_AFTER,
    OPEN,
    TOLD_LATE,
    State,
    chosen,
    may_become,
    promised,
)
from backend.catalogue import queries as catalogue
from backend.identity import queries as identity
from backend.identity import service as persons
from backend.kit.auth import Actor
from backend.kit.ids import new_id
from backend.kit.jobs import later
from backend.kit.written import Written
from backend.network import queries as network
from backend.notices import service as notices
from backend.webhooks import service as webhooks

# The hottest of all steps: the state and the step to it at once, and nobody needs to see the row.
_COMPLETE = Written(
    """
    with moved as (
        update pickup set state = 'completed'
         where district = %(district)s and id = %(pickup)s and state = any(%(before)s) returning district, id
    )
    insert into pickup_step (district, pickup, state, actor, role, at, reason)
    select district, id, 'completed', %(actor)s, %(role)s, %(at)s, '' from moved
    """
)
_BEFORE = [state for state in State if may_become(state, State.COMPLETED)]


def book(
    db: Session,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
    materials: Sequence[str] = (),
    window_start: datetime | None = None,
) -> queries.Booking:
    """Book a pickup at the household's address; with nothing said, as soon as anybody can come.

    :raises NotServed: nobody collects in the community
    :raises WindowNotServed: the chosen window is outside service hours
    :raises MaterialNotListed: the price list does not name what is announced
    :raises PickupAlreadyOpen: the household is already waiting for one
    """
    home = identity.home(db, by.district, by.home())
    operator = network.operator_for(db, by.district, home.community)
    hours = network.service_area(db, by.district)
    if operator is None or hours is None:
        raise NotServed
    window = promised(hours, at) if window_start is None else chosen(hours, window_start, at)
    if window is None:
        raise WindowNotServed(opens=f"{hours.opens:%H:%M}", closes=f"{hours.closes:%H:%M}")
    prices = catalogue.price_list(db, by.district, at=window[0])
    for material in materials:
        if material not in prices.rates:
            raise MaterialNotListed(material=material)
    collector = queries.least_busy(db, by.district, operator=operator, start=window[0])
    pickup = _open(
        db,
        Pickup(
            district=by.district,
            id=new_id(at),
            household=home.id,
            community=home.community,
            operator=operator,
            collector=collector and collector.id,
            state=State.ASSIGNED if collector else State.REQUESTED,
            window_start=window[0],
            window_end=window[1],
            price_list=prices.version,
            materials=list(materials),
            note=note,
            requested_at=at,
        ),
    )
    steps = [_note(db, pickup, State.REQUESTED, by=by, at=at)]
    if collector:
        steps.append(_note(db, pickup, State.ASSIGNED, by=Actor.system(by.district), at=at))
        _announce(db, pickup, State.ASSIGNED, at=at)
    due = pickup.window_end + MISSED_AFTER
    later(db, "booking.miss", {"pickup": str(pickup.id)}, district=by.district, at=at, due_at=due)
    return queries.Booking(pickup, hours, collector, prices, steps, queries.offers(db, prices, at=at))


def _open(db: Session, pickup: Pickup) -> Pickup:
    """Insert a pickup unless the household has an open one; two taps at once make one."""
    values = {column.key: getattr(pickup, column.key) for column in Pickup.__table__.columns}
    statement = (
        insert(Pickup)
        .values(values)
        .on_conflict_do_nothing(index_elements=["district", "household"], index_where=IS_OPEN)
        .returning(Pickup)
    )
    opened = db.scalars(statement).one_or_none()
    if opened is None:
        raise PickupAlreadyOpen
    return opened


def cancel(db: Session, pickup_id: UUID, *, by: Actor, at: datetime, reason: str = "") -> Pickup:
    """Cancel a pickup; possible until the scale is used.

    :raises PickupNotFound: it is not the household's
    :raises StepNotAllowed: it is weighed or already over
    """
    pickup = queries.pickup_locked(db, by.district, pickup_id)
    if pickup is None or pickup.household != by.home():
        raise PickupNotFound
    return _move(db, pickup, State.CANCELLED, by=by, at=at, reason=reason)


def accept(db: Session, pickup_id: UUID, *, by: Actor, at: datetime) -> Pickup:
    """Take a job on."""
    return _move(db, _mine(db, pickup_id, by=by), State.ACCEPTED, by=by, at=at)


def arrive(db: Session, pickup_id: UUID, *, by: Actor, at: datetime) -> Pickup:
    """Stand at the door; a phone without a signal may tell of it when the visit already counts as missed.

    :raises PickupNotFound: it is not his
    :raises StepNotAllowed: he did not take it on, or it is over, or missed and booked anew
    """
    pickup = _mine(db, pickup_id, by=by)
    if pickup.state == State.MISSED and (
        at > pickup.window_end + TOLD_LATE or queries.is_awaited(db, pickup.district, pickup.household)
    ):
        raise StepNotAllowed(state=pickup.state, wanted=State.ARRIVED)
    return _move(db, pickup, State.ARRIVED, by=by, at=at)


def reveal(db: Session, pickup_id: UUID, *, by: Actor, at: datetime) -> identity.Doorstep:
    """Show the collector the door of a stop of his; the household reads that he looked.

    :raises PickupNotFound: it is not his
    :raises VisitOver: it came to an end
    """
    pickup = _mine(db, pickup_id, by=by)
    if pickup.state not in OPEN:
        raise VisitOver
    booker = queries.booker(db, by.district, pickup.id)
    return persons.show_door(db, pickup.household, by=by, pickup=pickup.id, booker=booker, at=at)


def vouch(db: Session, pickup_id: UUID, *, by: Actor, at: datetime) -> identity.Vouched:
    """Let the collector at the door vouch for whom he meets there; the household reads that he did.

    :raises PickupNotFound: it is not his
    :raises NotAtTheDoor: he has not arrived, or is gone again
    """
    pickup = _mine(db, pickup_id, by=by)
    if pickup.state not in AT_THE_DOOR:
        raise NotAtTheDoor
    return persons.vouch_at_door(db, pickup.household, by=by, pickup=pickup.id, at=at)


def begin_weighing(db: Session, pickup_id: UUID, *, by: Actor, at: datetime) -> Pickup:
    """Note that the scale is used at the door where the collector stands; nobody cancels from now on.

    :raises PickupNotFound: it is not his
    :raises StepNotAllowed: he has not arrived
    """
    pickup = _mine(db, pickup_id, by=by)
    mark_weighed(db, pickup.id, by=by, at=at)
    return pickup


def mark_weighed(db: Session, pickup_id: UUID, *, by: Actor, at: datetime) -> None:
    """Note that the scale was used; a quote that is delivered again is not a new state."""
    pickup = _known(db, pickup_id, district=by.district)
    if pickup.state != State.WEIGHED:
        _move(db, pickup, State.WEIGHED, by=by, at=at)


def complete(db: Session, pickup_id: UUID, *, by: Actor, at: datetime) -> None:
    """Note that the weight was agreed on and credited.

    :raises PickupNotFound: there is none
    :raises StepNotAllowed: it is not weighed, or over
    """

    def check(moved: int) -> None:
        if not moved:
            _check(_known(db, pickup_id, district=by.district), State.COMPLETED)

    step = {"before": _BEFORE, "actor": by.id, "role": by.role, "at": at}
    _COMPLETE.write(db, then=check, district=by.district, pickup=pickup_id, **step)


def give_back(db: Session, pickup_id: UUID, *, by: Actor, at: datetime, reason: str) -> None:
    """Note that the goods stayed with the household."""
    mark_weighed(db, pickup_id, by=by, at=at)
    _move(db, _known(db, pickup_id, district=by.district), State.RETURNED, by=by, at=at, reason=reason)


def miss(db: Session, pickup_id: UUID, *, district: str, at: datetime) -> None:
    """Note that nobody came, if nobody did; safe to say again."""
    pickup = _known(db, pickup_id, district=district)
    if may_become(State(pickup.state), State.MISSED):
        _move(db, pickup, State.MISSED, by=Actor.system(district), at=at)
        _tell(db, pickup, "pickup.missed", at=at)


def assign(db: Session, operator: UUID, *, district: str, at: datetime) -> None:
    """Give the visits that no collector of the operator has on his list to those it has; safe to say again.

    Where it has nobody, they stay as they are and count as missed in time.
    """
    for pickup in queries.unserved_locked(db, district, operator=operator):
        collector = queries.least_busy(db, district, operator=operator, start=pickup.window_start)
        if collector is None:
            return
        pickup.collector = collector.id
        if pickup.state == State.REQUESTED:
            _move(db, pickup, State.ASSIGNED, by=Actor.system(district), at=at)
        else:
            _announce(db, pickup, State.ASSIGNED, at=at)
        db.flush()


def _tell(db: Session, pickup: Pickup, template: str, *, at: datetime) -> None:
    for person in identity.members(db, pickup.district, pickup.household):
        notices.tell(db, person, template, {"pickup": str(pickup.id)}, district=pickup.district, at=at)


def _known(db: Session, pickup_id: UUID, *, district: str) -> Pickup:
    pickup = queries.pickup_locked(db, district, pickup_id)
    if pickup is None:
        raise PickupNotFound
    return pickup


def _mine(db: Session, pickup_id: UUID, *, by: Actor) -> Pickup:
    pickup = _known(db, pickup_id, district=by.district)
    if pickup.collector != by.id:
        raise PickupNotFound
    return pickup


def _check(pickup: Pickup, wanted: State) -> None:
    if not may_become(State(pickup.state), wanted):
        raise StepNotAllowed(state=pickup.state, wanted=wanted)


def _move(db: Session, pickup: Pickup, wanted: State, *, by: Actor, at: datetime, reason: str = "") -> Pickup:
    _check(pickup, wanted)
    pickup.state = wanted
    _note(db, pickup, wanted, by=by, at=at, reason=reason)
    if wanted in ANNOUNCED:
        _announce(db, pickup, wanted, at=at)
    return pickup


def _announce(db: Session, pickup: Pickup, state: State, *, at: datetime) -> None:
    """Tell the operator's systems; of the household nothing but the community."""
    collector = None if pickup.collector is None else str(pickup.collector)
    facts: dict[str, Any] = {"pickup_id": str(pickup.id), "collector_id": collector}
    if state == State.ASSIGNED:
        facts |= {
            "community": pickup.community,
            "window_start": pickup.window_start.isoformat(),
            "window_end": pickup.window_end.isoformat(),
            "materials": pickup.materials,
        }
    kind = f"pickup.{state}"
    webhooks.announce(db, kind, facts, operator=pickup.operator, district=pickup.district, at=at)


def _note(
    db: Session, pickup: Pickup, state: State, *, by: Actor, at: datetime, reason: str = ""
) -> PickupStep:
    step = PickupStep(
        district=pickup.district,
        pickup=pickup.id,
        state=state,
        actor=by.id,
        role=by.role,
        at=at,
        reason=reason,
    )
    db.add(step)
    return step
