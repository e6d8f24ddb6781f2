"""Weighings on the wire."""

from typing import Any

from marshmallow import ValidationError, fields, pre_dump, validate, validates_schema

from backend.carbon.schemas import FactorOut
from backend.catalogue.schemas import RateOut
from backend.kit.fields import Count, Fen, Grams, Id, In, Moment, Out, Points, Words
from backend.kit.paging import PageIn, page_out
from backend.kit.sentences import say
from backend.weighing.rules import Evidence, State, WeightFrom

_STATE = {"description": "where it stands", "enum": [state.value for state in State]}
_CAP = {
    "description": "why less than the rate is paid now, else null. `ceiling`: of the household's month."
    " `budget`: the programme's money is spent or promised. `tapered`: little of it is left. `queued`: it is"
    " gone, and the subsidy is paid first from what comes next. `frozen`, `closed`: nothing new is promised",
    "enum": ["ceiling", "budget", "tapered", "queued", "frozen", "closed", None],
}
_EVIDENCE = {
    "description": "null: nothing is to be looked at. `needed`: both subsidies will wait for staff once it is"
    " agreed on. `waiting`: they do. `accepted`: they are paid. `declined`: they are not",
    "enum": [*(evidence.value for evidence in Evidence), None],
}
_NOTHING_LEFT = say("Must be less than gross_grams.", "应小于 gross_grams。")
_HEAVIEST = 1_000_000
_MOST_LINES = 30


class LineIn(In):
    """What the scale showed for one material."""

    id = Id(load_default=None, metadata={"description": "made by the device; left out, we make one"})
    material = Words(required=True, minimum=1, maximum=40, metadata={"description": "a material's key"})
    gross_grams = Grams(required=True, minimum=1, maximum=_HEAVIEST)
    tare_grams = Grams(load_default=0, minimum=0, maximum=_HEAVIEST)
    weight_from = fields.String(
        load_default=WeightFrom.TYPED,
        validate=validate.OneOf([source.value for source in WeightFrom]),
        metadata={"description": "`scale`: the scale sent it to the device. `typed`: somebody typed it in"},
    )

    @validates_schema
    def _something_is_left(self, line: dict[str, Any], **_: Any) -> None:
        if line["tare_grams"] >= line["gross_grams"]:
            raise ValidationError(_NOTHING_LEFT, "tare_grams")


class LinesIn(In):
    """More that was put on the scale."""

    lines = fields.List(
        fields.Nested(LineIn), required=True, validate=validate.Length(min=1, max=_MOST_LINES)
    )


class WeighingIn(In):
    """A weighing at the door."""

    id = Id(load_default=None, metadata={"description": "made by the device; left out, we make one"})
    pickup_id = Id(required=True)
    scale_id = Id(required=True)
    lines = fields.List(fields.Nested(LineIn), load_default=list, validate=validate.Length(max=_MOST_LINES))


class ConfirmationIn(In):
    """The resident's agreement; the collector sends the code that he was read."""

    revision = Count(
        load_default=None,
        allow_none=True,
        minimum=0,
        metadata={"description": "of the quote that was looked at: send it, and no other is agreed to"},
    )
    code = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"^[0-9]{6}\Z"),
        metadata={"description": "six digits that a collector was read"},
    )
    card = Words(
        minimum=1,
        maximum=60,
        load_default=None,
        allow_none=True,
        metadata={"description": "what a collector scanned from the household's card, instead of the code"},
    )


class ReturnIn(In):
    """Why the goods go back."""

    reason = Words(required=True, minimum=1, maximum=200)


class LineOut(Out):
    """A line and what it is worth."""

    id = Id(required=True)
    material = fields.String(required=True)
    gross_grams = Grams(required=True)
    tare_grams = Grams(required=True)
    net_grams = Grams(required=True)
    market_fen = Fen(required=True)
    subsidised_grams = Grams(required=True)
    subsidy_fen = Fen(required=True)
    operator_subsidy_fen = Fen(required=True)
    saved_co2e_grams = Grams(required=True)
    green_points = Points(required=True)
    cap = fields.String(required=True, allow_none=True, metadata=_CAP)
    cap_zh = fields.String(required=True, allow_none=True)
    cap_en = fields.String(required=True, allow_none=True)
    paid_percent = Count(
        required=True, metadata={"description": "the share of the subsidy's rates that applies"}
    )
    weight_from = fields.String(required=True, metadata={"enum": [source.value for source in WeightFrom]})
    needs_answer = fields.Boolean(
        required=True,
        metadata={"description": "whether the subsidies wait for staff if the resident is silent"},
    )
    evidence = fields.String(required=True, allow_none=True, metadata=_EVIDENCE)
    evidence_zh = fields.String(required=True, allow_none=True)
    evidence_en = fields.String(required=True, allow_none=True)
    evidence_reason = fields.String(
        required=True, allow_none=True, metadata={"description": "what staff said of it"}
    )
    waiting_points = Points(
        required=True,
        metadata={"description": "not in `green_points` until staff accept the evidence"},
    )
    queued_fen = Fen(
        required=True, metadata={"description": "of the household's subsidy; not in its points yet"}
    )
    queued_for = fields.String(
        required=True, allow_none=True, metadata={"description": "the period whose money is to pay it"}
    )


