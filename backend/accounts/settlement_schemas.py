"""Settlement on the wire."""

from typing import Any

from marshmallow import fields, validate

from backend.accounts.parties import PartyKind, SheetState
from backend.accounts.reckoning import Difference
from backend.kit.fields import Count, Fen, Flag, Grams, Id, In, Moment, Out, Points, Words
from backend.kit.paging import PageIn, page_out

_MONTH = validate.Regexp(r"^20[0-9]{2}-(0[1-9]|1[0-2])\Z")
_STATES = [state.value for state in SheetState]
_KINDS = [kind.value for kind in PartyKind]


def _month(**options: Any) -> fields.String:
    about = {"pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$", "description": "a calendar month, such as `2026-11`"}
    return fields.String(validate=_MONTH, metadata=about, **options)


class SheetsIn(PageIn):
    """Which sheets."""

    month = _month(load_default=None)
    party_kind = fields.String(load_default=None, validate=validate.OneOf(_KINDS))
    state = fields.String(load_default=None, validate=validate.OneOf(_STATES))


class DrawUpIn(In):
    """Which month."""

    month = _month(required=True)


class SignatureIn(In):
    """A signature."""

    reason = Words(
        maximum=500,
        minimum=2,
        load_default=None,
        metadata={"description": "why it is signed in spite of unexplained differences"},
    )


class WithdrawalIn(In):
    """Why a sheet is taken back."""

    reason = Words(maximum=500, minimum=2, required=True)


class PaymentIn(In):
    """A payment through the bank."""

    reference = Words(
        maximum=100, minimum=1, required=True, metadata={"description": "the bank's, to find it again"}
    )


class AccountTurnoverOut(Out):
    """What an account had before the month, and what came and went."""

    account = fields.String(required=True)
    asset = fields.String(required=True, metadata={"description": "`FEN` in fen, `GREEN` in points"})
    opening = Count(required=True)
    incoming = Count(required=True)
    outgoing = Count(required=True)
    closing = Count(required=True)
    late = Count(
        required=True,
        metadata={
            "description": "of months before, and on no sheet yet; beside the turnover, in the amounts"
        },
    )


class AmountsOut(Out):
    """What a sheet comes to; zero is what a party of its kind does not have."""

    dues_fen = Fen(required=True, metadata={"description": "an operator owes it for market value"})
    payable_fen = Fen(
        required=True,
        metadata={"description": "the district owes it: an operator's subsidy, a merchant's points"},
    )
    points = Points(required=True, metadata={"description": "a merchant has taken them"})
    funded_fen = Fen(required=True, metadata={"description": "a programme was given it"})
    drawn_fen = Fen(required=True, metadata={"description": "a programme has paid it"})
    held_fen = Fen(required=True, metadata={"description": "a programme has promised it"})
    left_fen = Fen(required=True, metadata={"description": "a programme has it, held included"})
    net_grams = Grams(
        required=True,
        metadata={"description": "an operator was handed it over, with the bags that its lines tell of"},
    )


class BackingOut(Out):
    """What stood behind the district's points: households' and merchants' together equal the fund."""

    household_points = Points(required=True)
    merchant_points = Points(required=True)
    fund_fen = Fen(required=True)
    operators_owe_fen = Fen(
        required=True, metadata={"description": "the part of the fund that operators have not paid yet"}
    )
    owed_points = Points(
        required=True, metadata={"description": "what corrections could not take back from households"}
    )
    is_exact = fields.Boolean(required=True)


class SheetOut(Out):
    """A month of an operator, a merchant or a programme."""

    id = Id(required=True)
    month = fields.String(required=True)
    party_kind = fields.String(required=True, metadata={"enum": _KINDS})
    party = Id(required=True)
    party_zh = fields.String(required=True)
    party_en = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": _STATES})
    size = Count(
        required=True, metadata={"description": "of the book's log: what was sealed later is not on it"}
    )
    accounts = fields.List(fields.Nested(AccountTurnoverOut), required=True)
    amounts = fields.Nested(AmountsOut, required=True)
    backing = fields.Nested(BackingOut, required=True)
    lines = Count(required=True)
    differences = Count(
        required=True, metadata={"description": "how many lines are unexplained; they come first"}
    )
    digest = fields.String(required=True, metadata={"description": "SHA-256 of the sheet and its lines"})
    drawn_up_at = Moment(required=True)
    drawn_up_by = Id(required=True)
    signed_at = Moment(required=True, allow_none=True)
    signed_by = Id(required=True, allow_none=True)
    signed_reason = fields.String(required=True, allow_none=True)
    countersigned_at = Moment(required=True, allow_none=True)
    countersigned_by = Id(required=True, allow_none=True)
    countersigned_reason = fields.String(required=True, allow_none=True)
    settled_entry = Id(
        required=True,
        allow_none=True,
        metadata={"description": "by which a merchant's points became money that it is owed"},
    )
    paid_at = Moment(required=True, allow_none=True)
    paid_by = Id(required=True, allow_none=True)
    paid_reference = fields.String(required=True, allow_none=True)
    paid_entry = Id(required=True, allow_none=True)
    withdrawn_at = Moment(required=True, allow_none=True)
    withdrawn_by = Id(required=True, allow_none=True)
    withdrawn_reason = fields.String(required=True, allow_none=True)


class DrawnUpOut(Out):
    """The sheets that were drawn up now."""

    items = fields.List(fields.Nested(SheetOut), required=True)


class SheetLineOut(Out):
    """A line of a sheet, which names its entry; or what the book does not tell."""

    no = Count(required=True)
    account = fields.String(required=True)
    asset = fields.String(required=True)
    entry_id = Id(required=True, allow_none=True, attribute="entry")
    key = fields.String(required=True, metadata={"description": "names the fact, such as a weighing"})
    kind = fields.String(required=True)
    at = Moment(required=True)
    amount = Count(required=True, metadata={"description": "negative when it left the account"})
    is_late = Flag(required=True)
    difference = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "enum": [*(difference.value for difference in Difference), None],
            "description": "why it is unexplained: nobody knows the fact, the entry is missing, or the two"
            " differ; null is explained",
        },
    )
    expected = Count(
        required=True, allow_none=True, metadata={"description": "what the fact says, where they differ"}
    )


SheetPageOut = page_out(SheetOut)
SheetLinePageOut = page_out(SheetLineOut)
