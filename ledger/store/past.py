"""Questions to the past of a book: how things stood when its log had a size. No answer ever changes."""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row

from ledger.errors import NotYetSealed, UnknownAccount
from ledger.store.asking import in_utc
from ledger.store.log import log
from ledger.values import SealedLine

LARGEST_NO = 100

_BALANCES = """
select named.path,
       named.asset,
       coalesce(a.id is not null or class.known, false) as known,
       case when a.id is null then 0
            else ledger.balance_at(%(book)s, a.id, a.bounded, %(size)s) end as posted
  from unnest(%(paths)s::text[], %(assets)s::text[]) with ordinality as named (path, asset, no)
  left join ledger.account a on a.book = %(book)s and a.path = named.path and a.asset = named.asset
  left join lateral (
           select true as known
             from ledger.chart c
            where a.id is null and c.book = %(book)s
              and ledger.matches(c.pattern, named.path) and ledger.matches(c.asset, named.asset)
            limit 1
       ) class on true
 order by named.no
"""

_STATEMENT = """
select l.position, l.entry as entry_id, l.no, e.key, e.kind, e.at, e.posted_at, other.path as counterpart,
       l.amount, l.version, l.after
  from ledger.account a
 cross join lateral ledger.lines_at(
           a.book, a.id, a.bounded, %(size)s, %(no)s, %(limit)s
       ) l
 cross join lateral (select * from ledger.entry where book = a.book and id = l.entry limit 1) e
 cross join lateral (select * from ledger.account where book = a.book and id = l.counterpart limit 1) other
 where a.book = %(book)s and a.path = %(path)s and a.asset = %(asset)s
 order by l.position desc, l.no desc
"""


def balance_at(conn: Connection[Any], book: str, path: str, asset: str, *, size: int) -> int:
    """Tell what an account had after the first `size` entries of the log, holds left aside.

    :raises UnknownAccount: the book's chart does not know it
    :raises NotYetSealed: the log is smaller
    """
    return balances_at(conn, book, [(path, asset)], size=size)[path, asset]


def balances_at(
    conn: Connection[Any], book: str, accounts: Sequence[tuple[str, str]], *, size: int
) -> dict[tuple[str, str], int]:
    """Tell what many accounts had after the first `size` entries of the log, each named by path and asset.

    :raises UnknownAccount: the book's chart does not know one of them
    :raises NotYetSealed: the log is smaller
    """
    reached(conn, book, size)
    named = {
        "book": book,
        "size": size,
        "paths": [path for path, _ in accounts],
        "assets": [asset for _, asset in accounts],
    }
    found: dict[tuple[str, str], int] = {}
    for path, asset, known, posted in conn.cursor(row_factory=tuple_row).execute(_BALANCES, named):
        if not known:
            raise UnknownAccount(f"{path} {asset} in book {book}")
        found[path, asset] = int(posted)
    return found


def statement_at(
    conn: Connection[Any],
    book: str,
    path: str,
    asset: str,
    *,
    size: int,
    before: str | None = None,
    limit: int = 50,
) -> list[SealedLine]:
    """List an account's lines among the first `size` entries of the log, the last position first.

    The next page goes on `before` the last line's cursor.

    :raises NotYetSealed: the log is smaller
    :raises ValueError: the cursor is none of ours
    """
    reached(conn, book, size)
    position, no = map(int, before.split("/")) if before else (size, 0)
    rows = conn.cursor(row_factory=dict_row).execute(
        _STATEMENT,
        {
            "book": book,
            "path": path,
            "asset": asset,
            "size": min(size, position + 1),
            "no": no if position < size else LARGEST_NO + 1,
            "limit": limit,
        },
    )
    return [SealedLine(**in_utc(row)) for row in rows]


def reached(conn: Connection[Any], book: str, size: int) -> None:
    """Make sure that a book's log has come to a size.

    :raises NotYetSealed: it is smaller
    """
    if size > (now := log(conn, book).size):
        raise NotYetSealed(f"the log of book {book} has {now} entries, not {size}")
