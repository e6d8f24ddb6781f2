"""What becomes of an account: frozen, thawed or closed, each written down; it is never deleted.

An entry that had begun before a change and waited for the account may still be posted after it.
"""

from datetime import datetime
from typing import Any, TypeAlias

from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.errors import Refusal, Refused
from ledger.values import StatusChange

Changed: TypeAlias = StatusChange | Refused | None
"""None: the account had this status already."""

LONGEST = 200
_SET = "select no, changed_at, code from ledger.set_status(%s, %s, %s, %s, %s, %s)"


def freeze(conn: Connection[Any], book: str, path: str, asset: str, *, at: datetime, why: str) -> Changed:
    """Let nothing come to an account or leave it, until it is thawed.

    :raises ValueError: `why` is empty or too long
    """
    return _set(conn, book, path, asset, status="frozen", at=at, why=why)


def thaw(conn: Connection[Any], book: str, path: str, asset: str, *, at: datetime, why: str) -> Changed:
    """Let a frozen account be used again.

    :raises ValueError: `why` is empty or too long
    """
    return _set(conn, book, path, asset, status="open", at=at, why=why)


def close(conn: Connection[Any], book: str, path: str, asset: str, *, at: datetime, why: str) -> Changed:
    """Let an account that has nothing, and of which nothing is held, never be used again.

    :raises ValueError: `why` is empty or too long
    """
    return _set(conn, book, path, asset, status="closed", at=at, why=why)


def _set(
    conn: Connection[Any], book: str, path: str, asset: str, *, status: str, at: datetime, why: str
) -> Changed:
    if not 1 <= len(why) <= LONGEST:
        raise ValueError(f"a change says why, in {LONGEST} characters at most")
    row = conn.cursor(row_factory=tuple_row).execute(_SET, (book, path, asset, status, at, why)).fetchone()
    assert row is not None, "the function answers"
    no, changed_at, code = row
    if code is not None:
        return Refused(code=Refusal(code), about=path)
    if no is None:
        return None
    return StatusChange(no=no, status=status, at=at, changed_at=changed_at, why=why)
