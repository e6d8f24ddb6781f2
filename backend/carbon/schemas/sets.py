"""Sets of factors on the wire."""

from marshmallow import fields

from backend.carbon.rules import UNIT
from backend.kit.fields import Count, Id, In, Moment, Out, Rate
from backend.kit.paging import page_out

__all__ = ["FactorOut", "FactorSetOut", "FactorSetPageOut", "FactorsIn", "NamingOut"]


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


class NamingOut(Out):
    """What a set is called, what it counts and against what, and which authority stands behind it."""

    name = fields.String(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    unit = fields.Constant(UNIT, required=True, metadata={"type": "string", "enum": [UNIT]})
    boundary_zh = fields.String(required=True)
    boundary_en = fields.String(required=True)
    baseline_zh = fields.String(required=True)
    baseline_en = fields.String(required=True)
    approved_by_zh = fields.String(required=True)
    approved_by_en = fields.String(required=True)
    note_zh = fields.String(required=True)
    note_en = fields.String(required=True)


class FactorApprovalOut(Out):
    """The way that led to a set."""

    draft = Id(required=True)
    simulation = Id(required=True)
    by = Id(required=True, metadata={"description": "who answers for it, and did not draft it"})


class FactorSetOut(NamingOut):
    """A named and versioned set of factors."""

    id = Id(required=True)
    version = Count(required=True)
    valid_from = Moment(required=True)
    approved_at = Moment(required=True)
    approval = fields.Nested(
        FactorApprovalOut,
        required=True,
        allow_none=True,
        metadata={"description": "null for what was planted before anything was weighed"},
    )
    factors = fields.List(fields.Nested(FactorOut), required=True, attribute="lines")


FactorSetPageOut = page_out(FactorSetOut)
