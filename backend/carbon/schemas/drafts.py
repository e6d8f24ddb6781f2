"""Drafts of sets on the wire."""

from typing import Any

from marshmallow import fields, post_load, validate

from backend.carbon import rules
from backend.carbon.schemas.sets import FactorOut, NamingOut
from backend.kit.drafts.schemas import DraftedOut
from backend.kit.fields import ExactRate, Flag, Id, In, Moment, Words
from backend.kit.paging import page_out

__all__ = ["FactorDraftIn", "FactorDraftOut", "FactorDraftPageOut", "FactorEditIn", "ValidityIn"]

_MOST_FACTORS = 500
_GRADES = ["A", "B", "C", "assumption"]


class FactorIn(In):
    """What recycling a kilogram of one material would save, and who says so."""

    material = Words(minimum=1, maximum=40, required=True)
    kg_per_kg = ExactRate(
        required=True, allow_none=True, metadata={"description": "the lower bound found; null: none was"}
    )
    upper_kg_per_kg = ExactRate(load_default=None, allow_none=True)
    boundary = Words(minimum=1, maximum=500, load_default=None, allow_none=True)
    source = Words(
        minimum=1,
        maximum=500,
        load_default=None,
        allow_none=True,
        metadata={"description": "null for an assumption, and only for one"},
    )
    clause = Words(
        minimum=1,
        maximum=500,
        load_default=None,
        allow_none=True,
        metadata={"description": "where in the source"},
    )
    grade = fields.String(required=True, validate=validate.OneOf(_GRADES))
    note_zh = Words(maximum=500, load_default="")
    note_en = Words(maximum=500, load_default="")
    basis_zh = Words(minimum=1, maximum=500, required=True)
    basis_en = Words(minimum=1, maximum=500, required=True)

    @post_load
    def _factor(self, said: dict[str, Any], **_: Any) -> rules.Factor:
        return rules.Factor(**said)


class NamingIn(In):
    """What a set is called, what it counts and against what, and which authority stands behind it."""

    name = Words(minimum=1, maximum=40, required=True, metadata={"description": "its versions share it"})
    name_zh = Words(minimum=1, maximum=120, required=True)
    name_en = Words(minimum=1, maximum=120, required=True)
    boundary_zh = Words(minimum=1, maximum=500, required=True)
    boundary_en = Words(minimum=1, maximum=500, required=True)
    baseline_zh = Words(minimum=1, maximum=500, required=True)
    baseline_en = Words(minimum=1, maximum=500, required=True)
    approved_by_zh = Words(minimum=1, maximum=200, required=True)
    approved_by_en = Words(minimum=1, maximum=200, required=True)
    note_zh = Words(maximum=2_000, load_default="")
    note_en = Words(maximum=2_000, load_default="")

    @post_load
    def _naming(self, said: dict[str, Any], **_: Any) -> rules.Naming:
        return rules.Naming(**said)


class FactorDraftIn(In):
    """A new draft of a set."""

    title = Words(minimum=1, maximum=120, required=True)
    note = Words(maximum=2_000, load_default="", metadata={"description": "for whoever decides on it"})
    naming = fields.Nested(NamingIn, required=True)
    based_on = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "the set that it changes; if given, it must be the newest"},
    )
    factors = fields.List(
        fields.Nested(FactorIn),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=_MOST_FACTORS),
        metadata={"description": "what the newest set says, if left out"},
    )


class FactorEditIn(FactorDraftIn):
    """A draft of a set, written anew."""

    note = Words(maximum=2_000, required=True, metadata={"description": "for whoever decides on it"})
    based_on = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "the newest set, where another draft has overtaken this one"},
    )
    factors = fields.List(fields.Nested(FactorIn), required=True, validate=validate.Length(max=_MOST_FACTORS))


class ValidityIn(In):
    """From when, and whether in place of what was announced."""

    valid_from = Moment(
        load_default=None, allow_none=True, metadata={"description": "now, if left out; never in the past"}
    )
    supersede = Flag(
        load_default=False,
        metadata={
            "description": "whether sets that are announced for then or later shall never come into force"
        },
    )


class FactorDraftHeadOut(DraftedOut, NamingOut):
    """A draft of a set, without its factors."""

    based_on = Id(required=True, allow_none=True, metadata={"description": "the set that it changes"})
    valid_from = Moment(
        required=True, allow_none=True, metadata={"description": "from when it is in force, once published"}
    )


FactorDraftPageOut = page_out(FactorDraftHeadOut)


class FactorDraftOut(FactorDraftHeadOut):
    """A draft of a set with its factors."""

    factors = fields.List(fields.Nested(FactorOut), required=True, attribute="lines")
