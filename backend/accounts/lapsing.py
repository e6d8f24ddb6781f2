"""How points lapse: their household is told thirty days before, and an entry takes them the night after."""

from collections import Counter
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy.orm import Session

import ledger
from backend.accounts import queries
from backend.accounts.chart import household_of
from backend.accounts.models import LapseNotice
from backend.accounts.postings import GREEN, Entry, Refused, expired
from backend.identity import queries as identity
from backend.kit.db import driver
from backend.kit.ids import new_id
from backend.notices import service as notices
from ledger import Due

BATCH = 500
"""So many households a transaction looks after, and no more are locked at once."""
NOTICE = timedelta(days=30)

log = structlog.get_logger()


def expire(db: Session, *, district: str, night: date, at: datetime, after: str | None = None) -> str | None:
    """Take what has lapsed and is not held from the next households; return after whom to go on.

    Said again in one night, it takes nothing twice. What was spent meanwhile is refused and looked at again
    the next night, as is what a hold sets free.
    """
    conn = driver(db)
    last = None if after is None else Due(account=after, asset=GREEN, amount=0, since=at)
    found = ledger.due(conn, district, at, after=last, limit=BATCH)
    outcomes = ledger.post_many(conn, [_expiry(one, district, night=night, at=at) for one in found])
    refused = Counter(outcome.code.value for outcome in outcomes if isinstance(outcome, Refused))
    if refused:
        log.info("expiry_waits", district=district, night=night.isoformat(), **refused)
    return found[-1].account if len(found) == BATCH else None


def _expiry(due: Due, district: str, *, night: date, at: datetime) -> Entry:
    household = household_of(due.account)
    return Entry(
        id=new_id(at),
        key=f"expiry/{household}/{night}",
        book=district,
        kind="points.expired",
        at=at,
        postings=expired(household, due.amount),
        subject=household,
    )


def warn(db: Session, *, district: str, at: datetime) -> bool:
    """Tell the next households what lapses soon, once for each date; return whether more may wait."""
    found = queries.untold_lapses(db, district, after=at, by=at + NOTICE, limit=BATCH)
    members = identity.members_by_household(db, district, {one.household for one in found})
    for one in found:
        db.add(LapseNotice(district=district, household=one.household, lapses_at=one.lapses_at, told_at=at))
        facts = {"points": one.points, "moment": one.lapses_at.isoformat()}
        for person in members.get(one.household, ()):
            notices.tell(db, person, "points.lapse_soon", facts, district=district, at=at)
    return len(found) == BATCH
