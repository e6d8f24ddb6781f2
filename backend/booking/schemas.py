"""Pickups on the wire."""

from typing import Any

from marshmallow import fields, pre_dump, validate

from backend.booking.rules import State
from backend.catalogue.schemas import PriceListOut
from backend.identity.schemas import VouchedOut
from backend.kit.fields import Count, Day, Id, In, Moment, Out, Words
from backend.kit.paging import page_out
from backend.kit.positions import PositionOut
from backend.subsidy.schemas import StandingOut

__all__ = ["VouchedOut"]

_STATE = {"description": "where it stands", "enum": [state.value for state in State]}


def _row(pickup: Any) -> dict[str, Any]:
    """Read a pickup's own columns."""
    return {name: getattr(pickup, name) for name in (*PickupOut.attributes(), "community")}


class PickupIn(In):
    """What a resident may say; saying nothing is enough."""

    note = Words(maximum=200, load_default="", metadata={"description": "for the collector"})
    materials = fields.List(Words(minimum=1, maximum=40), load_default=list, validate=validate.Length(max=30))
    window_start = Moment(load_default=None, metadata={"description": "left out: as soon as possible"})


class CancellationIn(In):
    """Why."""

    reason = Words(maximum=200, load_default="")


class DayIn(In):
    """Which day."""

    date = Day(load_default=None, metadata={"description": "left out: today in the city"})


class PickupOut(Out):
    """A pickup and its window."""

    id = Id(required=True)
    state = fields.String(required=True, metadata=_STATE)
    window_start = Moment(required=True)
    window_end = Moment(required=True)
    materials = fields.List(fields.String(), required=True)
    note = fields.String(required=True)
    requested_at = Moment(required=True)


PickupPageOut = page_out(PickupOut)


class CollectorOut(Out):
    """Who comes."""

    number = fields.String(required=True)
    name_zh = fields.String(required=True)


class PromiseOut(Out):
    """How soon the district promises to come, and where that comes from."""

    minutes = Count(required=True, attribute="promise_minutes")
    basis_zh = fields.String(required=True)
    basis_en = fields.String(required=True)


class StepOut(Out):
    """A state that it came into."""

    state = fields.String(required=True, metadata=_STATE)
    role = fields.String(required=True, metadata={"description": "who did it"})
    at = Moment(required=True)
    reason = fields.String(required=True)


class BookingOut(PickupOut):
    """A pickup with its promise, who comes, the prices that apply, and how it came to where it is."""

    promise = fields.Nested(PromiseOut, required=True)
    collector = fields.Nested(CollectorOut, required=True, allow_none=True)
    price_list = fields.Nested(PriceListOut, required=True)
    programmes = fields.List(
        fields.Nested(StandingOut), required=True, metadata={"description": "how they stand now"}
    )
    steps = fields.List(fields.Nested(StepOut), required=True)

    @pre_dump
    def _flatten(self, booking: Any, **_: Any) -> Any:
        return {**_row(booking.pickup), **vars(booking)}


class StopOut(PickupOut):
    """A pickup as its collector sees it."""

    note = fields.String(
        required=True,
        metadata={"description": "what the household said; empty once the visit is over"},
    )
    community = fields.String(required=True)
    community_name_zh = fields.String(required=True)
    position = fields.Nested(
        PositionOut,
        required=True,
        allow_none=True,
        metadata={"description": "where its community is; null while nobody has put that on the map"},
    )
    address_masked = fields.String(
        required=True,
        metadata={"description": "how it begins; empty once the visit is over. `reveal` shows all of it"},
    )

    @pre_dump
    def _flatten(self, stop: Any, **_: Any) -> Any:
        place = stop.community
        of_the_place = {"community_name_zh": place.name_zh, "position": place.position}
        of_the_door = {"note": stop.note, "address_masked": stop.address_masked}
        return {**_row(stop.pickup), **of_the_place, **of_the_door}


class DoorstepOut(Out):
    """Where the door is, and how to recognise the caller's number."""

    address = fields.String(required=True)
    phone_masked = fields.String(required=True, allow_none=True)


class DayOut(Out):
    """A collector's day."""

    date = fields.Date(required=True)
    stops = fields.List(fields.Nested(StopOut), required=True)
