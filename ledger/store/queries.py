"""Questions to a book. Each is one statement, and none of them locks."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import dict_row

from ledger.errors import UnknownAccount
from ledger.values import LARGEST, Balance, Entry, Hold, Line, Posting, Recorded, Reserve, Settle

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

# What an entry names is looked up one by one, as lookup.sql says why: a sealer that has fallen behind meets
# tables of which no statistics know yet how large they are.
_RECORDED = """
select e.id, e.key, e.book, e.kind, e.at, e.reverses, e.subject, e.facts, e.posted_at, e.fingerprint,
       (select jsonb_agg(
                   jsonb_build_array(
                       source.path, target.path, p.asset, p.amount, p.expires_at, p.lapsed,
                       source.bounded, target.bounded
                   )
                   order by p.no
               )
          from ledger.posting p
         cross join lateral (
                   select path, bounded from ledger.account where book = p.book and id = p.source limit 1
               ) as source
         cross join lateral (
                   select path, bounded from ledger.account where book = p.book and id = p.target limit 1
               ) as target
         where p.book = e.book and p.entry = e.id and p.no > 0) as postings,
       (select jsonb_agg(
                   jsonb_build_array(v.kind, v.hold, v.asked, a.path, a.asset, h.expires_at)
                   order by v.hold, v.no
               )
          from ledger.hold_event v
         cross join lateral (
                   select account, expires_at from ledger.hold where book = v.book and id = v.hold limit 1
               ) as h
         cross join lateral (
                   select path, asset from ledger.account where book = v.book and id = h.account limit 1
               ) as a
         where v.book = e.book and v.entry = e.id) as moves
  from ledger.entry e
 where e.book = %(book)s
"""

_SEALED = (
    "select f.position, e.* from ledger.leaf f cross join lateral ("  # noqa: S608 - our own words  # nosec B608
    + _RECORDED
    + """
   and e.id = f.entry limit 1) e
 where f.book = %(book)s and f.position >= %(first)s and f.position < %(after)s
 order by f.position
