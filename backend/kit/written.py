"""Statements of hot paths: written once, and sent by the driver itself.

Composing a statement anew for each request, and tracking what it loads for a later flush, costs several times
what it takes to ask it. Rows that are read so are loose: the session knows nothing of them, and what is
changed in one is not written. What is written so, the session reads again where it had read it before.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from psycopg import Cursor
from psycopg.rows import class_row
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import Session

from backend.kit.db import driver

Kind = TypeVar("Kind")

_UNTOLD = "told_at_the_end"
_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # the library leaves it untyped


class Written:
    """A statement in the driver's words, or composed; all of its parameters are given by name."""

    def __init__(self, statement: str | Select[Any]) -> None:
        self._words = statement if isinstance(statement, str) else str(statement.compile(dialect=_DIALECT))

    def ask(self, db: Session, kind: type[Kind], **parameters: Any) -> "Asked[Kind]":
        """Ask for rows of values that are made of their columns; they are waited for when they are wanted."""
        cursor = driver(db).cursor(row_factory=class_row(kind), binary=True)
        return Asked(cursor.execute(self._words, parameters))

    def column(self, db: Session, **parameters: Any) -> list[Any]:
        """Read the one column of some rows."""
        return [value for (value,) in driver(db).execute(self._words, parameters).fetchall()]

    def write(self, db: Session, *, then: Callable[[int], object] | None = None, **parameters: Any) -> None:
        """Change rows.

        :param then: told how many it were, once that is known
        """
        cursor = driver(db).execute(self._words, parameters)
        db.expire_all()
        if then is None:
            return
        if _UNTOLD in db.info:
            db.info[_UNTOLD].append(lambda: then(cursor.rowcount))
        else:
            then(cursor.rowcount)


class Asked(Generic[Kind]):
    """The rows of a statement that is sent, or about to be."""

    def __init__(self, cursor: Cursor[Kind]) -> None:
        self._cursor = cursor

    def rows(self) -> list[Kind]:
        """Return them."""
        return self._cursor.fetchall()

    def row(self) -> Kind | None:
        """Return the one row, if there is one."""
        return self._cursor.fetchone()

    def one(self) -> Kind:
        """Return the one row that there is."""
        (found,) = self.rows()
        return found


@contextmanager
def at_once(db: Session) -> Iterator[None]:
    """Send what is written in here together: one round trip brings all answers.

    Rows are taken after it, as wanting some in here would be a round trip of its own. Only statements of this
    module have a place in here. What the database refuses is raised at the end.
    """
    raw = driver(db)
    untold = db.info[_UNTOLD] = list[Callable[[], object]]()
    try:
        with raw.pipeline():
            yield
    finally:
        del db.info[_UNTOLD]
    for tell in untold:
        tell()
