"""Carbon on the wire."""

from marshmallow import fields

from backend.carbon.rules import UNIT
from backend.kit.fields import Count, Id, In, Moment, Out, Rate


class FactorsIn(In):
    """When."""

    at = Moment(load_default=None, metadata={"description": "now, if left out"})


class FactorOut(Out):
    """What recycling a kilogram of one material saves, and who says so."""

    material = fields.String(required=True)
    none_found = fields.Boolean(required=True, metadata={"description": "no source has a figure"})
    kg_per_kg = Rate(required=True, allow_none=True, metadata={"description": "the lower bound found"})
    upper_kg_per_kg = Rate(required=True, allow_none=True)
    credited_kg_per_kg = Rate(required=True, metadata={"description": "what earns; never below zero"})
    boundary = fields.String(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True)
    clause = fields.String(required=True, allow_none=True, metadata={"description": "where in the source"})
    grade = fields.String(
        required=True,
        metadata={
            "enum": ["A", "B", "C", "assumption"],
            "description": "A: official data read directly. B: official, through a third party."
            " C: secondary. assumption: a rule of the demo, and says so",
        },
    )
    note_zh = fields.String(required=True)
    note_en = fields.String(required=True)
    basis_zh = fields.String(required=True)
    basis_en = fields.String(required=True)


class FactorSetOut(Out):
    """A named and versioned set of factors."""

    id = Id(required=True)
    name = fields.String(required=True)
    version = Count(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    unit = fields.Constant(UNIT, required=True, metadata={"type": "string", "enum": [UNIT]})
    boundary_zh = fields.String(required=True)
    boundary_en = fields.String(required=True)
    baseline_zh = fields.String(required=True)
    baseline_en = fields.String(required=True)
    valid_from = Moment(required=True)
    approved_by_zh = fields.String(required=True)
    approved_by_en = fields.String(required=True)
    approved_at = Moment(required=True)
    note_zh = fields.String(required=True)
    note_en = fields.String(required=True)
    factors = fields.List(fields.Nested(FactorOut), required=True, attribute="lines")