"""
)

_RECENT = (
    "select e.* from ledger.recent(%(book)s, %(since)s) r cross join lateral ("  # noqa: S608 - our own words  # nosec B608
    + _RECORDED
    + "and e.id = r.entry limit 1) e"
)

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
    (row,) = _ask(conn, "select current_setting('transaction_isolation') as isolation")
    if row["isolation"] in {"read committed", "read uncommitted"}:
        raise ValueError(f"{what} needs a REPEATABLE READ transaction")


def balance(conn: Connection[Any], book: str, path: str, asset: str) -> Balance:
    """Tell what an account has; nothing, if no posting has opened it yet.

    :raises UnknownAccount: the book's chart does not know it
    """
    (row,) = _ask(conn, _BALANCE, book=book, path=path, asset=asset)
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
    for row in _ask(conn, _BALANCES, book=book, paths=paths, assets=assets):
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
    rows = _ask(
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


def entry(conn: Connection[Any], book: str, id: UUID) -> Recorded | None:
    """Read one entry by its id."""
    return next(map(recorded, _ask(conn, _RECORDED + "and e.id = %(id)s", book=book, id=id)), None)


def find(conn: Connection[Any], book: str, key: str) -> Recorded | None:
    """Read one entry by its key."""
    return next(map(recorded, _ask(conn, _RECORDED + "and e.key = %(key)s", book=book, key=key)), None)


def sealed(conn: Connection[Any], book: str, first: int, after: int) -> list[dict[str, Any]]:
    """Read the entries of a stretch of the log, with their positions, as rows for `recorded`."""
    return list(_ask(conn, _SEALED, book=book, first=first, after=after))


def stream(conn: Connection[Any], book: str, *, as_posted: bool = False) -> Iterator[dict[str, Any]]:
    """Read every entry of a book in the order of ids, or as they were posted, as rows for `recorded`."""
    order = "order by e.posted_at, e.id" if as_posted else "order by e.id"
    return _stream(conn, _RECORDED + order, book)


def stream_recent(conn: Connection[Any], book: str, since: int) -> Iterator[dict[str, Any]]:
    """Read every entry of a book that its log did not have at a size, as rows for `recorded`."""
    return _stream(conn, _RECENT, book, since=since)


def assets(conn: Connection[Any], book: str) -> list[str]:
    """List what a book has accounts of, by name."""
    return [row["asset"] for row in _ask(conn, _ASSETS, book=book)]


def accounts(conn: Connection[Any], book: str) -> Iterator[tuple[str, bool, list[str]]]:
    """Read every open account by path: whether it has a floor, and of which assets it is."""
    for row in _stream(conn, _ACCOUNTS, book):
        yield row["path"], row["bounded"], row["assets"]


def stocks(conn: Connection[Any], book: str) -> Iterator[tuple[str, str, int]]:
    """Read what every account with a floor has, by path and asset."""
    for row in _stream(conn, _STOCKS, book):
        yield row["path"], row["asset"], int(row["posted"])


def every_open_hold(conn: Connection[Any], book: str) -> Iterator[Hold]:
    """Read every open hold of a book, oldest id first."""
    for row in _stream(conn, _HOLDS + "and h.state = 'open' order by h.id", book):
        yield Hold(**in_utc(row))


def holds(conn: Connection[Any], book: str, ids: Sequence[UUID]) -> dict[UUID, Hold]:
    """Read holds by their ids; one that does not exist is left out."""
    rows = _ask(conn, _HOLDS + "and h.id = any (%(ids)s)", book=book, ids=list(ids))
    return {row["id"]: Hold(**in_utc(row)) for row in rows}


def open_holds(conn: Connection[Any], book: str, path: str, asset: str, *, limit: int = 100) -> list[Hold]:
    """List the open holds of an account, oldest id first."""
    rows = _ask(
        conn,
        _HOLDS
        + "and h.state = 'open' and a.path = %(path)s and a.asset = %(asset)s order by h.id limit %(limit)s",
        book=book,
        path=path,
        asset=asset,
        limit=limit,
    )
    return [Hold(**in_utc(row)) for row in rows]


def recorded(row: Mapping[str, Any]) -> Recorded:
    """Make the value of a row.

    :raises pydantic.ValidationError: the row is not an entry that this library would have written
    """
    moves = row["moves"] or ()
    return Recorded(
        entry=Entry(
            id=row["id"],
            key=row["key"],
            book=row["book"],
            kind=row["kind"],
            at=row["at"].astimezone(UTC),
            postings=tuple(
                Posting(
                    source=source,
                    target=target,
                    asset=asset,
                    amount=amount,
                    expires_at=_moment(expires_at),
                    lapsed=lapsed,
                )
                for source, target, asset, amount, expires_at, lapsed, *_ in row["postings"] or ()
            ),
            reserves=tuple(
                Reserve(
                    hold=UUID(hold), account=path, asset=asset, amount=asked, expires_at=_moment(expires_at)
                )
                for kind, hold, asked, path, asset, expires_at in moves
                if kind == "reserved"
            ),
            settles=tuple(
                Settle(hold=UUID(hold), amount=asked) for kind, hold, asked, *_ in moves if kind == "settled"
            ),
            releases=tuple(UUID(hold) for kind, hold, *_ in moves if kind == "released"),
            expires=tuple(UUID(hold) for kind, hold, *_ in moves if kind == "expired"),
            reverses=row["reverses"],
            subject=row["subject"],
            facts=row["facts"],
        ),
        posted_at=row["posted_at"].astimezone(UTC),
        fingerprint=row["fingerprint"],
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def in_utc(row: Mapping[str, Any]) -> dict[str, Any]:
    """Take a row's times to UTC."""
    return {
        name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in row.items()
    }


def _stream(conn: Connection[Any], query: str, book: str, **parameters: object) -> Iterator[dict[str, Any]]:
    """Read many rows, a thousand at a time."""
    with conn.cursor(name="ledger_stream", row_factory=dict_row) as cursor:
        cursor.itersize = 1_000
        yield from cursor.execute(query, {"book": book, **parameters})


def _ask(conn: Connection[Any], query: str, **parameters: object) -> Iterator[dict[str, Any]]:
    return iter(conn.cursor(row_factory=dict_row).execute(query, parameters).fetchall())
