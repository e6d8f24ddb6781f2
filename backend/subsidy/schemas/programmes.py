"""Programmes on the wire."""

from marshmallow import fields, validate

from backend.kit.fields import Count, Fen, Id, In, Moment, Out, Words
from backend.subsidy.rules import CapRule

_CAP_RULE = (
    "what happens at the cap. `stop`: what the budget cannot hold is not subsidised. `taper`: once less than"
    " `taper_below_fen` is left and not promised, `taper_percent` of the rates is paid. `queue`: what the"
    " budget cannot hold is paid first from the money that comes next"
)
MOST_FEN = 10**13


_ONE_OF = validate.OneOf([rule.value for rule in CapRule])


class CapIn(In):
    """What happens at the cap from now on."""

    cap_rule = fields.String(
        required=True,
        validate=_ONE_OF,
        metadata={"description": _CAP_RULE},
    )
    taper_below_fen = Fen(minimum=1, maximum=MOST_FEN, load_default=None, allow_none=True)
    taper_percent = Count(minimum=1, maximum=99, load_default=None, allow_none=True)
    reason = Words(required=True, minimum=1, maximum=200)


class ProgrammeIn(In):
    """A programme that is to subsidise."""

    name_zh = Words(required=True, minimum=1, maximum=60)
    name_en = Words(required=True, minimum=1, maximum=120)
    cap_rule = fields.String(
        load_default=CapRule.STOP,
        validate=_ONE_OF,
        metadata={"description": _CAP_RULE},
    )
    taper_below_fen = Fen(minimum=1, maximum=MOST_FEN, load_default=None, allow_none=True)
    taper_percent = Count(minimum=1, maximum=99, load_default=None, allow_none=True)
    basis_zh = Words(required=True, minimum=1, maximum=200, metadata={"description": "by which decision"})
    basis_en = Words(required=True, minimum=1, maximum=400)


class BudgetReasonIn(In):
    """Why."""

    reason = Words(required=True, minimum=1, maximum=200)


class ProgrammeOut(Out):
    """A programme that subsidises."""

    id = Id(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    cap_rule = fields.String(
        required=True, metadata={"enum": [rule.value for rule in CapRule], "description": _CAP_RULE}
    )
    taper_below_fen = Fen(required=True, allow_none=True)
    taper_percent = Count(required=True, allow_none=True)
    period = fields.String(
        required=True, metadata={"enum": ["year"], "description": "how long a budget lasts"}
    )
    basis_zh = fields.String(required=True)
    basis_en = fields.String(required=True)
    opened_at = Moment(required=True)
    closed_at = Moment(required=True, allow_none=True)


class ProgrammesOut(Out):
    """All programmes of the district, in the order they were opened."""

    items = fields.List(fields.Nested(ProgrammeOut), required=True)
