"""A district's book as outsiders' tools read it."""

from collections.abc import Mapping
from typing import Any, Protocol, TextIO

from psycopg import Connection

from backend.accounts.audit import one_moment
from backend.kit.db import driver
from backend.network import queries as network
from ledger import export


class Writer(Protocol):
    """What writes a book in one of the formats."""

    def __call__(self, conn: Connection[Any], book: str, out: TextIO) -> None:
        """Write it."""


FORMATS: Mapping[str, Writer] = {
    "beancount": export.beancount,
    "hledger": export.hledger,
    "csv": export.csv,
}


def write(url: str, district: str, form: str, out: TextIO) -> bool:
    """Write the book of a district, as the auditor sees it at one moment.

    :returns: whether there is such a district
    """
    with one_moment(url) as db:
        if network.district(db, district) is None:
            return False
        FORMATS[form](driver(db), district, out)
    return True
