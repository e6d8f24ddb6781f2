"""A new master key while the platform runs: every personal key is wrapped anew, batch by batch.

What is sealed stays as it is, so nothing waits longer than for one batch, and a run that is cut off goes on
where it stood: what the current master key wraps is passed over.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, literal, not_, select, tuple_, update
from sqlalchemy.orm import Session

from backend.kit.db import Base, transaction
from backend.kit.envelope import current_header, rewrap

_COLUMN = "vault_key"
_AT_ONCE = 200


@dataclass(frozen=True)
class Progress:
    """How many keys of a table one batch has wrapped anew."""

    table: str
    keys: int


def rotate(districts: Sequence[str], *, at_once: int = _AT_ONCE) -> Generator[Progress, None, None]:
    """Wrap every key anew that another master key wraps, each batch in a transaction of its own.

    Rows that somebody works on are passed over and taken up in the next pass, so that a batch, which
    locks many, waits for nobody.

    :param districts: all of the city's, as households stand behind their walls
    """
    for table in _keyed():
        while remaining(table, districts):
            yield from _pass(table, districts, at_once)


def left(districts: Sequence[str]) -> dict[str, int]:
    """Count the keys of each table that another master key wraps."""
    return {table.name: remaining(table, districts) for table in _keyed()}


def remaining(table: Table, districts: Sequence[str]) -> int:
    """Count the keys of a table that another master key wraps."""
    with transaction(districts=districts, read_only=True) as db:
        return db.scalar(select(func.count()).select_from(table).where(_is_old(table))) or 0


def _keyed() -> list[Table]:
    """Find the tables whose rows own a key."""
    return [table for table in Base.metadata.sorted_tables if _COLUMN in table.columns]


def _pass(table: Table, districts: Sequence[str], at_once: int) -> Iterator[Progress]:
    """Go through a table once, in the order of its key."""
    last: Sequence[Any] | None = None
    while True:
        with transaction(districts=districts) as db:
            rows = db.execute(_batch(table, last).limit(at_once)).all()
            for *key, wrapped in rows:
                _replace(db, table, key, rewrap(wrapped))
        if not rows:
            return
        last = rows[-1][:-1]
        yield Progress(table.name, len(rows))


def _batch(table: Table, last: Sequence[Any] | None) -> Select[Any]:
    key = tuple(table.primary_key.columns)
    query = select(*key, table.c[_COLUMN]).where(_is_old(table)).order_by(*key)
    if last is not None:
        query = query.where(tuple_(*key) > tuple_(*map(literal, last)))
    return query.with_for_update(skip_locked=True, key_share=True)


def _replace(db: Session, table: Table, key: Sequence[Any], wrapped: bytes) -> None:
    is_it = (column == value for column, value in zip(table.primary_key.columns, key, strict=True))
    db.execute(update(table).where(*is_it).values({_COLUMN: wrapped}))


def _is_old(table: Table) -> ColumnElement[bool]:
    header = current_header()
    column = table.c[_COLUMN]
    return column.is_not(None) & not_(func.substr(column, 1, len(header)) == header)
