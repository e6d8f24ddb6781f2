"""How the store is asked: rows by the names of their columns, with times in UTC."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row


def in_utc(row: Mapping[str, Any]) -> dict[str, Any]:
    """Take a row's times to UTC."""
    return {
        name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in row.items()
    }


def stream(conn: Connection[Any], query: str, book: str, **parameters: object) -> Iterator[dict[str, Any]]:
    """Read many rows, a thousand at a time."""
    with conn.cursor(name="ledger_stream", row_factory=dict_row) as cursor:
        cursor.itersize = 1_000
        yield from cursor.execute(query, {"book": book, **parameters})


def ask(conn: Connection[Any], query: str, **parameters: object) -> Iterator[dict[str, Any]]:
    """Read a few rows at once."""
    return iter(conn.cursor(row_factory=dict_row).execute(query, parameters).fetchall())
