"""The one way to check everything: each line against each balance, each entry against its fingerprint."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from psycopg import Connection
from psycopg.rows import scalar_row, tuple_row
from pydantic import ValidationError

from ledger.recount import recount
from ledger.rules import content
from ledger.seal.canonical import digest
from ledger.store import checks, log_checks, lot_checks, posted, queries, recent_checks, status_checks, tree
from ledger.values import Value
from ledger.verify import Checkpoint


class Finding(Value):
    """Something that is wrong: the first such row of its check, in words."""

    check: str
    sentence: str
    book: str | None = None  # none, if it is the schema that is wrong


class Sum(Value):
    """What all accounts of one asset come to: zero, unless something is wrong."""

    asset: str
    total: int
    accounts: int
    postings: int


class Book(Value):
    """What the audit saw of one book: everything, or what came `since` its log had a size until now."""

    name: str
    since: int
    size: int
    entries: int
    sums: tuple[Sum, ...]
    findings: tuple[Finding, ...]


class Report(Value):
    """What the audit saw of everything."""

    findings: tuple[Finding, ...]
    books: tuple[Book, ...]

    @property
    def ok(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.findings


def audit(
    conn: Connection[Any],
    books: Iterable[str] | None = None,
    progress: Callable[[str, str], None] = lambda book, check: None,
    *,
    against: Sequence[Checkpoint] = (),
    since: Mapping[str, int] | None = None,
) -> Report:
    """Replay books, all of them or those named, and compare what they say with what they should.

    It runs in a transaction that is REPEATABLE READ, so that it sees one moment of books that go on, and
    takes memory for no more than a thousand entries. `progress` hears of each check before it begins, with
    the book ("" for the schema) and the check's name. `against` are checkpoints that were kept elsewhere:
    only they can tell that a whole database was cut short, or is an older one.

    `since` names sizes of logs up to which books were found sound before. Of such a book it reads what came
    later: those entries, their lines back to the last older one, and the balances, snapshots and leaves that
    they touch. It does not read again what is older, nor tiles, nor how each hold and lot came about; what
    somebody changed there behind the ledger's back it sees only in the sums of all accounts.

    :raises ValueError: the transaction would see several moments
    """
    queries.see_one_moment(conn, "an audit")
    findings = []
    for check in checks.SCHEMA:
        progress("", check.name)
        if (sentence := _ask(conn, check.query, {})) is not None:
            findings.append(Finding(check=check.name, sentence=sentence))
    names = list(conn.cursor(row_factory=scalar_row).execute(checks.BOOKS)) if books is None else list(books)
    origins = {name: _origin(conn, name) for name in names}
    findings += [
        Finding(check="against", sentence=f"no book has signed as {one.origin}, which did so elsewhere")
        for one in against
        if one.origin not in origins.values()
    ]
    seen = tuple(
        _book(
            conn,
            name,
            progress,
            [one for one in against if one.origin == origins[name]],
            (since or {}).get(name, 0),
        )
        for name in names
    )
    return Report(findings=(*findings, *(finding for book in seen for finding in book.findings)), books=seen)


def _origin(conn: Connection[Any], book: str) -> str | None:
    """Tell under which name a book's log is signed, if it ever was."""
    signed = tree.newest(conn, book)
    return None if signed is None else signed.note.partition("\n")[0]


def _book(
    conn: Connection[Any],
    book: str,
    progress: Callable[[str, str], None],
    against: Sequence[Checkpoint],
    since: int,
) -> Book:
    named = {"book": book, "since": since}
    findings = []
    whole = checks.BOOK + lot_checks.LOTS + log_checks.LOG
    for check in (recent_checks.RECENT if since else whole) + status_checks.STATUS:
        progress(book, check.name)
        if (sentence := _ask(conn, check.query, named)) is not None:
            findings.append(Finding(check=check.name, sentence=sentence, book=book))
    progress(book, "fingerprints")
    entries, changed = 0, None
    for sentence in _fingerprints(conn, book, since):
        entries += 1
        changed = changed or sentence
    if changed:
        findings.append(Finding(check="fingerprints", sentence=changed, book=book))
    progress(book, "tree")
    findings += [
        Finding(check=check, sentence=sentence, book=book)
        for check, sentence in recount(conn, book, against, since=since)
    ]
    progress(book, "conservation")
    sums = _sums(conn, named)
    findings += [
        Finding(check="conservation", sentence=f"all {one.asset} comes to {one.total}, not to 0", book=book)
        for one in sums
        if one.total
    ]
    size = _ask(conn, "select size from ledger.log where book = %(book)s", named)
    return Book(name=book, since=since, size=size or 0, entries=entries, sums=sums, findings=tuple(findings))


def _sums(conn: Connection[Any], named: Mapping[str, Any]) -> tuple[Sum, ...]:
    counting = recent_checks.POSTINGS if named["since"] else checks.POSTINGS
    postings: dict[str, int] = dict(conn.cursor(row_factory=tuple_row).execute(counting, named).fetchall())
    return tuple(
        Sum(asset=asset, accounts=accounts, postings=postings.get(asset, 0), total=int(total))
        for asset, accounts, total in conn.cursor(row_factory=tuple_row).execute(checks.SUMS, named)
    )


def _fingerprints(conn: Connection[Any], book: str, since: int) -> Iterator[str | None]:
    """Say of each entry what is wrong with its content, if anything."""
    for row in posted.stream_recent(conn, book, since) if since else posted.stream(conn, book):
        try:
            stored = posted.recorded(row)
        except ValidationError as error:
            yield f"entry {row['id']} does not read as an entry: {error.errors()[0]['msg']}"
            continue
        intact = digest(content(stored.entry)) == stored.fingerprint
        yield None if intact else f"entry {row['id']} is not what was posted: its fingerprint differs"


def _ask(conn: Connection[Any], query: str, parameters: Mapping[str, Any] | None = None) -> Any:
    return conn.cursor(row_factory=scalar_row).execute(query, parameters).fetchone()
