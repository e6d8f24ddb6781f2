"""Opening balances: what accounts had in another system, read from a table and posted as entries."""

import csv
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple, TextIO
from uuid import UUID, uuid4

from psycopg import Connection
from pydantic import Field, ValidationError

from ledger.posting import Outcome, post_many
from ledger.values import LARGEST, Asset, Entry, Kind, Path, Posting, Value

COLUMNS = ["account", "asset", "balance"]
MOST_ROWS = 100_000


class Had(Value):
    """What an account had in another system."""

    account: Annotated[Path, Field(max_length=100)]
    asset: Annotated[Asset, Field(max_length=40)]
    balance: Annotated[int, Field(ge=-LARGEST, le=LARGEST)]


class Opening(Value):
    """A balance to open.

    It comes from the account `against`, one without a floor. `beside` it moves what must not be missing then,
    such as the money behind points.
    """

    had: Had
    against: Path
    beside: Annotated[tuple[Posting, ...], Field(max_length=99)] = ()
    subject: UUID | None = None


class Flaw(NamedTuple):
    """What is wrong with a line of a table."""

    line: int
    sentence: str


class Table(NamedTuple):
    """What a table says, line by line, and what is wrong with it."""

    rows: dict[int, Had]
    flaws: list[Flaw]


def read(file: TextIO) -> Table:
    """Read a CSV table with the columns account, asset and balance; each account stands in it once per asset.

    A balance is a whole number; one of 0 is read, and has nothing to post.
    """
    rows: dict[int, Had] = {}
    flaws: list[Flaw] = []
    lines: dict[tuple[str, str], int] = {}
    table = csv.reader(file, strict=True)
    try:
        if next(table, None) != COLUMNS:
            return Table({}, [Flaw(1, f"the first line says {','.join(COLUMNS)}")])
        for cells in table:
            line = table.line_num
            if len(rows) + len(flaws) == MOST_ROWS:
                flaws.append(Flaw(line, f"a table has at most {MOST_ROWS:,} rows"))
                break
            if not cells:
                continue
            row = _row(cells)
            if isinstance(row, str):
                flaws.append(Flaw(line, row))
            elif (earlier := lines.setdefault((row.account, row.asset), line)) != line:
                flaws.append(Flaw(line, f"{row.account} {row.asset} stands in line {earlier} too"))
            else:
                rows[line] = row
    except csv.Error as error:
        flaws.append(Flaw(table.line_num, f"this is no CSV: {error}"))
    return Table(rows, flaws)


def open_balances(
    conn: Connection[Any],
    book: str,
    openings: Sequence[Opening],
    *,
    system: Kind,
    at: datetime,
    new_id: Callable[[], UUID] = uuid4,
) -> list[Outcome]:
    """Post up to 10,000 opening balances, an entry each: all of them, or none and why not. One statement.

    A system opens an account once: the same balance again is a replay, another one is refused.

    :param system: names where the balances come from
    :raises ValueError: there are too many, or a balance of nothing is among them
    """
    entries = [
        Entry(
            id=new_id(),
            key=f"opening/{system}/{one.had.account}:{one.had.asset}",
            book=book,
            kind="balance.opened",
            at=at,
            postings=(_moved(one), *one.beside),
            subject=one.subject,
            facts={"system": system},
        )
        for one in openings
    ]
    return post_many(conn, entries, all_or_nothing=True)


def _moved(one: Opening) -> Posting:
    ends = (one.against, one.had.account) if one.had.balance > 0 else (one.had.account, one.against)
    return Posting(source=ends[0], target=ends[1], asset=one.had.asset, amount=abs(one.had.balance))


def _row(cells: Sequence[str]) -> Had | str:
    """Read a row, or say what is wrong with it."""
    if len(cells) != len(COLUMNS):
        return f"{len(COLUMNS)} cells are wanted, here are {len(cells)}"
    account, asset, balance = cells
    if not re.fullmatch("-?[0-9]{1,19}", balance, re.ASCII):
        return f"the balance {balance[:40]!r} is no whole number of 64 bits"
    try:
        return Had(account=account, asset=asset, balance=int(balance))
    except ValidationError as error:
        name = error.errors()[0]["loc"][0]
        return f"the {name} {dict(zip(COLUMNS, cells, strict=True))[str(name)][:40]!r} cannot be"
