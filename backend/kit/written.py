"""Statements of hot paths: written once, and sent by the driver itself.

Composing a statement anew for each request, and tracking what it loads for a later flush, costs several times
what it takes to ask it. Rows that are read so are loose: the session knows nothing of them, and what is
changed in one is not written. What is written so, the session reads again where it had read it before.
"""

from typing import Any, TypeVar

from psycopg.rows import class_row
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import Session

from backend.kit.db import driver

Kind = TypeVar("Kind")

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # the library leaves it untyped


class Written:
    """A statement in the driver's words, or composed; all of its parameters are given by name."""

    def __init__(self, statement: str | Select[Any]) -> None:
        self._words = statement if isinstance(statement, str) else str(statement.compile(dialect=_DIALECT))

    def rows(self, db: Session, kind: type[Kind], **parameters: Any) -> list[Kind]:
        """Read rows into values of a kind that is made of their columns."""
        with driver(db).cursor(row_factory=class_row(kind), binary=True) as cursor:
            return cursor.execute(self._words, parameters).fetchall()

    def row(self, db: Session, kind: type[Kind], **parameters: Any) -> Kind | None:
        """Read one row, if there is one."""
        return next(iter(self.rows(db, kind, **parameters)), None)

    def one(self, db: Session, kind: type[Kind], **parameters: Any) -> Kind:
        """Read the one row that there is."""
        (found,) = self.rows(db, kind, **parameters)
        return found

    def column(self, db: Session, **parameters: Any) -> list[Any]:
        """Read the one column of some rows."""
        return [value for (value,) in driver(db).execute(self._words, parameters)]

    def write(self, db: Session, **parameters: Any) -> int:
        """Change rows; return how many it were."""
        changed = driver(db).execute(self._words, parameters).rowcount
        db.expire_all()
        return changed
