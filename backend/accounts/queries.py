"""The questions that are asked of accounts."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row
from sqlalchemy.orm import Session

import ledger
from backend.accounts import logs
from backend.accounts.awards import Award, award
from backend.accounts.chart import (
    ANY,
    CO2E,
    FEN,
    GREEN,
    co2e,
    fund,
    green,
    green_owing,
    merchant_green,
    operator_due,
    owed,
)
from backend.accounts.drawing import available, daily_draws
from backend.accounts.errors import ProofNotReady
from backend.accounts.postings import Balance, Line, Recorded
from backend.accounts.rules import Backing
from backend.accounts.witnesses import named
from backend.kit.db import driver, see
from backend.kit.paging import Page, cut, key_of, whole
from backend.network import queries as network
from backend.settings import settings
from ledger import Pair, Receipt, Witnessed

__all__ = ["Award", "Backing", "Balance", "Receipt", "Witnessed", "available", "award", "daily_draws"]

_BACKING = """
with account as (
    select id, path, asset from ledger.account where book = %(book)s
), bounded as (
    select account.path, account.asset, balance.posted
      from account
      join ledger.balance on balance.book = %(book)s and balance.account = account.id
), tail as materialized (
    select account, amount from ledger.tail(%(book)s)
), derived as (
    select account.asset,
           coalesce((select posted from ledger.snapshot
                      where book = %(book)s and snapshot.account = account.id order by size desc limit 1), 0)
           + coalesce((select tail.amount from tail where tail.account = account.id), 0) as amount
      from account
     where account.asset = %(fen)s and ledger.matches(%(due)s, account.path)
        or account.asset = %(green)s and account.path = %(owing)s
)
select (select coalesce(sum(posted), 0)::bigint from bounded
         where asset = %(green)s and ledger.matches(%(household)s, path)) as household_points,
       (select coalesce(sum(posted), 0)::bigint from bounded
         where asset = %(green)s and ledger.matches(%(merchant)s, path)) as merchant_points,
       (select coalesce(sum(posted), 0)::bigint from bounded
         where asset = %(fen)s and path = %(fund)s) as fund_fen,
       (select coalesce(-sum(amount), 0)::bigint from derived where asset = %(fen)s) as operators_owe_fen,
       (select coalesce(sum(posted), 0)::bigint from bounded
         where asset = %(green)s and ledger.matches(%(owed)s, path)) as owed_points,
       (select coalesce(sum(amount), 0)::bigint from derived where asset = %(green)s) as owing_points
"""

# Each of a household's accounts has a floor, so its balance is kept and need not be derived. What lapses next
# is told beside the points: this is what an app asks whenever it is opened.
_HOUSEHOLD = """
select coalesce(kept.posted, 0)::bigint, coalesce(kept.held, 0)::bigint, lapse.points, lapse.lapses_at
  from (values (1, %(green)s, %(points)s), (2, %(co2e)s, %(grams)s), (3, %(owed)s, %(points)s))
       as named (no, path, asset)
  left join ledger.account a on a.book = %(book)s and a.path = named.path and a.asset = named.asset
  left join lateral (
           select sum(b.posted) as posted, sum(b.held) as held
             from ledger.balance b
            where b.book = %(book)s and b.account = a.id
       ) kept on true
  left join lateral (
           select sum(l.posted - l.held)::bigint as points, l.expires_at as lapses_at
             from ledger.lot l
            where named.no = 1 and l.book = %(book)s and l.account = a.id
              and l.posted > l.held and l.expires_at is not null
            group by l.expires_at
            order by l.expires_at
            limit 1
       ) lapse on true
 order by named.no
"""

_UNTOLD_LAPSES = """
with lapse as (
    select split_part(a.path, '/', 2)::uuid as household, l.expires_at as lapses_at,
           sum(l.posted - l.held)::bigint as points
      from ledger.lot l
      join ledger.account a on a.book = l.book and a.id = l.account
     where l.book = %(book)s and l.posted > l.held and l.expires_at > %(after)s and l.expires_at <= %(by)s
     group by a.path, l.expires_at
)
select household, lapses_at, points
  from lapse
 where not exists (
           select from lapse_notice told
            where told.district = %(book)s and told.household = lapse.household
              and told.lapses_at = lapse.lapses_at
       )
 order by lapses_at, household
 limit %(limit)s
