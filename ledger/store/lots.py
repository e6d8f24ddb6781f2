"""Questions to accounts with lots. Each is one statement, and none of them locks."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from ledger.values import Due, Lot

_LOTS = """
select l.no, l.posted, l.held, l.expires_at
  from ledger.lot l
  join ledger.account a on a.book = l.book and a.id = l.account
 where a.book = %(book)s and a.path = %(path)s and a.asset = %(asset)s and l.posted > 0
 order by l.expires_at, l.no
"""

# Held points are not listed: when the hold ends they keep their date for a while, or are drawn.
_DUE = """
select a.path as account, a.asset, sum(l.posted - l.held)::bigint as amount, min(l.expires_at) as since
  from ledger.lot l
  join ledger.account a on a.book = l.book and a.id = l.account
 where l.book = %(book)s and l.posted > l.held and l.expires_at <= %(by)s
   and (%(after)s::text is null or (a.path, a.asset) > (%(after)s, %(asset)s))
 group by a.path, a.asset
 order by a.path, a.asset
 limit %(limit)s
"""


def lots(conn: Connection[Any], book: str, path: str, asset: str) -> list[Lot]:
    """List what an account consists of, in the order in which it is drawn."""
    return [
        Lot(**{**row, "expires_at": _in_utc(row["expires_at"])})
        for row in _ask(conn, _LOTS, book=book, path=path, asset=asset)
    ]


def due(
    conn: Connection[Any], book: str, by: datetime, *, after: Due | None = None, limit: int = 1_000
) -> list[Due]:
    """List the accounts in which something lapses by a time, by path; the next page goes on `after` one."""
    return [
        Due(**{**row, "since": _in_utc(row["since"])})
        for row in _ask(
            conn,
            _DUE,
            book=book,
            by=by,
            after=after and after.account,
            asset=after and after.asset,
            limit=limit,
        )
    ]


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(UTC)


def _ask(conn: Connection[Any], query: str, **parameters: object) -> Iterator[dict[str, Any]]:
    return iter(conn.cursor(row_factory=dict_row).execute(query, parameters).fetchall())
