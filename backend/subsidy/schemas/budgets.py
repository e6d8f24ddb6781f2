"""Budgets, their history and orders of money on the wire."""

from typing import Any

from marshmallow import fields, validate

from backend.kit.fields import Count, Day, Fen, Id, In, Moment, Out, Words
from backend.kit.paging import PageIn, page_out
from backend.subsidy.rules import ENDING, BudgetState, Happened, OrderKind, OrderState, Source, Unknown
from backend.subsidy.schemas.programmes import MOST_FEN, ProgrammeOut


def _named(values: type[OrderKind] | type[Source] | type[OrderState]) -> validate.OneOf:
    return validate.OneOf([str(value) for value in values])


class _PeriodIn(fields.String):
    """A calendar year of the city."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            validate=validate.Regexp(r"^20[0-9]{2}\Z"), metadata={"description": "a calendar year"}, **kwargs
        )


class BudgetOut(Out):
    """A programme's money for one period."""

    programme = fields.Nested(ProgrammeOut, required=True)
    period = fields.String(required=True, metadata={"description": "a calendar year of the city"})
    state = fields.String(
        required=True,
        metadata={
            "enum": [*(state.value for state in BudgetState), ENDING],
            "description": "`frozen`, or `ending` as its programme is closed: nothing new is promised, "
            "what was promised is still paid",
        },
    )
    funded_fen = Fen(required=True, metadata={"description": "what ever came in"})
    returned_fen = Fen(
        required=True, metadata={"description": "what was cut, carried over, or went back to the treasury"}
    )
    drawn_fen = Fen(required=True, metadata={"description": "what was paid out, less what came back"})
    posted_fen = Fen(required=True, metadata={"description": "what is left of it"})
    held_fen = Fen(required=True, metadata={"description": "of what is left, promised"})
    available_fen = Fen(required=True, metadata={"description": "left and not promised"})
    basis_zh = fields.String(required=True)
    basis_en = fields.String(required=True)


class BudgetsOut(Out):
    """All budgets of the district; there are a few a year."""

    items = fields.List(fields.Nested(BudgetOut), required=True)


class BudgetEventOut(Out):
    """Something that happened to a budget, or to its programme."""

    id = Id(required=True)
    happened = fields.String(required=True, metadata={"enum": [one.value for one in Happened]})
    fen = Fen(required=True, metadata={"description": "what came in; below zero, what left"})
    at = Moment(required=True)
    by = Id(required=True, metadata={"description": "who did it, or drafted it"})
    approved_by = Id(required=True, allow_none=True)
    reason = fields.String(required=True)
    order_id = Id(required=True, allow_none=True, attribute="order")
    entry_id = Id(required=True, allow_none=True, attribute="entry")


class BudgetDrawOut(Out):
    """What one day drew."""

    on = Day(required=True)
    fen = Fen(required=True)


class ForecastOut(Out):
    """The day on which the budget runs out if it goes on as it did, or why there is none.

    What is left and not promised, divided by the average of the last 28 whole days.
    """

    runs_out_on = Day(required=True, allow_none=True)
    why_unknown = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "enum": [*(why.value for why in Unknown), None],
            "description": "`too_little_data`: less than a week since the first payment. `nothing_drawn`:"
            " nothing was paid in these days. `outlasts_period`: something is left when the period ends."
            " `not_open`: nothing new is promised from it",
        },
    )
    since = Day(required=True, allow_none=True, metadata={"description": "the first day that was counted"})
    until = Day(required=True, allow_none=True, metadata={"description": "the last, yesterday"})
    days = Count(required=True)
    drawn_fen = Fen(required=True, metadata={"description": "in those days together"})
    method_zh = fields.String(required=True)
    method_en = fields.String(required=True)


class LedgerOfBudgetOut(Out):
    """A budget with its history, what each day drew, and how long it will last."""

    budget = fields.Nested(BudgetOut, required=True)
    events = fields.List(fields.Nested(BudgetEventOut), required=True)
    draws = fields.List(
        fields.Nested(BudgetDrawOut), required=True, metadata={"description": "days with any"}
    )
    forecast = fields.Nested(ForecastOut, required=True)


class BudgetOrderIn(In):
    """A movement of money that another person is to approve."""

    kind = fields.String(
        required=True,
        validate=_named(OrderKind),
        metadata={
            "description": "`fund` needs `fen` and `source`, `cut` needs `fen`, `carry_over` needs a later"
            " `to_period`; `close` returns all that is left to the treasury"
        },
    )
    programme = Id(required=True)
    period = _PeriodIn(required=True)
    fen = Fen(minimum=1, maximum=MOST_FEN, load_default=None, allow_none=True)
    source = fields.String(
        load_default=None,
        allow_none=True,
        validate=_named(Source),
        metadata={"description": "`bank`: new money, through the treasury. `treasury`: what lies in it"},
    )
    to_period = _PeriodIn(load_default=None, allow_none=True)
    basis_zh = Words(required=True, minimum=1, maximum=200, metadata={"description": "by which decision"})
    basis_en = Words(required=True, minimum=1, maximum=400)


class BudgetOrderOut(Out):
    """A movement of money, and what was decided."""

    id = Id(required=True)
    kind = fields.String(required=True, metadata={"enum": [kind.value for kind in OrderKind]})
    programme = Id(required=True)
    period = fields.String(required=True)
    fen = Fen(
        required=True,
        allow_none=True,
        metadata={"description": "of a carry-over or a close: what moved, once it is approved"},
    )
    source = fields.String(required=True, allow_none=True)
    to_period = fields.String(required=True, allow_none=True)
    basis_zh = fields.String(required=True)
    basis_en = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": [state.value for state in OrderState]})
    drafted_by = Id(required=True)
    drafted_at = Moment(required=True)
    decided_by = Id(required=True, allow_none=True)
    decided_at = Moment(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    entry_id = Id(required=True, allow_none=True, attribute="entry")


BudgetOrderPageOut = page_out(BudgetOrderOut)


class BudgetOrdersIn(PageIn):
    """Which orders."""

    state = fields.String(load_default=None, validate=_named(OrderState))
