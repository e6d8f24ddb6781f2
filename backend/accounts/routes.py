"""A household's accounts: what it has, how it came, and every line of every entry."""

from typing import Any
from uuid import UUID

from backend.accounts import queries
from backend.accounts.errors import EntryNotFound
from backend.accounts.examples import ACCOUNTS, CARBON_LINE, ENTRY, GREEN_LINE
from backend.accounts.postings import CO2E, GREEN, Line, Recorded, co2e, green
from backend.accounts.schemas import AccountsOut, CarbonPageOut, EntryOut, GreenPageOut
from backend.kit.api import Room
from backend.kit.auth import refuses, requires
from backend.kit.http import actor, session
from backend.kit.paging import CursorUnreadable, Page, PageIn

blp = Room("accounts", __name__, description="Green points and saved CO2e, with a statement and every entry.")


@blp.get("/accounts")
@requires("account:read")
@blp.response(200, AccountsOut, example=ACCOUNTS)
def show_accounts() -> queries.HouseholdBalances:
    """Show what your household has."""
    who = actor()
    return queries.household_balances(session(), who.district, who.home())


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
