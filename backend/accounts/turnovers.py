"""What moved on accounts that are settled, and what stood behind the points, as of a size of the log."""

from collections.abc import Collection

from psycopg.rows import class_row
from sqlalchemy.orm import Session

import ledger
from backend.accounts.chart import (
    ANY,
    FEN,
    GREEN,
    fund,
    green,
    green_owing,
    merchant_green,
    operator_due,
    owed,
)
from backend.accounts.parties import SETTLED, Month, Party
from backend.accounts.reckoning import Move
from backend.accounts.rules import Backing
from backend.kit.db import driver
from ledger import Turnover

_PATHS = """
select a.path
  from ledger.account a
 where a.book = %(book)s
   and exists (select from unnest(%(paths)s::text[], %(assets)s::text[]) as named (path, asset)
                where ledger.matches(named.path, a.path) and ledger.matches(named.asset, a.asset))
 order by a.path
"""

# Of the month by its own time, or of a time before and sealed after the party's last sheet was drawn up.
_MOVES = """
with named as materialized (
    select a.id, a.path, a.asset
      from ledger.account a
     where a.book = %(book)s
       and exists (select from unnest(%(paths)s::text[], %(assets)s::text[]) as named (path, asset)
                    where ledger.matches(named.path, a.path) and ledger.matches(named.asset, a.asset))
)
select named.path as account, named.asset, e.id as entry, e.key, e.kind, e.at, l.amount,
       e.reverses as corrects
  from named
  join ledger.line l on l.book = %(book)s and l.account = named.id and l.no > 0
  join ledger.entry e on e.book = %(book)s and e.id = l.entry
  join ledger.leaf f on f.book = %(book)s and f.entry = l.entry
 where f.position < %(size)s and e.at < %(until)s
   and (e.at >= %(since)s or f.position >= %(seen)s)
 order by f.position, l.no
"""

_KNOWN = """
select e.key, f.position < %(size)s and e.at < %(until)s as counts
  from ledger.entry e
  left join ledger.leaf f on f.book = %(book)s and f.entry = e.id
 where e.book = %(book)s and e.key = any (%(keys)s)
"""

# What is held now, less whatever came to holds later: after the month, or after the size.
_HELD = """
with later as (
    select e.id from ledger.entry e where e.book = %(book)s and e.at >= %(until)s
     union
    select f.entry from ledger.leaf f where f.book = %(book)s and f.position >= %(size)s
     union
    select u.entry from ledger.unsealed u where u.book = %(book)s
), named as (
    select a.id from ledger.account a
     where a.book = %(book)s and ledger.matches(%(path)s, a.path) and a.asset = %(asset)s
)
select coalesce((select sum(b.held) from ledger.balance b
                  where b.book = %(book)s and b.account in (table named)), 0)
       - coalesce((select sum(case v.kind when 'reserved' then v.amount else -v.amount end)
                     from later
                     join ledger.hold_event v on v.book = %(book)s and v.entry = later.id
                     join ledger.hold h on h.book = %(book)s and h.id = v.hold
                    where h.account in (table named)), 0)
"""

_BACKING = """
select coalesce(sum(t.opening) filter (where named.what = 'households'), 0)::bigint as household_points,
       coalesce(sum(t.opening) filter (where named.what = 'merchants'), 0)::bigint as merchant_points,
       coalesce(sum(t.opening) filter (where named.what = 'fund'), 0)::bigint as fund_fen,
       coalesce(-sum(t.opening) filter (where named.what = 'due'), 0)::bigint as operators_owe_fen,
       coalesce(sum(t.opening) filter (where named.what = 'owed'), 0)::bigint as owed_points,
       coalesce(sum(t.opening) filter (where named.what = 'owing'), 0)::bigint as owing_points
  from unnest(%(whats)s::text[], %(paths)s::text[], %(assets)s::text[]) as named (what, path, asset)
 cross join lateral ledger.turnover(
           %(book)s, named.path, named.asset, 'infinity', 'infinity', %(size)s
       ) t
"""
_BEHIND = {
    "households": (green(ANY), GREEN),
    "merchants": (merchant_green(ANY), GREEN),
    "fund": (fund(), FEN),
    "due": (operator_due(ANY), FEN),
    "owed": (owed(ANY), GREEN),
    "owing": (green_owing(), GREEN),
}


def size(db: Session, district: str) -> int:
    """Tell how far a district's book is sealed; one that nobody has opened is empty."""
    try:
        return ledger.log(driver(db), district).size
    except ledger.UnknownBook:
        return 0


def settled_paths(db: Session, district: str) -> list[str]:
    """List the accounts that are settled and were ever used."""
    names = {"book": district, **_listed(SETTLED)}
    return [path for (path,) in driver(db).execute(_PATHS, names)]


def moves(db: Session, district: str, party: Party, month: Month, *, size: int, seen: int) -> list[Move]:
    """List what belongs on a party's sheet: of the month, and late of a month before.

    :param size: of the log that the sheet is as of
    :param seen: the size that the party's last sheet was as of
    """
    names = {
        "book": district,
        **_listed(party.patterns.values()),
        "since": month.since,
        "until": month.until,
        "size": size,
        "seen": seen,
    }
    with driver(db).cursor(row_factory=class_row(Move)) as cursor:
        return cursor.execute(_MOVES, names).fetchall()


def turnover(db: Session, district: str, party: Party, month: Month, *, size: int) -> list[Turnover]:
    """Tell what a party's accounts had, and what came and went in a month, as the ledger reports it."""
    conn = driver(db)
    return [
        one
        for path, asset in party.patterns.values()
        for one in ledger.turnover(
            conn, district, path, asset, since=month.since, until=month.until, size=size
        )
    ]


def counted(db: Session, district: str, keys: Collection[str], month: Month, *, size: int) -> dict[str, bool]:
    """Tell which entries the book has, and whether each counts for a month as of a size; by key."""
    names = {"book": district, "keys": list(keys), "until": month.until, "size": size}
    return {key: bool(counts) for key, counts in driver(db).execute(_KNOWN, names)}


def held(db: Session, district: str, path: str, asset: str, month: Month, *, size: int) -> int:
    """Tell what accounts had promised when a month was over."""
    names = {"book": district, "path": path, "asset": asset, "until": month.until, "size": size}
    row = driver(db).execute(_HELD, names).fetchone()
    assert row is not None, "a sum has one row"
    return int(row[0])


def backing(db: Session, district: str, *, size: int) -> Backing:
    """Add up a district's points and the fen behind them after the first entries of its log."""
    names = {"book": district, "size": size, "whats": list(_BEHIND), **_listed(_BEHIND.values())}
    with driver(db).cursor(row_factory=class_row(Backing)) as cursor:
        found = cursor.execute(_BACKING, names).fetchone()
    assert found is not None, "a sum has one row"
    return found


def _listed(patterns: Collection[tuple[str, str]]) -> dict[str, list[str]]:
    return {"paths": [path for path, _ in patterns], "assets": [asset for _, asset in patterns]}
