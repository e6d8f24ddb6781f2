"""What may happen to accounts: the only way from the rooms into the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from backend.accounts import logs, queries, sources
from backend.accounts.chart import CHART
from backend.accounts.postings import (
    GREEN,
    Entry,
    Outcome,
    Posting,
    Refusal,
    Refused,
    Reserve,
    Settle,
    Unbacked,
    corrected,
    green,
    is_backed,
    owed,
    repaid,
)
from backend.accounts.rules import recovery
from backend.kit.db import driver
from backend.kit.ids import new_id

explain = sources.explain
"""Let a room explain entries on accounts that are settled, and name their parties."""

_TRIES = 20
_OVERTAKEN = {Refusal.INSUFFICIENT, Refusal.ALREADY_REVERSED, Refusal.KEY_REUSED}
"""What a correction is refused for when points were spent, or corrected, since it was composed."""


class Unposted(Exception):
    """The ledger refused what a room had made sure of: a bug, never an answer to a client."""


class Overcorrected(ValueError):
    """A correction would take back more than was awarded: a bug, never an answer to a client."""


def open_book(db: Session, district: str) -> None:
    """Give a district its book, with our chart of accounts; said again, it changes nothing."""
    ledger.adopt(driver(db), district, CHART)


def seal(db: Session, district: str) -> int:
    """Give the next entries of a district's book their positions in its log; return how many.

    :raises ledger.UnknownBook: the district has no book
    """
    return ledger.seal(driver(db), district)


def renew_log_key(db: Session, district: str, *, at: datetime) -> str:
    """Make a new key for a district's log, which signs beside the one before; return what verifies it."""
    return logs.renew_key(db, district, at=at)


def retire_log_keys(db: Session, district: str, *, at: datetime) -> int:
    """Let only the newest key of a district's log sign from now on; return how many no longer do."""
    return logs.retire_keys(db, district, at=at)


def post(
    db: Session,
    *,
    district: str,
    key: str,
    kind: str,
    at: datetime,
    postings: Sequence[Posting] = (),
    reserves: Sequence[Reserve] = (),
    settles: Sequence[Settle] = (),
    releases: Sequence[UUID] = (),
    expires: Sequence[UUID] = (),
    reverses: UUID | None = None,
    subject: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
    id: UUID | None = None,
) -> Outcome:
    """Post one fact to a district's book, in one round trip, as the last locking write of a transaction.

    :param key: made from the fact, such as `weighing/<id>/confirmed`; it stands in the book once
    :param subject: the household it concerns
    :param facts: small JSON without personal data
    :param id: of the entry, for a fact that keeps it; the posting stays the last write
    :returns: what the ledger says, refusals included
    :raises Unbacked: it would leave points without a fen behind them
    """
    if not is_backed(postings):
        raise Unbacked(key)
    entry = Entry(
        id=id or new_id(at),
        key=key,
        book=district,
        kind=kind,
        at=at,
        postings=tuple(postings),
        reserves=tuple(reserves),
        settles=tuple(settles),
        releases=tuple(releases),
        expires=tuple(expires),
        reverses=reverses,
        subject=subject,
        facts=dict(facts or {}),
    )
    return ledger.post(driver(db), entry)


def post_all(db: Session, entries: Sequence[Entry]) -> list[Outcome]:
    """Post many facts in one round trip, each by itself, as the last locking write of a transaction.

    :raises Unbacked: one would leave points without a fen behind them
    """
    for entry in entries:
        if not is_backed(entry.postings):
            raise Unbacked(entry.key)
    return ledger.post_many(driver(db), entries) if entries else []


def entry_of(outcome: Outcome) -> UUID:
    """Return the entry of a posting that could not be refused.

    :raises Unposted: it was
    """
    if isinstance(outcome, Refused):
        raise Unposted(f"{outcome.code}: {outcome.about}")
    return outcome.entry_id


def award(
    db: Session,
    *,
    district: str,
    household: UUID,
    points: int,
    key: str,
    kind: str,
    at: datetime,
    postings: Sequence[Posting],
    settles: Sequence[Settle] = (),
    facts: Mapping[str, Any] | None = None,
    id: UUID | None = None,
) -> UUID:
    """Post an award of points; a household that owes repays from it first, up to what it owes.

    :param points: of the household, as the postings award them
    """
    for _ in range(_TRIES):
        owes = queries.balance(db, district, owed(household), GREEN).posted
        outcome = post(
            db,
            district=district,
            key=key,
            kind=kind,
            at=at,
            postings=(*postings, *repaid(household, min(points, owes))),
            settles=settles,
            subject=household,
            facts=facts,
            id=id,
        )
        # Another award has repaid meanwhile.
        if not (isinstance(outcome, Refused) and outcome.about == owed(household)):
            break
    return entry_of(outcome)


def correct(
    db: Session,
    *,
    district: str,
    award: UUID,
    refunds: Mapping[str, int],
    key: str,
    at: datetime,
    beside: Sequence[Posting] = (),
    facts: Mapping[str, Any] | None = None,
) -> UUID:
    """Take points back that should not have been awarded, once; what is gone is owed.

    Whatever happens to the points at the same time comes before or after: then it is composed anew.

    :param refunds: the fen that the points cost too much, by the account that paid them
    :param key: made from the decision; it is posted once
    :param beside: what else of the award was wrong: grams, mass, an operator's subsidy
    :raises Overcorrected: that much was never awarded, or was taken back before
    """
    conn = driver(db)
    for _ in range(_TRIES):
        if (known := ledger.find(conn, district, key)) is not None:
            return known.entry.id
        found = queries.award(db, district, award)
        if found is None or any(fen > found.paid_fen.get(payer, 0) for payer, fen in refunds.items()):
            raise Overcorrected(key)
        back = recovery(
            sum(refunds.values()),
            expired_points=found.expired_points,
            available_points=queries.balance(db, district, green(found.household), GREEN).available,
        )
        outcome = post(
            db,
            district=district,
            key=key,
            kind="award.corrected",
            at=at,
            postings=(*corrected(found.household, refunds, back), *beside),
            reverses=found.latest,
            subject=found.household,
            facts={**(facts or {}), "award": str(award), **asdict(back)},
        )
        if not isinstance(outcome, Refused) or outcome.code not in _OVERTAKEN:
            break
    return entry_of(outcome)
