"""One fact in two books: a half in each, both posted or neither."""

from operator import attrgetter
from typing import Any

from psycopg import Connection, Rollback

from ledger.errors import Refusal, Refused
from ledger.posting import Outcome, post
from ledger.rules import check_link
from ledger.values import Entry


def post_linked(conn: Connection[Any], one: Entry, other: Entry) -> tuple[Outcome, Outcome]:
    """Post the two halves of a fact, one a book, or neither and why not. Two statements.

    Both stand under one key, and what one half brings onto a transit account the other takes off it. The
    books are posted to in the order of their names: callers in both directions meet no deadlock. As with
    `post`, the halves belong at the end of a transaction that runs READ COMMITTED.

    :raises ValueError: the halves do not fit together
    """
    check_link(one, other)
    outcomes: dict[str, Outcome] = {half.book: Refused(code=Refusal.BATCH_REFUSED) for half in (one, other)}
    with conn.transaction() as both:
        posted: dict[str, Outcome] = {}
        for half in sorted((one, other), key=attrgetter("book")):
            posted[half.book] = outcome = post(conn, half)
            if isinstance(outcome, Refused):
                outcomes[half.book] = outcome
                raise Rollback(both)
        outcomes = posted
    return outcomes[one.book], outcomes[other.book]
