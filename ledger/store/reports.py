"""Reports on many accounts, and what became of one."""

from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from ledger.store.asking import in_utc
from ledger.store.past import reached
from ledger.values import StatusChange, Turnover

_TURNOVER = """
select path, asset, opening, incoming, outgoing
  from ledger.turnover(%(book)s, %(pattern)s, %(asset)s, %(since)s, %(until)s, %(size)s)
"""

_STATUS_CHANGES = """
select s.no, s.status, s.at, s.changed_at, s.why
  from ledger.account a
  join ledger.status_change s on s.book = a.book and s.account = a.id
 where a.book = %(book)s and a.path = %(path)s and a.asset = %(asset)s
 order by s.no
"""


def turnover(
    conn: Connection[Any],
    book: str,
    pattern: str,
    asset: str,
    *,
    since: datetime,
    until: datetime,
    size: int,
) -> list[Turnover]:
    """Tell what came to accounts and left them from one business time to before another, by path and asset.

    Entries count by their own time, however late they were posted, if they are among the first `size` of the
    log: a report of that size never changes. In pattern and asset, `*` stands for exactly one segment.

    :raises NotYetSealed: the log is smaller
    :raises ValueError: it ends before it begins
    """
    if until < since:
        raise ValueError("a report ends after it begins")
    reached(conn, book, size)
    rows = conn.cursor(row_factory=dict_row).execute(
        _TURNOVER,
        {"book": book, "pattern": pattern, "asset": asset, "since": since, "until": until, "size": size},
    )
    return [
        Turnover(
            path=row["path"],
            asset=row["asset"],
            opening=int(row["opening"]),
            incoming=int(row["incoming"]),
            outgoing=int(row["outgoing"]),
        )
        for row in rows
    ]


def status_changes(conn: Connection[Any], book: str, path: str, asset: str) -> list[StatusChange]:
    """List what became of an account, the first change first; one that has none is open."""
    rows = conn.cursor(row_factory=dict_row).execute(
        _STATUS_CHANGES, {"book": book, "path": path, "asset": asset}
    )
    return [StatusChange(**in_utc(row)) for row in rows]
