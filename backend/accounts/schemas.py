"""Accounts on the wire."""

from typing import Any

from marshmallow import fields, pre_dump

from backend.accounts.postings import Line, Recorded, green_retired
from backend.accounts.queries import HouseholdAccounts
from backend.accounts.rules import reference, title
from backend.kit.fields import Count, Facts, Grams, Id, Moment, Out, Points
from backend.kit.paging import page_out


class LapseOut(Out):
    """Points that lapse at once."""

    points = Points(required=True)
    lapses_at = Moment(required=True)


class GreenOut(Out):
    """A household's points; one is worth one fen of reward."""

    points = Points(required=True, attribute="balances.green.posted", metadata={"description": "all of them"})
    held_points = Points(
        required=True,
        attribute="balances.green.held",
        metadata={"description": "promised to redemptions under way"},
    )
    available_points = Points(
        required=True, attribute="balances.green.available", metadata={"description": "free to spend"}
    )
    owed_points = Points(
        required=True,
        attribute="balances.owed.posted",
        metadata={"description": "what a correction could not take back; the next awards repay it"},
    )
    next_lapse = fields.Nested(
        LapseOut,
        required=True,
        allow_none=True,
        metadata={"description": "what lapses first, unless it is spent before; null is that nothing does"},
    )


class CarbonOut(Out):
    """What a household's recycling has saved."""

    saved_co2e_grams = Grams(required=True, attribute="posted")


class AccountsOut(Out):
    """A household's accounts."""

    green = fields.Nested(GreenOut, required=True)
    carbon = fields.Nested(CarbonOut, required=True, attribute="balances.carbon")

    @pre_dump
    def _gather(self, found: HouseholdAccounts, **_: Any) -> dict[str, Any]:
        return {"green": found, "balances": found.balances}


class ReferenceOut(Out):
    """The business fact behind an entry."""

    noun = fields.String(required=True, metadata={"description": "such as `weighing` or `redemption`"})
    id = fields.String(required=True)


def _words(key: str, kind: str) -> dict[str, Any]:
    """Say what an entry is called and which fact it tells of."""
    return {"title": title(kind), "reference": reference(key)}


class FactOut(Out):
    """What happened, and when."""

    kind = fields.String(required=True)
    title_zh = fields.String(required=True, attribute="title.zh")
    title_en = fields.String(required=True, attribute="title.en")
    reference = fields.Nested(ReferenceOut, required=True)
    at = Moment(required=True)


class LineOut(FactOut):
    """A line of a statement."""

    entry_id = Id(required=True)

    @pre_dump
    def _flatten(self, line: Line, **_: Any) -> dict[str, Any]:
        said = {**vars(line), **_words(line.key, line.kind)}
        if line.kind == "weighing.confirmed" and line.counterpart == green_retired():
            said["title"] = title("award.repaid")
        return said


class GreenLineOut(LineOut):
    """Points that came or went."""

    points = Points(required=True, attribute="amount", metadata={"description": "negative when spent"})
    points_after = Points(required=True, attribute="after", metadata={"description": "the balance then"})


class CarbonLineOut(LineOut):
    """Grams that were saved or corrected."""

    saved_co2e_grams = Grams(required=True, attribute="amount")
    saved_co2e_grams_after = Grams(required=True, attribute="after")


GreenPageOut = page_out(GreenLineOut)
CarbonPageOut = page_out(CarbonLineOut)


class PostingOut(Out):
    """An amount that left one account and reached another."""

    source = fields.String(required=True)
    target = fields.String(required=True)
    asset = fields.String(
        required=True,
        metadata={"description": "`GREEN` in points, `CO2E` and `MASS/…` in grams, `FEN` in fen"},
    )
    amount = Count(required=True)
    expires_at = Moment(
        required=True, allow_none=True, metadata={"description": "when what came in lapses; null is never"}
    )
    lapsed = fields.Boolean(
        required=True, metadata={"description": "whether it took what had lapsed, and nothing else"}
    )


class ReserveOut(Out):
    """A part of an account that is held for something."""

    hold = Id(required=True)
    account = fields.String(required=True)
    asset = fields.String(required=True)
    amount = Count(required=True)
    expires_at = Moment(required=True, allow_none=True)


class SettleOut(Out):
    """A hold that the entry paid out."""

    hold = Id(required=True)
    amount = Count(required=True, allow_none=True, metadata={"description": "null is all that was left"})


class EntryOut(FactOut):
    """An entry of the ledger, whole."""

    id = Id(required=True)
    key = fields.String(required=True, metadata={"description": "made from the fact; it stands once"})
    posted_at = Moment(required=True)
    postings = fields.List(fields.Nested(PostingOut), required=True)
    reserves = fields.List(fields.Nested(ReserveOut), required=True)
    settles = fields.List(fields.Nested(SettleOut), required=True)
    releases = fields.List(Id(), required=True, metadata={"description": "holds set free"})
    expires = fields.List(Id(), required=True, metadata={"description": "holds whose time was over"})
    reverses = Id(required=True, allow_none=True, metadata={"description": "the entry it corrects"})
    facts = Facts(required=True, metadata={"description": "what it is about"})

    @pre_dump
    def _flatten(self, recorded: Recorded, **_: Any) -> dict[str, Any]:
        entry = recorded.entry
        return {**vars(entry), **_words(entry.key, entry.kind), "posted_at": recorded.posted_at}


class WitnessOut(Out):
    """Somebody outside who is asked to sign that the log has only grown."""

    name = fields.String(required=True)
    has_signed_newest = fields.Boolean(
        required=True, metadata={"description": "whether the newest checkpoint has its signature"}
    )
    signed_entries = Count(
        required=True,
        allow_none=True,
        attribute="size",
        metadata={"description": "how many entries the last checkpoint had that it signed; null is none yet"},
    )
    signed_at = Moment(required=True, allow_none=True, metadata={"description": "when, by its own clock"})


class WitnessesOut(Out):
    """All of them, as the settings name them."""

    items = fields.List(fields.Nested(WitnessOut), required=True)


class ProofOut(Out):
    """A receipt: whoever has it and the log's key can check it with no access to the platform."""

    entry = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "the entry in exactly the words that its leaf commits to"},
    )
    salt = fields.String(
        required=True, metadata={"description": "what hides the leaf from everybody else; base64"}
    )
    proof = fields.String(
        required=True,
        metadata={"description": "position, path and signed checkpoint, as `c2sp.org/tlog-proof@v1`"},
    )
