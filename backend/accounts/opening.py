"""Opening balances: what households of a district had in another system."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import TextIO
from uuid import UUID

import ledger
from backend.accounts.chart import (
    CO2E,
    FEN,
    GREEN,
    bank,
    carries_points,
    co2e,
    co2e_saved,
    fund,
    green,
    green_issued,
    green_owing,
    household_of,
    owed,
)
from backend.accounts.postings import Posted, Refusal, Refused, move
from backend.identity import queries as identity
from backend.kit.db import driver, transaction
from backend.kit.ids import new_id
from backend.network import queries as network
from ledger import Flaw, Had, Opening

BATCH = 1_000
"""So many balances a transaction opens, and no more are locked at once."""
MOST_SHOWN = 20

Openings = Mapping[int, Opening]
"""By the line of the table."""


def run(
    district: str, file: TextIO, *, system: str, dry_run: bool, at: datetime, say: Callable[[str], None]
) -> bool:
    """Post the balances of a table, if nothing is wrong with any of them, and say what was posted.

    Everything is tried first and taken back. What then breaks off goes on where it was when it is run again:
    a balance that is open already is not posted twice.

    :param system: names where the balances come from
    :returns: whether nothing is wrong
    """
    table = ledger.read_balances(file)
    openings, flaws = _openings(table.rows)
    flaws = sorted([*table.flaws, *flaws, *_strangers(district, openings)])
    post = partial(_post, district, openings, system=system, at=at)
    tried, kept = Counter[str](), Counter[str]()
    if not flaws:
        flaws = post(tried, keep=False)
    if not flaws and not dry_run:
        flaws = post(kept, keep=True)
    for line in _complaints(flaws):
        say(line)
    if not flaws:
        for line in _sums(openings):
            say(line)
    count = tried if dry_run and not flaws else kept
    say(f"Balances {'to open' if dry_run else 'opened'}: {count['now']:,}; open before: {count['before']:,}.")
    return not flaws


def _openings(rows: Mapping[int, Had]) -> tuple[Openings, list[Flaw]]:
    openings: dict[int, Opening] = {}
    flaws = []
    for line, had in rows.items():
        household = _household(had.account)
        if household is None or (against := _against(household).get((had.account, had.asset))) is None:
            flaws.append(Flaw(line, f"{had.account} {had.asset} is no account of a household"))
        elif had.balance < 0:
            flaws.append(Flaw(line, f"{had.account} cannot have {had.balance}"))
        elif had.balance:
            backed = had.balance if carries_points(had.account) else 0
            openings[line] = Opening(
                had=had, against=against, beside=move(bank(), fund(), FEN, backed), subject=household
            )
    return openings, flaws


def _household(path: str) -> UUID | None:
    try:
        return household_of(path)
    except ValueError:
        return None


def _against(household: UUID) -> dict[tuple[str, str], str]:
    return {
        (green(household), GREEN): green_issued(),
        (co2e(household), CO2E): co2e_saved(),
        (owed(household), GREEN): green_owing(),
    }


def _strangers(district: str, openings: Openings) -> Iterator[Flaw]:
    named = {one.subject for one in openings.values() if one.subject is not None}
    with transaction(districts=[district], read_only=True) as db:
        if network.district(db, district) is None:
            yield Flaw(0, f"there is no district {district}")
            return
        known = identity.households_known(db, district, named)
    for line, one in openings.items():
        if one.subject not in known:
            yield Flaw(line, f"there is no household {one.subject} in {district}")


def _post(
    district: str, openings: Openings, words: Counter[str], *, system: str, at: datetime, keep: bool
) -> list[Flaw]:
    """Post everything, or try to and take it back; count what came of it, and say what was refused."""
    lines = list(openings)
    for batch in (lines[first : first + BATCH] for first in range(0, len(lines), BATCH)):
        with transaction(districts=[district]) as db:
            conn = driver(db)
            with conn.transaction(force_rollback=not keep):
                outcomes = ledger.open_balances(
                    conn,
                    district,
                    [openings[line] for line in batch],
                    system=system,
                    at=at,
                    new_id=partial(new_id, at),
                )
        refused = [
            Flaw(line, _why(outcome))
            for line, outcome in zip(batch, outcomes, strict=True)
            if isinstance(outcome, Refused) and outcome.code is not Refusal.BATCH_REFUSED
        ]
        if refused:
            return refused
        words.update(
            "before" if outcome.replayed else "now" for outcome in outcomes if isinstance(outcome, Posted)
        )
    return []


def _why(refused: Refused) -> str:
    if refused.code is Refusal.KEY_REUSED:
        return "this account was opened with another balance before"
    return f"{refused.sentence} ({refused.about})"


def _complaints(flaws: list[Flaw]) -> Iterator[str]:
    for flaw in flaws[:MOST_SHOWN]:
        yield f"line {flaw.line}: {flaw.sentence}" if flaw.line else flaw.sentence
    if len(flaws) > MOST_SHOWN:
        yield f"and {len(flaws) - MOST_SHOWN} more"


def _sums(openings: Openings) -> Iterator[str]:
    sums: Counter[str] = Counter()
    for one in openings.values():
        sums[f"{one.had.account.rpartition('/')[2]} {one.had.asset}"] += one.had.balance
        for posting in one.beside:
            sums[f"{posting.target} {posting.asset}"] += posting.amount
    for name, amount in sorted(sums.items()):
        yield f"{name:<12} {amount:>20,}"
