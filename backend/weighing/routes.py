"""Weighings: recorded by a collector, answered by a resident."""

from typing import Any
from uuid import UUID

from backend.booking.errors import PickupNotFound, StepNotAllowed
from backend.kit.api import Room
from backend.kit.auth import refuses, requires
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.paging import CursorUnreadable, Page
from backend.kit.tables import also_as_table
from backend.network.errors import ScaleNotFound, ScaleRetired
from backend.weighing import evidence, queries, service
from backend.weighing.errors import (
    AlreadyConfirmed,
    AlreadyEnded,
    AlreadyWeighed,
    AnswerOverdue,
    CodeLocked,
    CodeWrong,
    EvidenceDecided,
    EvidenceNotFound,
    LineNotFound,
    LineTwice,
    MaterialNotAccepted,
    NothingWeighed,
    NotQuoted,
    OwnEvidence,
    QuoteChanged,
    ReceiptNotReady,
    ScaleCannotRead,
    ScaleNotCertified,
    ScaleOutOfUse,
    WeighingNotFound,
    WeighingTwice,
)
from backend.weighing.examples import EVIDENCE, QUOTE, RECEIPT, RECORD, WEIGHING
from backend.weighing.models import Weighing, WeighingLine
from backend.weighing.schemas import (
    ConfirmationIn,
    DecisionIn,
    EvidenceIn,
    EvidenceOut,
    EvidencePageOut,
    LinesIn,
    QuoteOut,
    ReceiptOut,
    ReturnIn,
    WeighingIn,
    WeighingPageOut,
    WeighingsIn,
)
from backend.weighing.tables import WEIGHTS

blp = Room(
    "weighings",
    __name__,
    url_prefix="/v1/weighings",
    description="Weighings: recorded at the door, answered by the resident, posted as one entry.",
)


@blp.post("")
@requires("weighing:record")
@idempotent
@blp.arguments(WeighingIn, example=RECORD)
@blp.response(201, QuoteOut, example={**QUOTE, "state": "open", "answer_by": None})
@refuses(PickupNotFound, StepNotAllowed, AlreadyWeighed, WeighingTwice, ScaleNotFound, ScaleRetired)
@refuses(ScaleNotCertified, ScaleOutOfUse, ScaleCannotRead, MaterialNotAccepted, LineTwice)
def record(body: dict[str, Any]) -> queries.Quote:
    """Begin a weighing at the door; its lines are quoted at once, and what they promise is held."""
    return service.record(session(), by=actor(), at=now(), **body)


@blp.get("")
@requires("weighing:list")
@blp.arguments(WeighingsIn, location="query")
@blp.response(200, WeighingPageOut, example={"items": [WEIGHING], "next_cursor": None})
@refuses(CursorUnreadable)
def list_weighings(args: dict[str, Any]) -> Page[Weighing]:
    """List your household's weighings, the newest first; of one pickup, its weighing."""
    return queries.weighings(session(), actor().district, household=actor().home(), **args)


@blp.get("/<uuid:weighing_id>")
@requires("weighing:read")
@blp.response(200, QuoteOut, example={**QUOTE, "confirmation_code": "604213"})
@refuses(WeighingNotFound)
def show(weighing_id: UUID) -> queries.Quote:
    """Show a weighing line by line; the household also sees the code that it may read out."""
    return queries.quote(session(), weighing_id, by=actor())


@blp.post("/<uuid:weighing_id>/lines")
@requires("weighing:record")
@idempotent
@blp.arguments(LinesIn, example={"lines": RECORD["lines"]})
@blp.response(201, QuoteOut, example={**QUOTE, "state": "open", "answer_by": None})
@refuses(WeighingNotFound, AlreadyEnded, AlreadyConfirmed, AnswerOverdue, LineTwice, MaterialNotAccepted)
@refuses(ScaleRetired, ScaleNotCertified, ScaleOutOfUse, ScaleCannotRead)
def add_lines(body: dict[str, Any], weighing_id: UUID) -> queries.Quote:
    """Put more on the scale; a quote that was delivered must be delivered again."""
    return service.add_lines(session(), weighing_id, by=actor(), at=now(), **body)


@blp.delete("/<uuid:weighing_id>/lines/<uuid:line_id>")
@requires("weighing:record")
@blp.response(200, QuoteOut, example={**QUOTE, "state": "open", "answer_by": None})
@refuses(WeighingNotFound, LineNotFound, AlreadyEnded, AlreadyConfirmed, AnswerOverdue)
def remove_line(weighing_id: UUID, line_id: UUID) -> queries.Quote:
    """Take back a line that was weighed by mistake."""
    return service.remove_line(session(), weighing_id, line_id, by=actor(), at=now())


