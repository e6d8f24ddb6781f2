"""The one way in."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from psycopg import Connection
from psycopg.rows import dict_row, tuple_row

from ledger.errors import Refusal, Refused
from ledger.rules import check_batch, check_chart, content, is_plain
from ledger.seal.canonical import digest
from ledger.store.columns import POST, POST_ONE, columns, scalars
from ledger.values import AccountClass, Entry, Posted

Outcome: TypeAlias = Posted | Refused


def post(conn: Connection[Any], entry: Entry) -> Outcome:
    """Post an entry: all of it, or nothing and why not. One statement.

    The same key with the same content gives what it gave the first time. It belongs at the end of a
    transaction that runs READ COMMITTED: what it locks is locked until the commit.
    """
    if is_plain(entry):
        return _send(conn, (entry,), POST_ONE, scalars(entry, fingerprint(entry)))[0]
    return _send(conn, (entry,), POST, columns((entry,), (fingerprint(entry),), all_or_nothing=False))[0]


def post_many(
    conn: Connection[Any], entries: Sequence[Entry], *, all_or_nothing: bool = False
) -> list[Outcome]:
    """Post up to 10,000 entries of one book, in their order, each with an outcome of its own. One statement.

    With `all_or_nothing`, one refusal refuses them all.

    :raises ValueError: too many entries, several books, or one id for two keys
    """
    if not entries:
        return []
    check_batch(entries)
    fingerprints = [fingerprint(entry) for entry in entries]
    return _send(conn, entries, POST, columns(entries, fingerprints, all_or_nothing=all_or_nothing))


def adopt(conn: Connection[Any], book: str, chart: Iterable[AccountClass]) -> None:
    """Add classes of accounts to a book's chart; those that it has already change nothing.

    :raises ChartConflict: two classes would fit the same account; the transaction is to be rolled back
    """
    wanted = set(chart)
    known = {
        AccountClass(**row)
        for row in conn.cursor(row_factory=dict_row).execute(
            """
            select pattern, asset, owner, bounded, lots, stripes
              from ledger.adopt(%s, %s, %s, %s, %s, %s, %s::smallint[])
            """,
            (
                book,
                [one.pattern for one in wanted],
                [one.asset for one in wanted],
                [one.owner for one in wanted],
                [one.bounded for one in wanted],
                [one.lots for one in wanted],
                [one.stripes for one in wanted],
            ),
        )
    }
    check_chart(known | wanted)


def fingerprint(entry: Entry) -> bytes:
    """Hash an entry's content: everything but its id and its time."""
    return digest(content(entry))


def _send(
    conn: Connection[Any], entries: Sequence[Entry], statement: str, parameters: Sequence[str | bool | None]
) -> list[Outcome]:
    """Send entries; what was posted just now is told all at once, anything else by the entry's number."""
    rows = conn.cursor(row_factory=tuple_row, binary=True).execute(statement, parameters, prepare=True)
    told: dict[int, Outcome] = {}
    for no, entry_id, posted_at, replayed, code, about in rows:
        if no is None:
            stamp = posted_at
        elif code is None:
            told[no] = Posted(entry_id=entry_id, posted_at=posted_at, replayed=replayed)
        else:
            told[no] = Refused(code=Refusal(code), about=about)
    return [told.get(no) or Posted(entry_id=entry.id, posted_at=stamp) for no, entry in enumerate(entries, 1)]
