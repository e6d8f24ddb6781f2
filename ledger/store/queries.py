"""Questions to a book. Each is one statement, and none of them locks."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from psycopg import Connection

from ledger.errors import UnknownAccount
from ledger.store.asking import ask, in_utc, stream
from ledger.values import LARGEST, Balance, Hold, Line

# The balance of an account without a floor is its last snapshot and what came after it.
_BALANCES = """
with tail as materialized (
    select account, amount from ledger.tail(%(book)s)
)
select named.path,
       named.asset,
       coalesce(a.bounded, class.bounded) as bounded,
       case when a.bounded then cached.posted
            when a.id is not null then derived.posted
            else 0 end as posted,
       coalesce(cached.held, 0) as held
  from unnest(%(paths)s::text[], %(assets)s::text[]) with ordinality as named (path, asset, no)
  left join ledger.account a
    on a.book = %(book)s and a.path = named.path and a.asset = named.asset
  left join lateral (
           select c.bounded
             from ledger.chart c
            where a.id is null and c.book = %(book)s
              and ledger.matches(c.pattern, named.path) and ledger.matches(c.asset, named.asset)
            limit 1
       ) class on true
  left join lateral (
           select sum(b.posted) as posted, sum(b.held) as held
             from ledger.balance b
            where a.bounded and b.book = %(book)s and b.account = a.id
       ) cached on true
  left join lateral (
           select coalesce((select s.posted from ledger.snapshot s
                             where s.book = %(book)s and s.account = a.id order by s.size desc limit 1), 0)
                  + coalesce((select t.amount from tail t where t.account = a.id), 0) as posted
            where not a.bounded
       ) derived on true
 order by named.no
"""

# One account, for which a plan is made once; one without a floor is told of by the question above.
_BALANCE = """
select coalesce(a.bounded, class.bounded) as bounded, coalesce(cached.posted, 0) as posted,
       coalesce(cached.held, 0) as held
  from (values (%(path)s, %(asset)s)) as named (path, asset)
  left join ledger.account a
    on a.book = %(book)s and a.path = named.path and a.asset = named.asset
  left join lateral (
           select c.bounded
             from ledger.chart c
            where a.id is null and c.book = %(book)s
              and ledger.matches(c.pattern, named.path) and ledger.matches(c.asset, named.asset)
            limit 1
       ) class on true
  left join lateral (
           select sum(b.posted) as posted, sum(b.held) as held
             from ledger.balance b
            where b.book = %(book)s and b.account = a.id
       ) cached on true
"""

# Each arm reads one index backwards; of an account with a floor the last two find nothing, of one without a
# floor or with stripes the first two.
_STATEMENT = """
with named as (
    select (
        select id from ledger.account where book = %(book)s and path = %(path)s and asset = %(asset)s
    )
), line as (
    (select p.entry, p.no, p.target as counterpart, -p.amount as amount, p.source_version as version,
            p.source_after as after
       from ledger.posting p
      where p.book = %(book)s and p.source = (table named) and p.source_stripe = 0
        and p.source_version < %(version)s
      order by p.source_version desc limit %(limit)s)
    union all
    (select p.entry, p.no, p.source, p.amount, p.target_version, p.target_after
       from ledger.posting p
      where p.book = %(book)s and p.target = (table named) and p.target_stripe = 0
        and p.target_version < %(version)s
      order by p.target_version desc limit %(limit)s)
    union all
    (select p.entry, p.no, p.target, -p.amount, null, null
       from ledger.posting p
      where p.book = %(book)s and p.source = (table named) and p.no > 0
        and (p.source_version is null or p.source_stripe > 0)
        and p.entry <= %(entry)s and (p.entry, p.no) < (%(entry)s, %(no)s)
      order by p.entry desc, p.no desc limit %(limit)s)
    union all
    (select p.entry, p.no, p.source, p.amount, null, null
       from ledger.posting p
      where p.book = %(book)s and p.target = (table named) and p.no > 0
        and (p.target_version is null or p.target_stripe > 0)
        and p.entry <= %(entry)s and (p.entry, p.no) < (%(entry)s, %(no)s)
      order by p.entry desc, p.no desc limit %(limit)s)
)
select l.entry as entry_id, l.no, e.key, e.kind, e.at, e.posted_at, other.path as counterpart, l.amount,
       l.version, l.after
  from line l
  join ledger.entry e on e.book = %(book)s and e.id = l.entry
  join ledger.account other on other.book = %(book)s and other.id = l.counterpart
 order by l.version desc, l.entry desc, l.no desc
 limit %(limit)s
"""

_HOLDS = """
select h.id, h.entry as entry_id, a.path as account, a.asset, h.amount, h.remaining, h.state, h.expires_at
  from ledger.hold h
  join ledger.account a on a.book = h.book and a.id = h.account
 where h.book = %(book)s
