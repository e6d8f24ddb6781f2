"""Pickups: booked by a resident with one tap, served by a collector."""

from typing import Any
from uuid import UUID

from backend.booking import queries, service
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
from backend.booking.examples import BOOKING, DAY, DOORSTEP, PICKUP, VOUCHED
from backend.booking.models import Pickup
from backend.booking.schemas import (
    BookingOut,
    CancellationIn,
    DayIn,
    DayOut,
    DoorstepOut,
    PickupIn,
    PickupOut,
    PickupPageOut,
    VouchedOut,
)
from backend.catalogue.errors import NoPriceList
from backend.identity.queries import Doorstep, Vouched
from backend.kit.api import Room
from backend.kit.auth import refuses, requires
from backend.kit.clock import city_day
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.pace import COSTLY, paced
from backend.kit.paging import CursorUnreadable, Page, PageIn

blp = Room("pickups", __name__, description="Pickups: booked with one tap, served by a collector.")


@blp.post("/pickups")
@requires("pickup:book")
@idempotent
@blp.arguments(PickupIn, required=False, example={})
@blp.response(201, BookingOut, example=BOOKING)
@refuses(NotServed, NoPriceList, WindowNotServed, MaterialNotListed, PickupAlreadyOpen)
def book(body: dict[str, Any]) -> queries.Booking:
    """Book a pickup; an empty body books your address as soon as anybody can come."""
    return service.book(session(), by=actor(), at=now(), **body)


@blp.get("/pickups")
@requires("pickup:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, PickupPageOut, example={"items": [PICKUP], "next_cursor": None})
@refuses(CursorUnreadable)
def list_pickups(args: dict[str, Any]) -> Page[Pickup]:
    """List your household's pickups, the newest first."""
    return queries.pickups(session(), actor().district, household=actor().home(), **args)


@blp.get("/pickups/<uuid:pickup_id>")
@requires("pickup:read")
@blp.response(200, BookingOut, example=BOOKING)
@refuses(PickupNotFound)
def show(pickup_id: UUID) -> queries.Booking:
    """Show a pickup: its window, who comes, the prices that apply, and how it came to where it is."""
    who = actor()
    found = queries.booking(session(), who.district, pickup_id, household=who.home(), at=now())
    if found is None:
        raise PickupNotFound
    return found


@blp.post("/pickups/<uuid:pickup_id>/cancellation")
@requires("pickup:cancel")
@idempotent
@blp.arguments(CancellationIn, required=False, example={"reason": "Not at home today"})
@blp.response(200, PickupOut, example={**PICKUP, "state": "cancelled"})
@refuses(PickupNotFound, StepNotAllowed)
def cancel(body: dict[str, Any], pickup_id: UUID) -> Pickup:
    """Cancel a pickup, as long as the scale has not been used."""
    return service.cancel(session(), pickup_id, by=actor(), at=now(), **body)


@blp.get("/day")
@requires("day:read")
@blp.arguments(DayIn, location="query")
@blp.response(200, DayOut, example=DAY)
def day(args: dict[str, Any]) -> dict[str, Any]:
    """List your stops of a day, in the order of their windows."""
    on = args["date"] or city_day(now())
    return {"date": on, "stops": queries.day(session(), actor().district, collector=actor().id, on=on)}


@blp.post("/pickups/<uuid:pickup_id>/vouch")
@requires("pickup:serve")
@paced(COSTLY)
@blp.response(201, VouchedOut, example=VOUCHED)
@refuses(PickupNotFound, NotAtTheDoor)
def vouch(pickup_id: UUID) -> Vouched:
    """Vouch at the door for a resident whose number is in doubt; they type the code where they sign in."""
    return service.vouch(session(), pickup_id, by=actor(), at=now())


@blp.post("/pickups/<uuid:pickup_id>/reveal")
@requires("pickup:serve")
@paced(COSTLY)
@blp.response(200, DoorstepOut, example=DOORSTEP)
@refuses(PickupNotFound, VisitOver)
def reveal(pickup_id: UUID) -> Doorstep:
    """Show the address of a stop of yours; the household reads that you looked."""
    return service.reveal(session(), pickup_id, by=actor(), at=now())


@blp.post("/pickups/<uuid:pickup_id>/acceptance")
@requires("pickup:serve")
@idempotent
@blp.response(200, PickupOut, example={**PICKUP, "state": "accepted"})
@refuses(PickupNotFound, StepNotAllowed)
def accept(pickup_id: UUID) -> Pickup:
    """Take a job on."""
    return service.accept(session(), pickup_id, by=actor(), at=now())


@blp.post("/pickups/<uuid:pickup_id>/arrival")
@requires("pickup:serve")
@idempotent
@blp.response(200, PickupOut, example={**PICKUP, "state": "arrived"})
@refuses(PickupNotFound, StepNotAllowed)
def arrive(pickup_id: UUID) -> Pickup:
    """Say that you are at the door."""
    return service.arrive(session(), pickup_id, by=actor(), at=now())
