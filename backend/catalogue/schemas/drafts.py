"""Drafts on the wire."""

from decimal import Decimal
from typing import Any

from marshmallow import fields, post_load, validate

from backend.catalogue import rules
from backend.catalogue.schemas.lists import RateOut
from backend.kit.drafts.schemas import DraftedOut, DraftsIn, ReasonIn
from backend.kit.fields import ExactRate, Flag, Grams, Id, In, Moment, Words
from backend.kit.paging import page_out

__all__ = [
    "DraftIn",
    "DraftOut",
    "DraftPageOut",
    "DraftsIn",
    "EditIn",
    "PublicationIn",
    "ReasonIn",
]

_MOST_RATES = 500
_SLIP_GRAMS = 10**12
"""Up to here a ceiling that makes no sense is told by name."""
_GRADES = ["A", "B", "C", "assumption"]


class BasisIn(In):
    """Where a figure comes from."""

    grade = fields.String(required=True, validate=validate.OneOf(_GRADES))
    source = Words(minimum=1, maximum=500, load_default=None, allow_none=True)
    zh = Words(minimum=1, maximum=500, required=True)
    en = Words(minimum=1, maximum=500, required=True)

    @post_load
    def _basis(self, said: dict[str, Any], **_: Any) -> rules.Basis:
        return rules.Basis(**said)


class RateIn(In):
    """What the district would pay for one material."""

    material = Words(minimum=1, maximum=40, required=True)
    accepted = Flag(load_default=True)
    market_fen_per_kg = ExactRate(load_default=Decimal(0), metadata={"description": "0, if left out"})
    market_basis = fields.Nested(BasisIn, required=True)
    subsidy_fen_per_kg = ExactRate(load_default=Decimal(0), metadata={"description": "0, if left out"})
    operator_fen_per_tonne = ExactRate(load_default=Decimal(0), metadata={"description": "0, if left out"})
    ceiling_grams = Grams(
        minimum=-_SLIP_GRAMS,
        maximum=_SLIP_GRAMS,
        load_default=None,
        allow_none=True,
        metadata={"description": "what is subsidised of a household's month; null is without end"},
    )
    programme = Id(load_default=None, allow_none=True, metadata={"description": "who pays both subsidies"})
    subsidy_basis = fields.Nested(BasisIn, load_default=None, allow_none=True)
    needs_verified_scale = Flag(load_default=False)
    needs_confirmation = Flag(load_default=False)

    @post_load
    def _rate(self, said: dict[str, Any], **_: Any) -> rules.Rate:
        return rules.Rate(**said)


class DraftIn(In):
    """A new draft."""

    title = Words(minimum=1, maximum=120, required=True)
    note = Words(maximum=2_000, load_default="", metadata={"description": "published with it"})
    based_on = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "the version that it changes; if given, it must be the newest"},
    )
    rates = fields.List(
        fields.Nested(RateIn),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=_MOST_RATES),
        metadata={"description": "what the newest version pays, if left out"},
    )


class EditIn(DraftIn):
    """A draft, written anew."""

    note = Words(maximum=2_000, required=True, metadata={"description": "published with it"})
    based_on = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "the newest version, where another draft has overtaken this one"},
    )
    rates = fields.List(fields.Nested(RateIn), required=True, validate=validate.Length(max=_MOST_RATES))


class PublicationIn(In):
    """From when, and whether in place of what was announced."""

    effective_at = Moment(
        load_default=None, allow_none=True, metadata={"description": "now, if left out; never in the past"}
    )
    supersede = Flag(
        load_default=False,
        metadata={
            "description": "whether versions that are announced for then or later shall never come into force"
        },
    )


class DraftHeadOut(DraftedOut):
    """A draft, without its rates."""

    district = fields.String(required=True)
    based_on = Id(required=True, allow_none=True, metadata={"description": "the version that it changes"})
    effective_at = Moment(
        required=True, allow_none=True, metadata={"description": "from when it is in force, once published"}
    )


DraftPageOut = page_out(DraftHeadOut)


class DraftOut(DraftHeadOut):
    """A draft with its rates."""

    rates = fields.List(fields.Nested(RateOut), required=True, attribute="lines")
