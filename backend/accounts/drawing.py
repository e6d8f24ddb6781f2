"""What is left on accounts that many draw on, and what was drawn from one day by day."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

import ledger
from backend.kit.clock import CITY
from backend.kit.db import driver

# What an account pays out and gets back, by the day of the fact; moves between purses do not count.
_DAILY_DRAWS = """
with purse as (
    select id from ledger.account
     where book = %(book)s and asset = %(asset)s
       and (path in ('treasury', 'bank') or ledger.matches('budget/*/*', path))
), moved as (
    select p.entry, p.amount, p.target as other
      from ledger.account a
      join ledger.posting p on p.book = a.book and p.source = a.id
     where a.book = %(book)s and a.path = %(path)s and a.asset = %(asset)s
     union all
    select p.entry, -p.amount, p.source
      from ledger.account a
      join ledger.posting p on p.book = a.book and p.target = a.id
     where a.book = %(book)s and a.path = %(path)s and a.asset = %(asset)s
)
select (e.at at time zone %(zone)s)::date as day, sum(moved.amount)::bigint as amount
  from moved
  join ledger.entry e on e.book = %(book)s and e.id = moved.entry
 where moved.other not in (select id from purse)
 group by 1
 order by 1
"""


def available(db: Session, district: str, paths: Sequence[str], asset: str) -> dict[str, int]:
    """Return what accounts have that is not held, in one query; those that were never used have nothing."""
    if not paths:
        return {}
    found = ledger.balances(driver(db), district, [(path, asset) for path in paths])
    return {path: balance.available for (path, _), balance in found.items()}


def daily_draws(db: Session, district: str, path: str, asset: str) -> list[tuple[date, int]]:
    """List what an account has paid on each day of the city, less what came back to it on that day."""
    names = {"book": district, "path": path, "asset": asset, "zone": CITY.key}
    return [(on, amount) for on, amount in driver(db).execute(_DAILY_DRAWS, names)]
