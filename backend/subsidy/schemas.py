"""Budgets on the wire."""

from marshmallow import fields

from backend.kit.fields import Fen, Id, Moment, Out


class ProgrammeOut(Out):
    """A programme that subsidises."""

    id = Id(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    cap_rule = fields.String(
        required=True,
        metadata={"enum": ["stop"], "description": "stop: what the budget cannot hold is not subsidised"},
    )
    period = fields.String(
        required=True, metadata={"enum": ["year"], "description": "how long a budget lasts"}
    )
    basis_zh = fields.String(required=True)
    basis_en = fields.String(required=True)
    opened_at = Moment(required=True)
    closed_at = Moment(required=True, allow_none=True)


class BudgetOut(Out):
    """A programme's money for one period."""

    programme = fields.Nested(ProgrammeOut, required=True)
    period = fields.String(required=True, metadata={"description": "a calendar year of the city"})
    funded_fen = Fen(required=True, metadata={"description": "what was ever paid in"})
    posted_fen = Fen(required=True, metadata={"description": "what is left of it"})
    held_fen = Fen(required=True, metadata={"description": "promised by quotes that wait for an answer"})
    available_fen = Fen(required=True, metadata={"description": "left and not promised"})
    basis_zh = fields.String(required=True)
    basis_en = fields.String(required=True)


class BudgetsOut(Out):
    """All budgets of the district; there are a few a year."""

    items = fields.List(fields.Nested(BudgetOut), required=True)
