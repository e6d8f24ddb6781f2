"""Webhooks on the wire: what managers send and see, and what their systems receive."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from backend.kit.fields import Count, Fen, Grams, Id, In, Moment, Out, Words
from backend.kit.outgoing import target_of
from backend.kit.paging import PageIn, page_out
from backend.kit.sentences import say
from backend.webhooks.rules import EVENTS, PING, REASONS, VERSION, Cause, State, Way

_NO_ENDPOINT = say(
    "Must be an https address out in the world, without a user and without a fragment.",
    "应为可公开访问的 https 地址，不含用户名和 # 片段。",
)
_TWICE = say("Must not name anything twice.", "不能重复。")
_EVENT = validate.OneOf(sorted(EVENTS))


def _leads_out(value: str) -> None:
    try:
        target_of(value)
    except ValueError:
        raise ValidationError(_NO_ENDPOINT) from None


def _are_different(values: list[str]) -> None:
    if len(set(values)) < len(values):
        raise ValidationError(_TWICE)


class EndpointIn(In):
    """Where an operator wants to hear of what."""

    url = fields.String(
        required=True,
        validate=[validate.Length(max=500), _leads_out],
        metadata={"format": "endpoint", "description": "https; its host is checked at each delivery"},
    )
    event_types = fields.List(
        fields.String(validate=_EVENT),
        required=True,
        validate=[validate.Length(1, len(EVENTS)), _are_different],
        metadata={"uniqueItems": True},
    )
    description = Words(maximum=100, load_default="")


class EndpointOut(Out):
    """An endpoint."""

    id = Id(required=True)
    url = fields.String(required=True)
    description = fields.String(required=True)
    event_types = fields.List(fields.String(), required=True)
    state = fields.String(required=True, validate=validate.OneOf([State.ACTIVE, State.PAUSED]))
    paused_at = Moment(required=True, allow_none=True)
    paused_because = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([*Cause]),
        metadata={"description": "a manager; three days without a success; or it answered 410"},
    )
    created_at = Moment(required=True)


class EndpointsOut(Out):
    """An operator's endpoints."""

    items = fields.List(fields.Nested(EndpointOut), required=True)


class OpenedOut(EndpointOut):
    """An endpoint with its secret."""

    secret = fields.String(required=True, metadata={"description": "shown this once"})


class RenewedOut(OpenedOut):
    """An endpoint with its new secret."""

    old_secret_until = Moment(required=True, metadata={"description": "until then both secrets sign"})


class ReplayIn(In):
    """From when on everything is sent again."""

    since = Moment(required=True)


class DeliveriesIn(PageIn):
    """Which deliveries."""

    state = fields.String(load_default=None, validate=validate.OneOf([*Way]))


class TryOut(Out):
    """One attempt."""

    at = fields.String(required=True, metadata={"format": "date-time"})
    response_status = Count(required=True, allow_none=True)
    duration_ms = Count(required=True)
    reason = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(REASONS),
        metadata={"description": "why it counts as failed"},
    )


class DeliveryOut(Out):
    """An event on its way to an endpoint."""

    id = Id(required=True, metadata={"description": "the `webhook-id` of every try"})
    endpoint_id = Id(required=True, attribute="endpoint")
    type = fields.String(required=True)
    occurred_at = Moment(required=True)
    state = fields.String(required=True, validate=validate.OneOf([*Way]))
    tries = Count(required=True)
    history = fields.List(
        fields.Nested(TryOut), required=True, metadata={"description": "the last 20 tries, the oldest first"}
    )


DeliveryPageOut = page_out(DeliveryOut)


class _PickupData(Out):
    pickup_id = Id(required=True)
    collector_id = Id(required=True, allow_none=True)


class _AssignedData(_PickupData):
    community = fields.String(required=True)
    window_start = Moment(required=True)
    window_end = Moment(required=True)
    materials = fields.List(fields.String(), required=True)


class LineData(Out):
    material = fields.String(required=True)
    net_grams = Grams(required=True)
    market_fen = Fen(required=True)
    subsidy_fen = Fen(required=True)
    operator_subsidy_fen = Fen(required=True)
    saved_co2e_grams = Grams(required=True)


class _WeighingData(Out):
    weighing_id = Id(required=True)
    pickup_id = Id(required=True)
    collector_id = Id(required=True)
    revision = Count(required=True)


class _QuotedData(_WeighingData):
    answer_by = Moment(required=True)
    lines = fields.List(fields.Nested(LineData), required=True)


class _ConfirmedData(_WeighingData):
    entry_id = Id(required=True)
    confirmed_by = fields.String(required=True)
    lines = fields.List(fields.Nested(LineData), required=True)


class _NoData(Out):
    pass


def _event(kind: str, data: type[Schema], about: str) -> tuple[type[Schema], str]:
    """Make the schema of an event's whole body."""
    name = "".join(map(str.capitalize, kind.split(".")))
    whole: dict[str, Any] = {
        "type": fields.String(required=True, validate=validate.OneOf([kind])),
        "version": Count(required=True, metadata={"description": f"of the payload; now {VERSION}"}),
        "timestamp": Moment(required=True, metadata={"description": "when it happened"}),
        "district": fields.String(required=True),
        "operator_id": Id(required=True),
        "data": fields.Nested(type(f"{name}Data", (data,), {}), required=True),
    }
    return Schema.from_dict(whole, name=f"{name}Event"), about


BODIES: dict[str, tuple[type[Schema], str]] = {
    kind: _event(kind, data, about)
    for kind, data, about in (
        ("pickup.assigned", _AssignedData, "A pickup is booked and one of your collectors has it."),
        ("pickup.cancelled", _PickupData, "The household cancelled a pickup."),
        ("pickup.missed", _PickupData, "The window of a pickup went by and nobody came."),
        ("weighing.quoted", _QuotedData, "A quote was delivered; a later revision replaces it."),
        ("weighing.confirmed", _ConfirmedData, "A weighing was agreed on and stands in the ledger."),
        ("weighing.returned", _WeighingData, "The goods stay with the household."),
        (PING, _NoData, "A test that a manager asked for."),
    )
}
"""What an operator's systems receive, by type."""
