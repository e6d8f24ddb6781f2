"""The network on the wire."""

import re
from datetime import time
from typing import Any

from marshmallow import fields, validate

from backend.kit.fields import Count, Day, Flag, Grams, Id, In, Moment, Out, Words
from backend.kit.paging import PageIn, page_out
from backend.kit.positions import PositionIn, PositionOut
from backend.kit.sentences import say
from backend.network.rules import CLASSES, Standing

_NO_SERIAL = say(
    "Must be 1 to 40 letters, digits or signs of ./_#()-, without blanks.",
    "应为 1 到 40 个汉字、字母、数字或 ./_#()- 符号，不含空格。",
)
_STANDINGS = [str(each) for each in Standing]
_HEAVIEST_GRAMS = 10**9


class TimeOfDay(fields.Time):
    """A time on the city's clock, to the minute."""

    PATTERN = "^([01][0-9]|2[0-3]):[0-5][0-9]$"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", metadata={"pattern": self.PATTERN}, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> time:
        if not isinstance(value, str) or not re.match(self.PATTERN, value) or value.endswith("\n"):
            raise self.make_error("invalid", input=value, obj_type="time")
        return time.fromisoformat(value)


class DistrictOut(Out):
    """A district of the city."""

    code = fields.String(required=True, metadata={"description": "GB/T 2260"})
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    population = Count(required=True, allow_none=True, metadata={"description": "census of 2020"})
    source = fields.String(required=True)


class DistrictsOut(Out):
    """All of them; there are thirteen."""

    items = fields.List(fields.Nested(DistrictOut), required=True)


class CommunitiesIn(PageIn):
    """Which communities."""

    name = Words(maximum=40, load_default="", metadata={"description": "part of the name"})


class CommunityOut(Out):
    """A community or village."""

    code = fields.String(required=True, metadata={"description": "12 digits, National Bureau of Statistics"})
    street = fields.String(required=True, attribute="parent")
    name_zh = fields.String(required=True)


CommunityPageOut = page_out(CommunityOut)


class PlacedCommunitiesIn(CommunitiesIn):
    """Which communities, on the map or not."""

    placed = fields.Boolean(
        load_default=None, metadata={"description": "those on the map, or those not on it"}
    )


class PlaceIn(In):
    """Where it is; null takes it off the map."""

    position = fields.Nested(PositionIn, required=True, allow_none=True)


class PlacedCommunityOut(Out):
    """A community, and where it is if somebody has put it on the map."""

    code = fields.String(required=True, metadata={"description": "12 digits, National Bureau of Statistics"})
    street = fields.String(required=True)
    name_zh = fields.String(required=True)
    position = fields.Nested(PositionOut, required=True, allow_none=True)


PlacedCommunityPageOut = page_out(PlacedCommunityOut)


class OperatorOut(Out):
    """A company that collects."""

    id = Id(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)


class OperatorsOut(Out):
    """Who collects in a district."""

    items = fields.List(fields.Nested(OperatorOut), required=True)


class ScalesIn(PageIn):
    """Which scales."""

    standing = fields.String(
        validate=validate.OneOf(_STANDINGS), load_default=None, metadata={"description": "as it is today"}
    )
    expires_within_days = fields.Integer(
        validate=validate.Range(0, 366),
        load_default=None,
        metadata={"description": "those in use whose certificate ends within so many days"},
    )
    serial = Words(maximum=40, load_default="", metadata={"description": "part of the serial number"})


class ScaleIn(In):
    """What a scale's plate says of it."""

    serial = fields.String(
        required=True,
        validate=validate.Regexp(r"\A[0-9A-Za-z\u4e00-\u9fff./_#()-]{1,40}\Z", error=_NO_SERIAL),
    )
    operator = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "whose it is; yours if you work for one and leave it out"},
    )
    accuracy_class = fields.String(required=True, validate=validate.OneOf(sorted(CLASSES)))
    min_grams = Grams(required=True, minimum=1, maximum=_HEAVIEST_GRAMS)
    max_grams = Grams(required=True, minimum=1, maximum=_HEAVIEST_GRAMS)
    interval_grams = Grams(required=True, minimum=1, maximum=_HEAVIEST_GRAMS)


