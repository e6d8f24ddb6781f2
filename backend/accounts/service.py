"""What may happen to accounts: the only way from the rooms into the ledger."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

import ledger
from backend.accounts import logs
from backend.accounts.chart import CHART
from backend.accounts.postings import (
    Entry,
    Outcome,
    Posting,
    Refused,
    Reserve,
    Settle,
    Unbacked,
    funded,
    is_backed,
)
from backend.kit.db import driver
from backend.kit.ids import new_id


class Unposted(Exception):
    """The ledger refused what a room had made sure of: a bug, never an answer to a client."""


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


def entry_of(outcome: Outcome) -> UUID:
    """Return the entry of a posting that could not be refused.

    :raises Unposted: it was
    """
    if isinstance(outcome, Refused):
        raise Unposted(f"{outcome.code}: {outcome.about}")
    return outcome.entry_id


def fund_budget(
    db: Session, *, district: str, programme: UUID, period: str, fen: int, key: str, at: datetime
) -> UUID:
    """Pay money into a programme's budget.

    :param key: names the payment, such as `funding/<payment>`; it is booked once
    """
    return entry_of(
        post(
            db,
            district=district,
            key=key,
            kind="budget.funded",
            at=at,
            postings=funded(programme, period, fen),
            facts={"programme": str(programme), "period": period},
        )
    )
