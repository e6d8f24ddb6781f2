"""The network on the wire."""

import re
from datetime import time
from typing import Any

from marshmallow import fields

from backend.kit.fields import Count, Flag, Grams, Id, In, Out, Words
from backend.kit.paging import PageIn, page_out


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


class ScaleOut(Out):
    """A scale and its certificate."""

    id = Id(required=True)
    serial = fields.String(required=True)
    accuracy_class = fields.String(required=True)
    min_grams = Grams(required=True)
    max_grams = Grams(required=True)
    interval_grams = Grams(required=True)
    certificate = fields.String(required=True, allow_none=True)
    certified_until = fields.Date(required=True, allow_none=True)


class ScalesOut(Out):
    """An operator's scales."""

    items = fields.List(fields.Nested(ScaleOut), required=True)


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