class WeighingOut(Out):
    """A weighing without its lines."""

    id = Id(required=True)
    pickup_id = Id(required=True, attribute="pickup")
    state = fields.String(required=True, metadata=_STATE)
    revision = Count(required=True)
    opened_at = Moment(required=True)
    answer_by = Moment(
        required=True, allow_none=True, metadata={"description": "silence until then counts as agreement"}
    )
    ended_at = Moment(required=True, allow_none=True)
    ended_by = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


WeighingPageOut = page_out(WeighingOut)


class TotalsOut(Out):
    """The sum of the lines."""

    net_grams = Grams(required=True)
    market_fen = Fen(required=True)
    subsidy_fen = Fen(required=True)
    operator_subsidy_fen = Fen(required=True)
    green_points = Points(required=True)
    waiting_points = Points(required=True)
    saved_co2e_grams = Grams(required=True)


class WeighingsIn(PageIn):
    """Which weighings."""

    pickup_id = Id(load_default=None, metadata={"description": "the one of this pickup alone"})


class EvidenceIn(PageIn):
    """Which evidence."""

    state = fields.String(
        load_default=Evidence.WAITING,
        validate=validate.OneOf([Evidence.WAITING, Evidence.ACCEPTED, Evidence.DECLINED]),
    )


class DecisionIn(In):
    """What staff say of the evidence; the household reads it on its receipt."""

    reason = Words(required=True, minimum=1, maximum=200)


class EvidenceOut(Out):
    """A line whose subsidies wait for a decision, or have one."""

    id = Id(required=True, metadata={"description": "of the line"})
    weighing_id = Id(required=True, attribute="weighing")
    material = fields.String(required=True)
    net_grams = Grams(required=True)
    weighed_at = Moment(required=True)
    weight_from = fields.String(required=True, metadata={"enum": [source.value for source in WeightFrom]})
    needs_answer = fields.Boolean(required=True)
    subsidy_fen = Fen(required=True)
    operator_subsidy_fen = Fen(required=True)
    queued_fen = Fen(required=True)
    state = fields.String(
        required=True, attribute="evidence", metadata={"enum": ["waiting", "accepted", "declined"]}
    )
    decided_by = Id(required=True, allow_none=True, attribute="evidence_by")
    decided_at = Moment(required=True, allow_none=True, attribute="evidence_at")
    reason = fields.String(required=True, allow_none=True, attribute="evidence_reason")
    entry_id = Id(required=True, allow_none=True, attribute="evidence_entry")


EvidencePageOut = page_out(EvidenceOut)


def _shown(weighing: Any, lines: Any) -> dict[str, Any]:
    """Lay a weighing, its lines and their sums side by side."""
    head = {name: getattr(weighing, name) for name in WeighingOut.attributes()}
    totals = {name: sum(getattr(line, name) for line in lines) for name in TotalsOut.attributes()}
    return {**head, "lines": lines, "totals": totals}


class QuoteOut(WeighingOut):
    """A weighing as it is quoted."""

    lines = fields.List(fields.Nested(LineOut), required=True)
    totals = fields.Nested(TotalsOut, required=True)
    confirmation_code = fields.String(
        required=True, allow_none=True, metadata={"description": "for the household only, to read out"}
    )

    @pre_dump
    def _flatten(self, quote: Any, **_: Any) -> Any:
        return {**_shown(quote.weighing, quote.lines), "confirmation_code": quote.confirmation_code}


class ReceiptLineOut(LineOut):
    """A line with the rate and the factor that its amounts follow from."""

    rate = fields.Nested(RateOut, required=True)
    factor = fields.Nested(
        FactorOut, required=True, allow_none=True, metadata={"description": "null where the set has none"}
    )


class VersionsOut(Out):
    """The versions that applied."""

    price_list = Id(required=True)
    price_list_number = Count(required=True)
    factor_set = Id(required=True)
    factor_set_name = fields.String(required=True)
    factor_set_version = Count(required=True)


class ReceiptOut(WeighingOut):
    """Every line, every rate, every factor and its source, and the ledger entry they became."""

    entry_id = Id(required=True, attribute="entry")
    scale_id = Id(required=True, attribute="scale")
    certificate = fields.String(required=True)
    lines = fields.List(fields.Nested(ReceiptLineOut), required=True)
    totals = fields.Nested(TotalsOut, required=True)
    versions = fields.Nested(VersionsOut, required=True)

    @pre_dump
    def _flatten(self, receipt: Any, **_: Any) -> Any:
        weighing, factors = receipt.weighing, receipt.factors
        shown = _shown(weighing, receipt.lines)
        rates = receipt.price_list.priced
        lines = [
            {
                **{name: getattr(line, name) for name in LineOut.attributes()},
                "rate": rates[line.material],
                "factor": factors.factors.get(line.material),
            }
            for line in receipt.lines
        ]
        versions = {
            "price_list": receipt.price_list.version,
            "price_list_number": receipt.price_list.number,
            "factor_set": factors.id,
            "factor_set_name": factors.name,
            "factor_set_version": factors.version,
        }
        kept = {name: getattr(weighing, name) for name in ("entry", "scale", "certificate")}
        return {**shown, **kept, "lines": lines, "versions": versions}