class ScaleOut(Out):
    """A scale with its newest certificate, as it stands today."""

    id = Id(required=True)
    serial = fields.String(required=True)
    operator = Id(required=True)
    accuracy_class = fields.String(required=True)
    min_grams = Grams(required=True)
    max_grams = Grams(required=True)
    interval_grams = Grams(required=True)
    certificate = fields.String(required=True, allow_none=True)
    certified_until = fields.Date(required=True, allow_none=True)
    standing = fields.String(
        required=True,
        metadata={"enum": _STANDINGS, "description": "only one that is `in_use` may be weighed on"},
    )
    checked_at = Moment(required=True, allow_none=True)
    out_of_use_since = Moment(
        required=True,
        allow_none=True,
        metadata={"description": "of the failed check that no later one and no verification has answered"},
    )
    retired_at = Moment(required=True, allow_none=True)
    retired_reason = fields.String(required=True, allow_none=True)


ScalePageOut = page_out(ScaleOut)


class CertificateIn(In):
    """A verification, as its certificate says."""

    number = Words(required=True, minimum=1, maximum=60)
    issuer = Words(required=True, minimum=1, maximum=100)
    issued_on = Day(required=True, metadata={"description": "the day of the verification"})
    expires_on = Day(required=True, metadata={"description": "the last day on which it holds"})
    note = Words(minimum=1, maximum=500, load_default=None, allow_none=True)


class CertificateOut(Out):
    """A certificate as it was put on record."""

    id = Id(required=True)
    number = fields.String(required=True)
    issuer = fields.String(required=True)
    issued_on = fields.Date(required=True)
    expires_on = fields.Date(required=True)
    note = fields.String(required=True, allow_none=True)
    recorded_at = Moment(
        required=True, allow_none=True, metadata={"description": "null is what came with the register"}
    )
    recorded_by = Id(required=True, allow_none=True)
    withdrawn_at = Moment(required=True, allow_none=True)
    withdrawn_by = Id(required=True, allow_none=True)
    withdrawn_reason = fields.String(required=True, allow_none=True)


CertificatePageOut = page_out(CertificateOut)


class CheckIn(In):
    """A weight that is known, and what the scale showed of it."""

    nominal_grams = Grams(required=True, minimum=1, maximum=_HEAVIEST_GRAMS)
    read_grams = Grams(required=True, minimum=0, maximum=_HEAVIEST_GRAMS)


class CheckOut(Out):
    """A check, and whether the scale passed it."""

    id = Id(required=True)
    nominal_grams = Grams(required=True)
    read_grams = Grams(required=True)
    permissible_milligrams = Count(
        required=True, metadata={"description": "how far it may be off, either way, after JJG 539"}
    )
    passed = fields.Boolean(required=True)
    at = Moment(required=True)
    by = Id(required=True)


CheckPageOut = page_out(CheckOut)


class ServiceAreaIn(In):
    """What a district promises."""

    opens = TimeOfDay(required=True)
    closes = TimeOfDay(required=True)
    promise_minutes = Count(
        required=True, minimum=1, maximum=1440, metadata={"description": "from the tap to the door"}
    )
    serves_holidays = Flag(required=True)
    answer_hours = Count(
        required=True, minimum=1, maximum=168, metadata={"description": "how long silence is no answer"}
    )
    points_months = Count(
        required=True,
        allow_none=True,
        minimum=1,
        maximum=120,
        metadata={"description": "how long points last that are awarded from now on; null is for ever"},
    )
    basis_zh = Words(required=True, minimum=1, maximum=1000, metadata={"description": "where it is decided"})
    basis_en = Words(required=True, minimum=1, maximum=1000)


class ServiceAreaOut(Out):
    """What a district promises, and where that is decided."""

    opens = TimeOfDay(required=True)
    closes = TimeOfDay(required=True)
    promise_minutes = Count(required=True)
    serves_holidays = fields.Boolean(required=True)
    answer_hours = Count(required=True)
    points_months = Count(required=True, allow_none=True)
    basis_zh = fields.String(required=True)
    basis_en = fields.String(required=True)