@blp.post("/<uuid:weighing_id>/quote")
@requires("weighing:record")
@idempotent
@blp.response(200, QuoteOut, example=QUOTE)
@refuses(WeighingNotFound, NothingWeighed, AlreadyEnded, AlreadyConfirmed)
def deliver_quote(weighing_id: UUID) -> queries.Quote:
    """Deliver the quote; the resident's answer decides, or his silence at `answer_by`."""
    return service.deliver_quote(session(), weighing_id, by=actor(), at=now())


@blp.post("/<uuid:weighing_id>/confirmation")
@requires("weighing:confirm")
@idempotent
@blp.arguments(ConfirmationIn, required=False, example={"revision": QUOTE["revision"]})
@blp.response(201, ReceiptOut, example=RECEIPT)
@refuses(WeighingNotFound, NotQuoted, QuoteChanged, AlreadyConfirmed, AlreadyEnded, CodeWrong, CodeLocked)
def confirm(body: dict[str, Any], weighing_id: UUID) -> queries.Receipt:
    """Agree on the weight: the resident in the app, or the collector with the code that he was read."""
    return service.confirm(session(), weighing_id, by=actor(), at=now(), **body)


@blp.post("/<uuid:weighing_id>/return")
@requires("weighing:return")
@idempotent
@blp.arguments(ReturnIn, example={"reason": "Soiled with food"})
@blp.response(200, QuoteOut, example={**QUOTE, "state": "returned", "answer_by": None})
@refuses(WeighingNotFound, AlreadyEnded, AlreadyConfirmed, AnswerOverdue)
def give_back(body: dict[str, Any], weighing_id: UUID) -> queries.Quote:
    """Leave the goods with the household; no value moves."""
    return service.give_back(session(), weighing_id, by=actor(), at=now(), **body)


@blp.get("/<uuid:weighing_id>/receipt")
@requires("weighing:read")
@blp.response(200, ReceiptOut, example=RECEIPT)
@refuses(WeighingNotFound, ReceiptNotReady)
def receipt(weighing_id: UUID) -> queries.Receipt:
    """Show what a confirmed weighing was credited with, and every rate and factor behind it."""
    return queries.receipt(session(), weighing_id, by=actor())


desk = Room(
    "evidence",
    __name__,
    url_prefix="/v1/evidence",
    description="Subsidies that wait until staff have looked at how a weight was taken or agreed on.",
)
_DECIDED = {"decided_by": RECORD["scale_id"], "decided_at": "2026-11-17T02:00:00+00:00", "reason": "照片相符"}


@desk.get("")
@requires("evidence:read")
@desk.arguments(EvidenceIn, location="query")
@desk.response(200, EvidencePageOut, example={"items": [EVIDENCE], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(WEIGHTS, EvidencePageOut)
def list_evidence(args: dict[str, Any]) -> Page[WeighingLine]:
    """List the lines whose subsidies wait for a decision, or those that have one, the oldest first."""
    return queries.evidence(session(), actor().district, **args)


@desk.post("/<uuid:evidence_id>/acceptance")
@requires("evidence:decide")
@idempotent
@desk.arguments(DecisionIn, example={"reason": "照片相符"})
@desk.response(200, EvidenceOut, example={**EVIDENCE, **_DECIDED, "state": "accepted"})
@refuses(EvidenceNotFound, EvidenceDecided, OwnEvidence)
def accept(body: dict[str, Any], evidence_id: UUID) -> WeighingLine:
    """Accept the evidence: both subsidies are paid by one entry, or join their programme's queue."""
    return evidence.accept(session(), evidence_id, by=actor(), at=now(), **body)


@desk.post("/<uuid:evidence_id>/refusal")
@requires("evidence:decide")
@idempotent
@desk.arguments(DecisionIn, example={"reason": "没有照片"})
@desk.response(200, EvidenceOut, example={**EVIDENCE, **_DECIDED, "state": "declined"})
@refuses(EvidenceNotFound, EvidenceDecided, OwnEvidence)
def decline(body: dict[str, Any], evidence_id: UUID) -> WeighingLine:
    """Decline the evidence: nothing is paid, and what was held is free again."""
    return evidence.decline(session(), evidence_id, by=actor(), at=now(), **body)
