"""Price lists on the wire."""

from marshmallow import fields

from backend.catalogue.schemas.materials import BasisOut
from backend.kit.fields import Count, Grams, Id, In, Moment, Out, Rate

__all__ = ["PriceListIn", "PriceListOut", "RateOut"]


class PriceListIn(In):
    """When."""

    at = Moment(load_default=None, metadata={"description": "now, if left out"})


class RateOut(Out):
    """What a district pays for one material."""

    material = fields.String(required=True, attribute="material.key")
    name_zh = fields.String(required=True, attribute="material.name_zh")
    name_en = fields.String(required=True, attribute="material.name_en")
    accepted = fields.Boolean(required=True, attribute="rate.accepted")
    market_fen_per_kg = Rate(required=True, attribute="rate.market_fen_per_kg")
    market_basis = fields.Nested(BasisOut, required=True, attribute="rate.market_basis")
    subsidy_fen_per_kg = Rate(required=True, attribute="rate.subsidy_fen_per_kg")
    operator_fen_per_tonne = Rate(required=True, attribute="rate.operator_fen_per_tonne")
    ceiling_grams = Grams(
        required=True,
        allow_none=True,
        attribute="rate.ceiling_grams",
        metadata={"description": "what is subsidised of a household's month; null is without end"},
    )
    programme = Id(required=True, allow_none=True, attribute="rate.programme")
    subsidy_basis = fields.Nested(
        BasisOut,
        required=True,
        allow_none=True,
        attribute="rate.subsidy_basis",
        metadata={"description": "of both subsidies and the ceiling"},
    )
    needs_verified_scale = fields.Boolean(
        required=True,
        attribute="rate.needs_verified_scale",
        metadata={"description": "whether both subsidies wait for staff where the weight was typed in"},
    )
    needs_confirmation = fields.Boolean(
        required=True,
        attribute="rate.needs_confirmation",
        metadata={"description": "whether both subsidies wait for staff where the resident was silent"},
    )


class ApprovalOut(Out):
    """The way that led to a version."""

    draft = Id(required=True)
    simulation = Id(required=True, metadata={"description": "the run that said what it would cost"})
    by = Id(required=True, metadata={"description": "who approved it"})


class PriceListOut(Out):
    """A published version of a district's rates."""

    version = Id(required=True)
    district = fields.String(required=True)
    number = Count(required=True)
    effective_at = Moment(required=True)
    published_at = Moment(required=True)
    note = fields.String(required=True)
    approval = fields.Nested(
        ApprovalOut,
        required=True,
        allow_none=True,
        metadata={"description": "null for a list that was planted before anything was weighed"},
    )
    rates = fields.List(fields.Nested(RateOut), required=True, attribute="lines")
