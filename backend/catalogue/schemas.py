"""The catalogue on the wire."""

from marshmallow import fields

from backend.kit.fields import Count, Grams, Id, In, Moment, Out, Rate, Words
from backend.kit.paging import PageIn, page_out


class MaterialsIn(PageIn):
    """Which materials."""

    q = Words(maximum=40, load_default="", metadata={"description": "part of a name or hint, zh or en"})


class BasisOut(Out):
    """Where a figure or a class comes from."""

    grade = fields.String(
        required=True,
        metadata={
            "enum": ["A", "B", "C", "assumption"],
            "description": "A: official text read directly. B: official, through a third party or a named"
            " newspaper. C: secondary. assumption: made up for the demo, and says so",
        },
    )
    source = fields.String(required=True, allow_none=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)


class MaterialOut(Out):
    """Something a resident may want to hand over."""

    key = fields.String(required=True, metadata={"description": "stable; lines of a weighing name it"})
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    category = fields.String(required=True)
    accepted = fields.Boolean(required=True)
    refusal_zh = fields.String(required=True, allow_none=True, metadata={"description": "why not"})
    refusal_en = fields.String(required=True, allow_none=True)
    goes_to = fields.String(required=True, allow_none=True, metadata={"description": "which other bin"})
    hint_zh = fields.String(required=True)
    hint_en = fields.String(required=True)
    low_value = fields.String(
        required=True, allow_none=True, metadata={"description": "its class in the low-value guide"}
    )
    basis = fields.Nested(BasisOut, required=True)


MaterialPageOut = page_out(MaterialOut)


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


class PriceListOut(Out):
    """A published version of a district's rates."""

    version = Id(required=True)
    district = fields.String(required=True)
    number = Count(required=True)
    effective_at = Moment(required=True)
    published_at = Moment(required=True)
    note = fields.String(required=True)
    rates = fields.List(fields.Nested(RateOut), required=True, attribute="lines")
