"""A book for outsiders' tools: a journal that Beancount or hledger proves equal to ours, or a table."""

import re
from collections.abc import Iterable, Iterator, Mapping
from csv import writer
from datetime import date, timedelta
from typing import Any, NamedTuple, Protocol, TextIO
from urllib.parse import quote

from psycopg import Connection

from ledger.store import posted, queries
from ledger.values import Hold, Recorded

BEGINNING = date(1970, 1, 1)
COLUMNS = ("posted_at", "at", "entry", "key", "kind", "reverses", "no", "source", "target", "asset", "amount")

_RESERVED = ("TRUE", "FALSE", "NULL")  # words of Beancount's own
_MAPPING = (
    "An account is its path by segments: below Assets if it has a floor, below Equity if it has none.",
    "A segment's first letter is raised; a capital, an x in front and any sign that a journal does not take",
    "become X and two hex digits. Each account names its path, each commodity its asset.",
    "A transaction stands at the UTC day on which it was posted; amounts are whole numbers.",
)


class Side(NamedTuple):
    """What a posting does to one account, in the names of a journal."""

    account: str
    amount: int
    commodity: str


class Tongue(Protocol):
    """How a journal says things: each method gives lines without their ends."""

    def commodity(self, name: str, asset: str) -> Iterator[str]:
        """Declare a commodity."""

    def account(self, name: str, path: str, commodities: Iterable[str]) -> Iterator[str]:
        """Declare an account."""

    def transaction(self, day: date, recorded: Recorded, sides: Iterable[Side]) -> Iterator[str]:
        """Tell an entry."""

    def assertions(self, day: date, sides: Iterable[Side]) -> Iterator[str]:
        """State what accounts have when a day begins."""


class Beancount:
    """The tongue of Beancount."""

    def commodity(self, name: str, asset: str) -> Iterator[str]:
        """Declare a commodity."""
        yield f"{BEGINNING} commodity {name}"
        yield f"  asset: {quoted(asset)}"

    def account(self, name: str, path: str, commodities: Iterable[str]) -> Iterator[str]:
        """Declare an account, and that nothing but these commodities may be in it."""
        yield f"{BEGINNING} open {name} {', '.join(commodities)}"
        yield f"  path: {quoted(path)}"

    def transaction(self, day: date, recorded: Recorded, sides: Iterable[Side]) -> Iterator[str]:
        """Tell an entry."""
        yield f"{day} * {quoted(recorded.entry.kind)}"
        for name, text in _facts(recorded):
            yield f"  {name}: {quoted(text)}"
        for side in sides:
            yield f"  {side.account}  {side.amount} {side.commodity}"

    def assertions(self, day: date, sides: Iterable[Side]) -> Iterator[str]:
        """State what accounts have when a day begins."""
        for side in sides:
            yield f"{day} balance {side.account}  {side.amount} {side.commodity}"


class Hledger:
    """The tongue of hledger, in which the business day is a transaction's secondary date."""

    def commodity(self, name: str, asset: str) -> Iterator[str]:
        """Declare a commodity."""
        yield f'commodity "{name}"  ; asset:{asset}'

    def account(self, name: str, path: str, commodities: Iterable[str]) -> Iterator[str]:
        """Declare an account."""
        yield f"account {name}  ; path:{path}"

    def transaction(self, day: date, recorded: Recorded, sides: Iterable[Side]) -> Iterator[str]:
        """Tell an entry; a tag's value is percent-encoded where it could end the tag."""
        yield f"{day}={recorded.entry.at.date()} * {recorded.entry.kind}"
        for name, text in _facts(recorded):
            yield f"    ; {name}:{quote(text, safe='/:+')}"
        for side in sides:
            yield f'    {side.account}  {side.amount} "{side.commodity}"'

    def assertions(self, day: date, sides: Iterable[Side]) -> Iterator[str]:
        """State what accounts have when a day begins: a transaction that moves nothing and looks."""
        yield f"{day} * balances"
        for side in sides:
            yield f'    {side.account}  0 "{side.commodity}" = {side.amount} "{side.commodity}"'


def beancount(conn: Connection[Any], book: str, out: TextIO) -> None:
    """Write a book as a Beancount journal, which ends with the balance of every account that has a floor.

    As the other exports, it runs in a transaction that is REPEATABLE READ, goes through the entries as they
    were posted, and takes memory for no more than a thousand.

    :raises ValueError: the transaction would see several moments
    """
    _write(_journal(conn, book, Beancount()), out)


def hledger(conn: Connection[Any], book: str, out: TextIO) -> None:
    """Write a book as an hledger journal, which ends with the balance of every account that has a floor.

    :raises ValueError: the transaction would see several moments
    """
    _write(_journal(conn, book, Hledger()), out)


