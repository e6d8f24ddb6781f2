"""Simulations on the wire."""

from marshmallow import fields, validate

from backend.kit.fields import Count, ExactRate, Fen, Flag, Grams, Id, In, Moment, Out, Points, Words
from backend.kit.paging import PageIn, page_out
from backend.simulation.rules import State
from backend.subsidy.queries import CapRule
from backend.subsidy.schemas import MOST_FEN

_KINDS = ("material", "community", "community_material", "day")
_SLIP_GRAMS = 10**12
"""Up to here a ceiling that makes no sense is told by name."""


class ChangeIn(In):
    """What would be paid for one material."""

    material = Words(required=True, minimum=1, maximum=40, metadata={"description": "a material's key"})
    accepted = Flag(load_default=True, metadata={"description": "false: it would not have been taken"})
    market_fen_per_kg = ExactRate(required=True)
    subsidy_fen_per_kg = ExactRate(required=True)
    operator_fen_per_tonne = ExactRate(required=True)
    ceiling_grams = Grams(load_default=None, allow_none=True, minimum=-_SLIP_GRAMS, maximum=_SLIP_GRAMS)
    programme = Id(load_default=None, allow_none=True, metadata={"description": "who pays the subsidies"})


class ProposedCapIn(In):
    """What would happen at a programme's cap."""

    programme = Id(required=True)
    cap_rule = fields.String(required=True, validate=validate.OneOf([rule.value for rule in CapRule]))
    taper_below_fen = Fen(load_default=None, allow_none=True, minimum=1, maximum=MOST_FEN)
    taper_percent = Count(load_default=None, allow_none=True, minimum=1, maximum=99)


class AskIn(In):
    """What to try, and on which weighings: those that began from `since` and before `until`."""

    since = Moment(required=True)
    until = Moment(required=True)
    draft = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "a draft, in place of the price lists that were in force; else changes"},
    )
    changes = fields.List(
        fields.Nested(ChangeIn),
        load_default=list,
        validate=validate.Length(max=200),
        metadata={"description": "in place of these lines of whichever price list was in force"},
    )
    caps = fields.List(fields.Nested(ProposedCapIn), load_default=list, validate=validate.Length(max=50))


class SideOut(Out):
    """What one side comes to, over all weighings of the period that were agreed on."""

    lines = Count(required=True)
    net_grams = Grams(required=True)
    market_fen = Fen(required=True, metadata={"description": "what operators owe for it"})
    subsidy_fen = Fen(required=True)
    operator_subsidy_fen = Fen(required=True)
    queued_fen = Fen(required=True, metadata={"description": "promised from money to come, both subsidies"})
    cost_fen = Fen(required=True, metadata={"description": "of the budgets, both subsidies"})
    cost_per_tonne_fen = Fen(
        required=True, metadata={"description": "cost by tonne that was really handed over"}
    )
    points = Points(required=True, metadata={"description": "credited: what the fund has to back"})
    promised_points = Points(required=True, metadata={"description": "of quotes that nobody has answered"})


class LeftOut(Out):
    """What one side leaves of a budget."""

    left_fen = Fen(required=True, metadata={"description": "neither paid nor promised"})
    ran_out_at = Moment(
        required=True,
        allow_none=True,
        metadata={"description": "when it first could not pay what was asked; null if it always could"},
    )


class SimulatedBudgetOut(Out):
    """A budget under both sides."""

    programme = Id(required=True)
    period = fields.String(required=True)
    in_force = fields.Nested(LeftOut(), required=True)
    proposed = fields.Nested(LeftOut(), required=True)


class UnexplainedOut(Out):
    """What the replay of the rates in force has other than the ledger; nothing, if all is recorded."""

    lines = Count(required=True)
    fen = Fen(required=True)
    grams = Grams(required=True)


class SummaryOut(Out):
    """What it found."""

    in_force = fields.Nested(SideOut, required=True)
    proposed = fields.Nested(SideOut, required=True)
    difference = fields.Nested(SideOut, required=True, metadata={"description": "proposed less in force"})
    cost_difference_fen = Fen(required=True)
    households = Count(required=True)
    winners = Count(required=True, metadata={"description": "households with more points than they got"})
    losers = Count(required=True, metadata={"description": "households with fewer"})
    gained_points = Points(required=True)
    lost_points = Points(required=True)
    not_taken_grams = Grams(required=True, metadata={"description": "of what would not have been taken"})
    budgets = fields.List(fields.Nested(SimulatedBudgetOut), required=True)
    unexplained = fields.Nested(UnexplainedOut, required=True)
    reconstructed_lines = Count(
        required=True,
        metadata={"description": "older than the record of quotes: their order is inferred"},
    )


class SentenceOut(Out):
    """A sentence in both languages."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class SimulationOut(Out):
    """A simulation: where it stands, and once it is done what it found."""

    id = Id(required=True)
    state = fields.String(required=True, metadata={"enum": [state.value for state in State]})
    draft = Id(required=True, allow_none=True)
    digest = fields.String(
        required=True, metadata={"description": "SHA-256 of what is tried, as it was when it was asked for"}
    )
    since = Moment(required=True)
    until = Moment(required=True)
    requested_by = Id(required=True)
    requested_at = Moment(
        required=True, metadata={"description": "what happened to its weighings later does not count"}
    )
    started_at = Moment(required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)
    lines = Count(required=True, allow_none=True, metadata={"description": "of weighings to replay"})
    lines_done = Count(required=True)
    percent = Count(required=True)
    done_by = Moment(
        required=True, allow_none=True, metadata={"description": "at the pace so far; null unless it runs"}
    )
    summary = fields.Nested(SummaryOut, required=True, allow_none=True)
    does_not_know = fields.List(fields.Nested(SentenceOut), required=True)


SimulationPageOut = page_out(SimulationOut)


class GroupsIn(PageIn):
    """Which groups, and for whose eyes."""

    by = fields.String(required=True, validate=validate.OneOf(_KINDS))
    audience = fields.String(
        load_default="staff",
        validate=validate.OneOf(("staff", "open")),
        metadata={
            "description": "open: communities of fewer than ten households are one, `other`, and other groups"
            " that small are left out, each with so much beside them that nothing can be told of the few"
        },
    )


class AudienceIn(In):
    """For whose eyes."""

    audience = fields.String(load_default="staff", validate=validate.OneOf(("staff", "open")))


class FiguresOut(Out):
    """What one side pays for a group."""

    lines = Count(required=True)
    net_grams = Grams(required=True)
    market_fen = Fen(required=True)
    subsidy_fen = Fen(required=True)
    operator_subsidy_fen = Fen(required=True)
    queued_fen = Fen(required=True)


class GroupOut(Out):
    """A material, a community, `community/material`, or a day."""

    key = fields.String(required=True)
    in_force = fields.Nested(FiguresOut, required=True)
    proposed = fields.Nested(FiguresOut, required=True)
    households = Count(required=True)
    winners = Count(required=True, metadata={"description": "0 for a day, as are the next three"})
    losers = Count(required=True)
    gained_points = Points(required=True)
    lost_points = Points(required=True)


GroupPageOut = page_out(GroupOut)