"""


@dataclass(frozen=True)
class HouseholdBalances:
    """What a household has."""

    green: Balance
    carbon: Balance
    owed: Balance


@dataclass(frozen=True)
class Lapse:
    """Points that lapse at once, held ones left out."""

    points: int
    lapses_at: datetime


@dataclass(frozen=True)
class HouseholdLapse(Lapse):
    """Points of a household that lapse at once."""

    household: UUID


@dataclass(frozen=True)
class HouseholdAccounts:
    """What a household has, and what of it lapses next."""

    balances: HouseholdBalances
    next_lapse: Lapse | None


def balance(db: Session, district: str, path: str, asset: str) -> Balance:
    """Return what an account has; one that was never used has nothing."""
    return ledger.balance(driver(db), district, path, asset)


def household_accounts(db: Session, district: str, household: UUID) -> HouseholdAccounts:
    """Return a household's points, grams, what it owes and which points lapse next, in one query."""
    names = {
        "book": district,
        "green": green(household),
        "co2e": co2e(household),
        "owed": owed(household),
        "points": GREEN,
        "grams": CO2E,
    }
    points, grams, debt = driver(db).execute(_HOUSEHOLD, names).fetchall()
    balances = (Balance(posted=posted, held=held) for posted, held, *_ in (points, grams, debt))
    *_, lapsing_points, lapses_at = points
    next_lapse = None if lapses_at is None else Lapse(points=lapsing_points, lapses_at=lapses_at)
    return HouseholdAccounts(HouseholdBalances(*balances), next_lapse)


def household_balances(db: Session, district: str, household: UUID) -> HouseholdBalances:
    """Return a household's points, grams and what it owes, in one query."""
    return household_accounts(db, district, household).balances


def untold_lapses(
    db: Session, district: str, *, after: datetime, by: datetime, limit: int
) -> list[HouseholdLapse]:
    """List what lapses after a time and by another, where its household was not told of the date."""
    names = {"book": district, "after": after, "by": by, "limit": limit}
    with driver(db).cursor(row_factory=class_row(HouseholdLapse)) as cursor:
        return cursor.execute(_UNTOLD_LAPSES, names).fetchall()


def statement(
    db: Session, district: str, path: str, asset: str, *, cursor: str | None, limit: int
) -> Page[Line]:
    """List what came to an account with a floor and left it, the newest first, in one query."""
    key = key_of(cursor, whole)
    before = None if key is None else str(key[0])
    lines = ledger.statement(driver(db), district, path, asset, before=before, limit=limit + 1)
    return cut(lines, limit, lambda line: (line.version,))


def entry(db: Session, district: str, entry_id: UUID, *, household: UUID) -> Recorded | None:
    """Find an entry that concerns a household."""
    found = ledger.entry(driver(db), district, entry_id)
    return found if found is not None and found.entry.subject == household else None


def receipt(db: Session, district: str, entry_id: UUID, *, household: UUID) -> Receipt | None:
    """Make a receipt for an entry that concerns a household.

    :raises ProofNotReady: no checkpoint covers it yet
    """
    try:
        found = ledger.receipt(driver(db), district, entry_id, witnesses=len(named(settings().witnesses)))
    except ledger.NotYetSealed:
        raise ProofNotReady from None
    except ledger.Unlinked:
        return None
    return found if found is not None and found.entry.get("subject") == str(household) else None


def newest_note(db: Session, district: str) -> str | None:
    """Return the newest checkpoint of a district's log."""
    see(db, district)
    found = ledger.newest_checkpoint(driver(db), district)
    return found and found.note


def note_of(db: Session, district: str, size: int) -> str | None:
    """Return the checkpoint of one size."""
    see(db, district)
    found = ledger.checkpoint_at(driver(db), district, size)
    return found and found.note


def pair(db: Session, district: str, old: int) -> Pair | None:
    """Join a checkpoint with the newest one."""
    see(db, district)
    return ledger.pair(driver(db), district, old)


def witnesses(db: Session, district: str) -> list[Witnessed]:
    """Tell of each witness that is asked how far it has signed a district's log, in one query."""
    asked = [witness.key.name for witness in named(settings().witnesses)]
    return ledger.witnessed(driver(db), district, asked)


def verifiers(db: Session, district: str) -> list[str]:
    """List the keys that verify a district's log."""
    see(db, district)
    return logs.verifiers(db, district)


def every_verifier(db: Session) -> list[str]:
    """List the keys that verify the logs of all districts."""
    codes = [district.code for district in network.districts(db)]
    see(db, *codes)
    return [key for code in codes for key in logs.verifiers(db, code)]


def tile(db: Session, district: str, level: str, number: str) -> bytes | None:
    """Return a part of a district's log by the name that C2SP `tlog-tiles` gives it."""
    see(db, district)
    return ledger.served(driver(db), district, f"tile/{level}/{number}")


def backing(db: Session, district: str) -> Backing:
    """Add up a district's points and the fen that stand behind them."""
    names = {
        "book": district,
        "green": GREEN,
        "fen": FEN,
        "household": green(ANY),
        "merchant": merchant_green(ANY),
        "fund": fund(),
        "due": operator_due(ANY),
        "owed": owed(ANY),
        "owing": green_owing(),
    }
    with driver(db).cursor(row_factory=class_row(Backing)) as cursor:
        found = cursor.execute(_BACKING, names).fetchone()
    assert found is not None, "a sum has one row"
    return found
