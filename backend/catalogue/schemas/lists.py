"""Price lists on the wire."""

from marshmallow import fields, validate

from backend.catalogue.schemas.materials import BasisOut
from backend.catalogue.schemas.photos import PhotoOut
from backend.kit.fields import INT64_MAX, Count, Day, Grams, Id, In, Moment, Out, Rate
from backend.kit.paging import PageIn, page_out

__all__ = [
    "DifferencesIn",
    "DifferencesOut",
    "PriceListIn",
    "PriceListOut",
    "PriceListPageOut",
    "PriceListsIn",
    "RateOut",
]


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


class ShownRateOut(RateOut):
    """What a district pays for one material, with what that looks like."""

    photos = fields.List(fields.Nested(PhotoOut), required=True, attribute="material.photos")


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
    rates = fields.List(fields.Nested(ShownRateOut), required=True, attribute="lines")


class PriceListsIn(PageIn):
    """Which versions."""

    on = Day(
        load_default=None,
        allow_none=True,
        metadata={"description": "those in force at any time of a day of the city"},
    )


class PriceListHeadOut(Out):
    """A published version, without its rates."""

    version = Id(required=True)
    number = Count(required=True)
    effective_at = Moment(required=True)
    effective_until = Moment(
        required=True,
        allow_none=True,
        metadata={
            "description": "when a later one takes over; `effective_at` itself, if it never came into force"
        },
    )
    published_at = Moment(required=True)
    note = fields.String(required=True)
    approval = fields.Nested(ApprovalOut, required=True, allow_none=True)


PriceListPageOut = page_out(PriceListHeadOut)


class DifferencesIn(In):
    """Compared with which version."""

    since = fields.Integer(
        validate=validate.Range(1, INT64_MAX),
        load_default=None,
        metadata={"description": "the number of the earlier version; the one before, if left out"},
    )


class DifferenceOut(Out):
    """One thing that is otherwise than before."""

    material = fields.String(required=True)
    kind = fields.String(required=True, metadata={"enum": ["came", "went", "rose", "fell", "changed"]})
    field = fields.String(
        required=True, allow_none=True, metadata={"description": "what of its rate; null is all of it"}
    )
    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True, allow_none=True)
    zh = fields.String(required=True, metadata={"description": "a sentence for whoever is to read it"})
    en = fields.String(required=True)


class DifferencesOut(Out):
    """What a price list changes, by material; nothing if it says the same."""

    items = fields.List(fields.Nested(DifferenceOut), required=True)
