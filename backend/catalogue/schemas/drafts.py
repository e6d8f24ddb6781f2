"""Drafts on the wire."""

from decimal import Decimal
from typing import Any

from marshmallow import fields, post_load, validate

from backend.catalogue import rules
from backend.catalogue.schemas.lists import RateOut
from backend.kit.drafts import State
from backend.kit.fields import Count, ExactRate, Flag, Grams, Id, In, Moment, Out, Words
from backend.kit.paging import PageIn, page_out

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


class DraftsIn(PageIn):
    """Which drafts."""

    state = fields.String(load_default=None, validate=validate.OneOf([state.value for state in State]))


class ReasonIn(In):
    """Why."""

    reason = Words(minimum=1, maximum=500, required=True)


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


class DraftHeadOut(Out):
    """A draft, without its rates."""

    id = Id(required=True)
    district = fields.String(required=True)
    based_on = Id(required=True, allow_none=True, metadata={"description": "the version that it changes"})
    title = fields.String(required=True)
    note = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": [state.value for state in State]})
    revision = Count(required=True, metadata={"description": "how often it changed or went a step"})
    digest = fields.String(required=True, metadata={"description": "SHA-256 of what decides payments"})
    simulation = Id(required=True, allow_none=True)
    simulated_at = Moment(required=True, allow_none=True)
    is_simulated = fields.Boolean(
        required=True, metadata={"description": "whether just what it now says was simulated"}
    )
    authors = fields.List(Id(), required=True, metadata={"description": "none of whom decides on it"})
    drafted_by = Id(required=True)
    drafted_at = Moment(required=True)
    submitted_by = Id(required=True, allow_none=True)
    submitted_at = Moment(required=True, allow_none=True)
    approved_by = Id(required=True, allow_none=True)
    approved_at = Moment(required=True, allow_none=True)
    rejected_by = Id(required=True, allow_none=True)
    rejected_at = Moment(required=True, allow_none=True)
    withdrawn_by = Id(required=True, allow_none=True)
    withdrawn_at = Moment(required=True, allow_none=True)
    published_by = Id(required=True, allow_none=True)
    published_at = Moment(required=True, allow_none=True)
    effective_at = Moment(
        required=True, allow_none=True, metadata={"description": "from when it is in force, once published"}
    )
    reason = fields.String(
        required=True, allow_none=True, metadata={"description": "why it was rejected or withdrawn"}
    )


DraftPageOut = page_out(DraftHeadOut)


class DraftOut(DraftHeadOut):
    """A draft with its rates."""

    rates = fields.List(fields.Nested(RateOut), required=True, attribute="lines")
