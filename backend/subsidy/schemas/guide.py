"""The guide, how programmes stand, and the queue on the wire."""

from typing import Any

from marshmallow import fields, pre_dump

from backend.catalogue.schemas import MaterialOut
from backend.kit.fields import Count, Grams, Id, Moment, Out, Points, Rate
from backend.kit.paging import page_out
from backend.subsidy.rules import PromiseState, Standing

_STANDING = (
    "`paying`: the whole rate. `tapered`: `percent` of it. `exhausted`: nothing. `queueing`: later, from the"
    " money that comes next. `frozen`: nothing for now"
)


class StandingOut(Out):
    """What a household can expect of a programme now."""

    programme = Id(required=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    standing = fields.String(
        required=True,
        metadata={"enum": [one.value for one in Standing], "description": _STANDING},
    )
    percent = Count(required=True, metadata={"description": "the share of its rates that it pays now"})
    queue_for = fields.String(
        required=True, allow_none=True, metadata={"description": "the year whose money is to pay the queue"}
    )
    said_zh = fields.String(required=True)
    said_en = fields.String(required=True)


class GuideEntryOut(Out):
    """A low-value material with what is paid for it; a district that does not price it does not take it."""

    material = fields.Nested(MaterialOut, required=True)
    accepted = fields.Boolean(required=True, metadata={"description": "whether this district takes it"})
    market_fen_per_kg = Rate(required=True, allow_none=True)
    subsidy_fen_per_kg = Rate(required=True, allow_none=True)
    operator_fen_per_tonne = Rate(required=True, allow_none=True)
    ceiling_grams = Grams(required=True, allow_none=True)
    needs_verified_scale = fields.Boolean(required=True)
    needs_confirmation = fields.Boolean(required=True)
    programme = Id(required=True, allow_none=True)

    @pre_dump
    def _flatten(self, entry: Any, **_: Any) -> Any:
        names = [name for name in self.fields if name != "material"]
        found = {name: getattr(entry.rate, name, None) for name in names}
        conditions = ("accepted", "needs_verified_scale", "needs_confirmation")
        return {"material": entry.material, **found, **{name: bool(found[name]) for name in conditions}}


class GuideOut(Out):
    """The district's guide to low-value recyclables, with the price list in force and who pays."""

    district = fields.String(required=True)
    price_list = Id(required=True)
    price_list_number = Count(required=True)
    effective_at = Moment(required=True)
    items = fields.List(fields.Nested(GuideEntryOut), required=True)
    programmes = fields.List(fields.Nested(StandingOut), required=True)

    @pre_dump
    def _flatten(self, guide: Any, **_: Any) -> Any:
        head = guide.price_list
        return {
            "district": head.district,
            "price_list": head.version,
            "price_list_number": head.number,
            "effective_at": head.effective_at,
            "items": guide.entries,
            "programmes": guide.programmes,
        }


class QueuedSubsidyOut(Out):
    """A subsidy of yours that waits for money, or has waited."""

    line_id = Id(required=True, attribute="id")
    weighing_id = Id(required=True, attribute="weighing")
    material = fields.String(required=True)
    planned_for = fields.String(required=True)
    points = Points(required=True, attribute="subsidy_fen")
    state = fields.String(
        required=True,
        metadata={
            "enum": [state.value for state in PromiseState],
            "description": "`unproven`: staff look at the evidence. `funded`: the money is there and held",
        },
    )
    promised_at = Moment(required=True)
    paid_at = Moment(required=True, allow_none=True)
    entry_id = Id(required=True, allow_none=True, attribute="entry")


QueuedSubsidyPageOut = page_out(QueuedSubsidyOut)
