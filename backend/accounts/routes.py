"""A household's accounts: what it has, how it came, and every line of every entry."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify

from backend.accounts import queries, settlement_routes
from backend.accounts.errors import EntryNotFound, LogNotFound, ProofNotReady
from backend.accounts.examples import ACCOUNTS, CARBON_LINE, ENTRY, GREEN_LINE, RECEIPT, WITNESSES
from backend.accounts.postings import CO2E, GREEN, Line, Recorded, co2e, green
from backend.accounts.schemas import (
    AccountsOut,
    CarbonPageOut,
    EntryOut,
    GreenPageOut,
    ProofOut,
    WitnessesOut,
)
from backend.kit.api import Room
from backend.kit.auth import public, refuses, requires
from backend.kit.http import actor, session
from backend.kit.paging import CursorUnreadable, Page, PageIn

blp = Room("accounts", __name__, description="Green points and saved CO2e, with a statement and every entry.")
settlement = settlement_routes.settlement
log = Blueprint("log", __name__, url_prefix="/log/<district:book>")
"""The logs of all books for whoever likes to check them, as C2SP `tlog-tiles` has it."""

SOON, LATER, NEVER = "public, max-age=1", "public, max-age=300", "public, max-age=31536000, immutable"


@blp.get("/accounts")
@requires("account:read")
@blp.response(200, AccountsOut, example=ACCOUNTS)
def show_accounts() -> queries.HouseholdAccounts:
    """Show what your household has."""
    who = actor()
    return queries.household_accounts(session(), who.district, who.home())


@blp.get("/accounts/green/entries")
@requires("account:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, GreenPageOut, example={"items": [GREEN_LINE], "next_cursor": None})
@refuses(CursorUnreadable)
def list_green(args: dict[str, Any]) -> Page[Line]:
    """List how your household's points came and went, the newest first."""
    who = actor()
    return queries.statement(session(), who.district, green(who.home()), GREEN, **args)


@blp.get("/accounts/carbon/entries")
@requires("account:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, CarbonPageOut, example={"items": [CARBON_LINE], "next_cursor": None})
@refuses(CursorUnreadable)
def list_carbon(args: dict[str, Any]) -> Page[Line]:
    """List how your household's saved grams came about, the newest first."""
    who = actor()
    return queries.statement(session(), who.district, co2e(who.home()), CO2E, **args)


@blp.get("/entries/<uuid:entry_id>")
@requires("account:read")
@blp.response(200, EntryOut, example=ENTRY)
@refuses(EntryNotFound)
def show_entry(entry_id: UUID) -> Recorded:
    """Show an entry of the ledger that concerns your household, with every posting."""
    who = actor()
    found = queries.entry(session(), who.district, entry_id, household=who.home())
    if found is None:
        raise EntryNotFound
    return found


@blp.get("/entries/<uuid:entry_id>/proof")
@requires("account:read")
@blp.response(200, ProofOut, example=RECEIPT)
@refuses(EntryNotFound, ProofNotReady)
def prove_entry(entry_id: UUID) -> tuple[queries.Receipt, int, dict[str, str]]:
    """Hand out a receipt for an entry of your household, to be kept and checked without us."""
    who = actor()
    found = queries.receipt(session(), who.district, entry_id, household=who.home())
    if found is None:
        raise EntryNotFound
    named = f'attachment; filename="receipt-{entry_id}.json"'
    return found, HTTPStatus.OK, {"Content-Disposition": named}


@blp.get("/witnesses")
@requires("witness:read")
@blp.response(200, WitnessesOut, example={"items": WITNESSES})
def list_witnesses() -> dict[str, list[queries.Witnessed]]:
    """List who is asked to sign the log of your district, each with what it has signed last."""
    return {"items": queries.witnesses(session(), actor().district)}


@log.get("/checkpoint")
@public
@refuses(LogNotFound)
def checkpoint(book: str) -> Response:
    """Show the newest signed checkpoint of a book's log, with what witnesses have signed of it."""
    return _text(queries.newest_note(session(), book), kept=SOON)


@log.get("/checkpoint/<int:size>")
@public
@refuses(LogNotFound)
def checkpoint_of(book: str, size: int) -> Response:
    """Show the checkpoint of one size; witnesses may still sign it."""
    return _text(queries.note_of(session(), book, size), kept=SOON)


@log.get("/consistency/<int:old>")
@public
@refuses(LogNotFound)
def consistency(book: str, old: int) -> Response:
    """Join the checkpoint of one size with the newest: nothing before the first was changed since."""
    joined = queries.pair(session(), book, old)
    if joined is None:
        raise LogNotFound
    shown = jsonify(joined._asdict())
    shown.headers["Cache-Control"] = SOON
    return shown


@log.get("/key")
@public
@refuses(LogNotFound)
def keys(book: str) -> Response:
    """Show the keys that verify a book's log, the newest first; compare them with what others publish."""
    return _text("".join(f"{key}\n" for key in queries.verifiers(session(), book)) or None, kept=LATER)


@log.get("/tile/<level>/<path:number>")
@public
@refuses(LogNotFound)
def tile(book: str, level: str, number: str) -> Response:
    """Serve hashes of the tree, or with the level `entries` what its leaves hash."""
    content = queries.tile(session(), book, level, number)
    if content is None:
        raise LogNotFound
    return Response(content, mimetype="application/octet-stream", headers={"Cache-Control": NEVER})


def _text(content: str | None, *, kept: str) -> Response:
    if content is None:
        raise LogNotFound
    return Response(content, content_type="text/plain; charset=utf-8", headers={"Cache-Control": kept})