"""

_ASSETS = """
select distinct asset collate "C" as asset from ledger.account where book = %(book)s order by asset
"""

_ACCOUNTS = """
select path collate "C" as path, bounded, array_agg(asset order by asset collate "C") as assets
  from ledger.account
 where book = %(book)s
 group by path, bounded
 order by 1, 2
"""

_STOCKS = """
select a.path collate "C" as path, a.asset collate "C" as asset, sum(b.posted) as posted
  from ledger.account a
  join ledger.balance b on b.book = a.book and b.account = a.id
 where a.book = %(book)s and a.bounded
 group by a.path, a.asset
 order by 1, 2
"""


def see_one_moment(conn: Connection[Any], what: str) -> None:
    """Make sure that the statements of a transaction see one moment.

    :raises ValueError: each would see a moment of its own
    """
    (row,) = ask(conn, "select current_setting('transaction_isolation') as isolation")
    if row["isolation"] in {"read committed", "read uncommitted"}:
        raise ValueError(f"{what} needs a REPEATABLE READ transaction")


def balance(conn: Connection[Any], book: str, path: str, asset: str) -> Balance:
    """Tell what an account has; nothing, if no posting has opened it yet.

    :raises UnknownAccount: the book's chart does not know it
    """
    (row,) = ask(conn, _BALANCE, book=book, path=path, asset=asset)
    if not row["bounded"]:
        return balances(conn, book, [(path, asset)])[path, asset]
    return Balance(posted=int(row["posted"]), held=int(row["held"]))


def balances(
    conn: Connection[Any], book: str, accounts: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Balance]:
    """Tell what many accounts have, each named by path and asset.

    :raises UnknownAccount: the book's chart does not know one of them
    """
    paths, assets = [path for path, _ in accounts], [asset for _, asset in accounts]
    found: dict[tuple[str, str], Balance] = {}
    for row in ask(conn, _BALANCES, book=book, paths=paths, assets=assets):
        if row["bounded"] is None:
            raise UnknownAccount(f"{row['path']} {row['asset']} in book {book}")
        found[row["path"], row["asset"]] = Balance(posted=int(row["posted"]), held=int(row["held"]))
    return found


def statement(
    conn: Connection[Any], book: str, path: str, asset: str, *, before: str | None = None, limit: int = 50
) -> list[Line]:
    """List an account's lines, the latest first; the next page goes on `before` the last line's cursor.

    An account with a floor is listed in the order of its versions; one without, or with stripes, in the order
    of entries' ids.

    :raises ValueError: the cursor is none of ours
    """
    version, entry_id, no = LARGEST, UUID(int=2**128 - 1), 0
    match before.split("/") if before else ():
        case (entry_text, no_text):
            entry_id, no = UUID(entry_text), int(no_text)
        case (version_text,):
            version = int(version_text)
    rows = ask(
        conn,
        _STATEMENT,
        book=book,
        path=path,
        asset=asset,
        version=version,
        entry=entry_id,
        no=no,
        limit=limit,
    )
    return [Line(**in_utc(row)) for row in rows]


def assets(conn: Connection[Any], book: str) -> list[str]:
    """List what a book has accounts of, by name."""
    return [row["asset"] for row in ask(conn, _ASSETS, book=book)]


def accounts(conn: Connection[Any], book: str) -> Iterator[tuple[str, bool, list[str]]]:
    """Read every open account by path: whether it has a floor, and of which assets it is."""
    for row in stream(conn, _ACCOUNTS, book):
        yield row["path"], row["bounded"], row["assets"]


def stocks(conn: Connection[Any], book: str) -> Iterator[tuple[str, str, int]]:
    """Read what every account with a floor has, by path and asset."""
    for row in stream(conn, _STOCKS, book):
        yield row["path"], row["asset"], int(row["posted"])


def every_open_hold(conn: Connection[Any], book: str) -> Iterator[Hold]:
    """Read every open hold of a book, oldest id first."""
    for row in stream(conn, _HOLDS + "and h.state = 'open' order by h.id", book):
        yield Hold(**in_utc(row))


def holds(conn: Connection[Any], book: str, ids: Sequence[UUID]) -> dict[UUID, Hold]:
    """Read holds by their ids; one that does not exist is left out."""
    rows = ask(conn, _HOLDS + "and h.id = any (%(ids)s)", book=book, ids=list(ids))
    return {row["id"]: Hold(**in_utc(row)) for row in rows}


def open_holds(conn: Connection[Any], book: str, path: str, asset: str, *, limit: int = 100) -> list[Hold]:
    """List the open holds of an account, oldest id first."""
    rows = ask(
        conn,
        _HOLDS
        + "and h.state = 'open' and a.path = %(path)s and a.asset = %(asset)s order by h.id limit %(limit)s",
        book=book,
        path=path,
        asset=asset,
        limit=limit,
    )
    return [Hold(**in_utc(row)) for row in rows]
