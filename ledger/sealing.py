"""The one way into the log: entries get their final positions, off the path of whoever posts."""

from typing import Any

from psycopg import Connection
from psycopg.rows import scalar_row

from ledger.errors import UnknownBook

BATCH = 1_000
SEAL = "select ledger.seal(%s, %s)"


def seal(conn: Connection[Any], book: str, *, at_most: int = BATCH) -> int:
    """Give the next entries of a book their positions in its log; return how many. One statement.

    An account's entries are sealed in the order of its versions, whatever their times say. Of several callers
    for one book each waits for the one before. It belongs in a transaction of its own, READ COMMITTED.

    :raises UnknownBook: nobody has opened the book
    """
    sealed = conn.cursor(row_factory=scalar_row).execute(SEAL, (book, at_most)).fetchone()
    if sealed is None:
        raise UnknownBook(book)
    return int(sealed)
