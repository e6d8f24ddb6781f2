"""Questions to a book's log. Each is one statement, and none of them locks."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import scalar_row, tuple_row

from ledger.errors import NotYetSealed, UnknownBook
from ledger.values import Log


def log(conn: Connection[Any], book: str) -> Log:
    """Tell how far a book's log has come.

    :raises UnknownBook: nobody has opened the book
    """
    row = (
        conn.cursor(row_factory=tuple_row)
        .execute("select size, sealed_until from ledger.log where book = %s", (book,))
        .fetchone()
    )
    if row is None:
        raise UnknownBook(book)
    return Log(size=row[0], sealed_until=row[1].astimezone(UTC))


def size_at(conn: Connection[Any], book: str, moment: datetime) -> int:
    """Tell how many entries had been sealed before a moment. The answer never changes.

    :raises NotYetSealed: the log has not come that far, so that the answer could still change
    """
    size = (
        conn.cursor(row_factory=scalar_row)
        .execute("select ledger.size_at(%s, %s)", (book, moment))
        .fetchone()
    )
    if size is None:
        raise NotYetSealed(f"book {book} is not sealed up to {moment.isoformat()}")
    return int(size)


def position(conn: Connection[Any], book: str, id: UUID) -> int | None:
    """Tell where in its book's log an entry stands; None if it is not sealed yet."""
    return (
        conn.cursor(row_factory=scalar_row)
        .execute("select position from ledger.leaf where book = %s and entry = %s", (book, id))
        .fetchone()
    )


def last_audited(conn: Connection[Any], book: str) -> int:
    """Tell up to which size of its log a book was found sound; 0 if it never was."""
    size = (
        conn.cursor(row_factory=scalar_row)
        .execute("select coalesce(max(size), 0) from ledger.audited where book = %s", (book,))
        .fetchone()
    )
    return int(size or 0)


def mark_audited(conn: Connection[Any], book: str, *, since: int, size: int) -> None:
    """Write down that a book was found sound from one size of its log to another."""
    conn.execute("select ledger.mark_audited(%s, %s, %s)", (book, since, size))
