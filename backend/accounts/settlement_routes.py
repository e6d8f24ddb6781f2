"""A month's settlement: sheets, their lines, two signatures and the payment."""

from typing import Any
from uuid import UUID

from flask import Response

from backend.accounts import settling, sheets
from backend.accounts.errors import (
    AlreadySigned,
    DifferencesUnexplained,
    LaterSheetStands,
    MonthNotOver,
    NotCountersigned,
    NothingToPay,
    PointsNotThere,
    SheetNotDrawnUp,
    SheetNotFound,
)
from backend.accounts.parties import Month
from backend.accounts.reckoning import Sheet
from backend.accounts.settlement_examples import LINE, PAID, SHEET, SIGNED, WITHDRAWN
from backend.accounts.settlement_schemas import (
    DrawnUpOut,
    DrawUpIn,
    PaymentIn,
    SheetLinePageOut,
    SheetOut,
    SheetPageOut,
    SheetsIn,
    SignatureIn,
    WithdrawalIn,
)
from backend.accounts.tables import SHEETS
from backend.accounts.workbook import workbook
from backend.kit.api import Room
from backend.kit.auth import refuses, requires
from backend.kit.etag import edits, expected, tagged
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.pace import COSTLY, paced
from backend.kit.paging import CursorUnreadable, Page, PageIn
from backend.kit.sheets import CONTENT_TYPE
from backend.kit.tables import also_as_table

settlement = Room(
    "settlement",
    __name__,
    url_prefix="/v1/settlement",
    description="Monthly sheets of operators, merchants and programmes, line by line as the ledger has them.",
)


@settlement.get("/sheets")
@requires("settlement:read")
@settlement.arguments(SheetsIn, location="query")
@settlement.response(200, SheetPageOut, example={"items": [SHEET], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(SHEETS, SheetPageOut)
def list_sheets(args: dict[str, Any]) -> Page[Sheet]:
    """List the sheets of your district, or of whom you work for, the newest first."""
    return sheets.listed(session(), by=actor(), **args)


@settlement.post("/sheets")
@requires("settlement:draw_up")
@idempotent
@settlement.arguments(DrawUpIn, example={"month": "2026-11"})
@settlement.response(201, DrawnUpOut, example={"items": [SHEET]})
@refuses(MonthNotOver)
def draw_up(body: dict[str, Any]) -> dict[str, Any]:
    """Draw up the sheets of a month that parties lack: those withdrawn, or of who came late."""
    who, month = actor(), Month.read(body["month"])
    return {"items": settling.draw_up(session(), district=who.district, month=month, by=who, at=now())}


@settlement.get("/sheets/<uuid:sheet_id>")
@requires("settlement:read")
@settlement.response(200, SheetOut, example=SHEET)
@refuses(SheetNotFound)
@tagged
def show(sheet_id: UUID) -> Sheet:
    """Show a sheet: what it comes to, and what stands behind the points."""
    return sheets.shown(session(), sheet_id, by=actor())


@settlement.get("/sheets/<uuid:sheet_id>/lines")
@requires("settlement:read")
@settlement.arguments(PageIn, location="query")
@settlement.response(200, SheetLinePageOut, example={"items": [LINE], "next_cursor": None})
@refuses(SheetNotFound, CursorUnreadable)
def list_lines(args: dict[str, Any], sheet_id: UUID) -> Page[sheets.NumberedLine]:
    """List the lines of a sheet, each with its entry; what is unexplained comes first."""
    return sheets.lines(session(), sheet_id, by=actor(), **args)


@settlement.get("/sheets/<uuid:sheet_id>/workbook.xlsx")
@requires("settlement:read")
@paced(COSTLY)
@settlement.response(200, {"type": "string", "format": "binary"}, content_type=CONTENT_TYPE)
@refuses(SheetNotFound)
def download(sheet_id: UUID) -> Response:
    """Download a sheet as Excel: the unexplained, the summary, and every line."""
    who = actor()
    sheet = sheets.shown(session(), sheet_id, by=who)
    content = workbook(sheet, sheets.all_lines(session(), who.district, sheet_id))
    named = f'attachment; filename="settlement-{sheet.month}-{sheet.party_kind}-{sheet.party}.xlsx"'
    return Response(content, content_type=CONTENT_TYPE, headers={"Content-Disposition": named})


@settlement.post("/sheets/<uuid:sheet_id>/signature")
@requires("settlement:sign")
@edits
@settlement.arguments(SignatureIn, example={})
@settlement.response(200, SheetOut, example=SIGNED)
@refuses(SheetNotFound, SheetNotDrawnUp, AlreadySigned, DifferencesUnexplained, PointsNotThere)
@tagged
def sign(body: dict[str, Any], sheet_id: UUID) -> Sheet:
    """Sign a sheet; the second signature is another person's, and settles a merchant's points."""
    return settling.sign(session(), sheet_id, by=actor(), at=now(), is_as_seen=expected(), **body)


@settlement.post("/sheets/<uuid:sheet_id>/withdrawal")
@requires("settlement:sign")
@edits
@settlement.arguments(WithdrawalIn, example={"reason": "漏记一笔兑换"})
@settlement.response(200, SheetOut, example=WITHDRAWN)
@refuses(SheetNotFound, SheetNotDrawnUp, LaterSheetStands)
@tagged
def withdraw(body: dict[str, Any], sheet_id: UUID) -> Sheet:
    """Take a sheet back that two people have not signed; its month can be drawn up anew."""
    return settling.withdraw(session(), sheet_id, by=actor(), at=now(), is_as_seen=expected(), **body)


@settlement.post("/sheets/<uuid:sheet_id>/payment")
@requires("settlement:pay")
@idempotent
@edits
@settlement.arguments(PaymentIn, example={"reference": "ICBC-20261205-0042"})
@settlement.response(200, SheetOut, example=PAID)
@refuses(SheetNotFound, NotCountersigned, NothingToPay)
@tagged
def pay(body: dict[str, Any], sheet_id: UUID) -> Sheet:
    """Record that what a sheet says was paid through the bank, as an entry."""
    return settling.pay(session(), sheet_id, by=actor(), at=now(), is_as_seen=expected(), **body)
