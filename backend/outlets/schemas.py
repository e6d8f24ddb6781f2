"""Outlets on the wire."""

from marshmallow import fields, validate

from backend.kit.fields import Id, In, Moment, Out, Words
from backend.kit.paging import PageIn, page_out
from backend.kit.positions import PositionIn, PositionOut
from backend.outlets.rules import Kind

_KINDS = [str(kind) for kind in Kind]


class OutletsIn(PageIn):
    """Which outlets."""

    kind = fields.String(validate=validate.OneOf(_KINDS), load_default=None)
    closed = fields.Boolean(load_default=False, metadata={"description": "those that are closed"})


class OutletIn(In):
    """What is said of an outlet."""

    merchant = Id(
        required=True,
        allow_none=True,
        metadata={"description": "who honours vouchers there; null where recyclables are brought"},
    )
    name_zh = Words(required=True, minimum=1, maximum=60)
    name_en = Words(required=True, allow_none=True, minimum=1, maximum=100)
    address = Words(required=True, maximum=120)
    hours = Words(required=True, maximum=120, metadata={"description": "when it is open, in words"})
    position = fields.Nested(
        PositionIn,
        required=True,
        allow_none=True,
        metadata={"description": "null where nobody has put it on the map, or to take it off"},
    )


class ShopOut(Out):
    """Who honours vouchers at an outlet."""

    id = Id(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)


class OutletOut(Out):
    """A place that residents go to."""

    id = Id(required=True)
    kind = fields.String(
        required=True,
        metadata={"enum": _KINDS, "description": "recyclables are brought there, or vouchers spent"},
    )
    merchant = fields.Nested(ShopOut, required=True, allow_none=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    address = fields.String(required=True)
    hours = fields.String(required=True)
    position = fields.Nested(PositionOut, required=True, allow_none=True)
    closed_at = Moment(required=True, allow_none=True)
    closed_reason = fields.String(required=True, allow_none=True)


OutletPageOut = page_out(OutletOut)