def csv(conn: Connection[Any], book: str, out: TextIO) -> None:
    """Write a book as a table of its postings, in which no cell is a formula.

    An entry without postings has one row. A cell that a spreadsheet would calculate, or that begins with an
    apostrophe, has an apostrophe in front.

    :raises ValueError: the transaction would see several moments
    """
    queries.see_one_moment(conn, "an export")
    table = writer(out)
    table.writerow(COLUMNS)
    for row in posted.stream(conn, book, as_posted=True):
        table.writerows(_rows(posted.recorded(row)))


def account_name(path: str, *, bounded: bool) -> str:
    """Name an account as both tools take it; no two have one name."""
    return ":".join(("Assets" if bounded else "Equity", *map(_component, path.split("/"))))


def path_of(name: str) -> str:
    """Tell which path was given this name."""
    return "/".join(map(_segment, name.split(":")[1:]))


def commodity_names(assets: Iterable[str]) -> dict[str, str]:
    """Name commodities as both tools take them: in capitals, with a number where two would be the same."""
    names: dict[str, str] = {}
    taken = set(_RESERVED)
    for asset in assets:
        plain = re.sub(r"[^A-Z0-9]+", "-", asset.upper()).strip("-")
        stem = plain if re.match("[A-Z].", plain) else f"X-{plain or 'X'}"
        name, others = stem, 1
        while name in taken:
            others += 1
            name = f"{stem}-{others}"
        taken.add(name)
        names[asset] = name
    return names


def quoted(text: str) -> str:
    """Quote text so that nothing in it ends the string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def defused(text: str) -> str:
    """Keep a spreadsheet from taking text for a formula; the first apostrophe is always ours."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "'")) else text


def _journal(conn: Connection[Any], book: str, tongue: Tongue) -> Iterator[str]:
    queries.see_one_moment(conn, "an export")
    names = commodity_names(queries.assets(conn, book))
    yield from (f"; {line}" for line in (f"The book {book}.", *_MAPPING))
    for asset, name in names.items():
        yield from tongue.commodity(name, asset)
    for path, bounded, assets in queries.accounts(conn, book):
        yield from tongue.account(
            account_name(path, bounded=bounded), path, [names[asset] for asset in assets]
        )
    last = BEGINNING
    for row in posted.stream(conn, book, as_posted=True):
        recorded = posted.recorded(row)
        last = max(last, recorded.posted_at.date())
        yield from tongue.transaction(recorded.posted_at.date(), recorded, _sides(row, names))
    yield from tongue.assertions(last + timedelta(days=1), _floors(conn, book, names))
    for hold in queries.every_open_hold(conn, book):
        yield _held(hold, names)


def _sides(row: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Side]:
    for source, target, asset, amount, *_, from_bounded, to_bounded in row["postings"] or ():
        for path, bounded, change in ((source, from_bounded, -amount), (target, to_bounded, amount)):
            yield Side(account=account_name(path, bounded=bounded), amount=change, commodity=names[asset])


def _floors(conn: Connection[Any], book: str, names: Mapping[str, str]) -> Iterator[Side]:
    for path, asset, has in queries.stocks(conn, book):
        yield Side(account=account_name(path, bounded=True), amount=has, commodity=names[asset])


def _held(hold: Hold, names: Mapping[str, str]) -> str:
    until = "" if hold.expires_at is None else f" until {hold.expires_at.isoformat()}"
    place = account_name(hold.account, bounded=True)
    return f"; The hold {hold.id} keeps {hold.remaining} {names[hold.asset]} of {place}{until}."


def _facts(recorded: Recorded) -> Iterator[tuple[str, str]]:
    entry = recorded.entry
    yield "entry", str(entry.id)
    yield "key", entry.key
    yield "kind", entry.kind
    yield "at", entry.at.isoformat()
    yield "posted-at", recorded.posted_at.isoformat()
    if entry.reverses is not None:
        yield "reverses", str(entry.reverses)


def _rows(recorded: Recorded) -> Iterator[tuple[str | int, ...]]:
    entry = recorded.entry
    said = (
        recorded.posted_at.isoformat(),
        entry.at.isoformat(),
        str(entry.id),
        defused(entry.key),
        defused(entry.kind),
        str(entry.reverses or ""),
    )
    if not entry.postings:
        yield (*said, "", "", "", "", "")
    for no, one in enumerate(entry.postings, 1):
        yield (*said, no, defused(one.source), defused(one.target), defused(one.asset), one.amount)


def _component(segment: str) -> str:
    first, rest = segment[0], segment[1:]
    plain = first.upper() if re.match("[a-wyz0-9]", first) else _escaped(first)
    return plain + re.sub("[^a-z0-9-]", lambda sign: _escaped(sign[0]), rest)


def _segment(component: str) -> str:
    first = component[0] if component[0] == "X" else component[0].lower()
    return re.sub("X([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), first + component[1:])


def _escaped(sign: str) -> str:
    return f"X{ord(sign):02x}"


def _write(lines: Iterable[str], out: TextIO) -> None:
    out.writelines(f"{line}\n" for line in lines)
