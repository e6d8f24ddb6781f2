"""The audit of every book, in words: replayed line by line, conserved, and with a fen behind every point."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session

import ledger
from backend.accounts import queries
from backend.kit.db import commit, dialect, driver, see
from backend.network import queries as network
from ledger.verify import Checkpoint, Key, Unproven, open_checkpoint


@dataclass(frozen=True)
class Audit:
    """What was found: the ledger's own report, and what stands behind the points of each district."""

    report: ledger.Report
    backings: Mapping[str, queries.Backing]

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing is wrong."""
        return self.report.ok and all(
            backing.is_exact and backing.owes_exactly for backing in self.backings.values()
        )


def run(
    url: str, *, say: Callable[[str], None], since_last: bool = False, against: Sequence[str] = ()
) -> bool:
    """Check every book of the city as the auditor, say what was found, and note which books are sound.

    :param since_last: read only what came after the last sound audit of each book
    :param against: checkpoints of its logs that were kept elsewhere, as signed notes
    :returns: whether nothing is wrong
    """
    with one_moment(url) as db:
        try:
            kept = signed(db, against)
        except Unproven as why:
            say(f"What was kept elsewhere is no checkpoint of ours: {why}.")
            return False
        found = audit(db, since_last=since_last, against=kept)
    for line in told(found):
        say(line)
    if found.is_sound:
        note(url, found.report)
    return found.is_sound


@contextmanager
def one_moment(url: str) -> Iterator[Session]:
    """Look at one moment of all districts, as the auditor."""
    engine = create_engine(dialect(url), poolclass=NullPool, isolation_level="REPEATABLE READ")
    with Session(engine.execution_options(postgresql_readonly=True)) as db:
        see(db, *(district.code for district in network.districts(db)))
        yield db


def signed(db: Session, notes: Sequence[str]) -> list[Checkpoint]:
    """Read checkpoints that were kept elsewhere, each signed by a key of a log of ours.

    :raises ledger.verify.Unproven: one of them is none, or somebody else has signed it
    """
    keys = [Key.read(key) for key in queries.every_verifier(db)] if notes else []
    return [open_checkpoint(note, keys).checkpoint for note in notes]


def audit(db: Session, *, since_last: bool = False, against: Sequence[Checkpoint] = ()) -> Audit:
    """Check every book that this transaction sees, or what came to each after its last sound audit.

    :raises ValueError: it would see several moments, as READ COMMITTED does
    """
    conn = driver(db)
    districts = [district.code for district in network.districts(db)] if since_last else []
    since = {code: ledger.last_audited(conn, code) for code in districts}
    report = ledger.audit(conn, since=since, against=against)
    return Audit(report, {book.name: queries.backing(db, book.name) for book in report.books})


def note(url: str, report: ledger.Report) -> None:
    """Write down how far each book of a sound report was read, for the next audit to begin there."""
    with Session(create_engine(dialect(url), poolclass=NullPool)) as db:
        see(db, *(book.name for book in report.books))
        for book in report.books:
            ledger.mark_audited(driver(db), book.name, since=book.since, size=book.size)
        commit(db)


def told(found: Audit) -> Iterator[str]:
    """Tell an audit line by line."""
    for book in found.report.books:
        read = f"{book.entries:,} entries"
        yield f"{book.name}  " + (f"since position {book.since:,}, {read}" if book.since else read)
        for one in book.sums:
            yield (
                f"  {one.asset:<24} {one.postings:>10,} postings in {one.accounts:>8,} accounts"
                f" come to {one.total:,}"
            )
        yield f"  {_backed(found.backings[book.name])}"
        yield f"  {_owed(found.backings[book.name])}"
    for finding in found.report.findings:
        yield f"WRONG  {finding.book or 'schema'}  {finding.check}: {finding.sentence}"
    yield "Everything is sound." if found.is_sound else "Something is wrong."


def _backed(backing: queries.Backing) -> str:
    points = backing.household_points + backing.merchant_points
    return (
        f"{'Every point is backed by a fen' if backing.is_exact else 'WRONG  points are not backed'}:"
        f" {points:,} points ({backing.household_points:,} of households, {backing.merchant_points:,} of"
        f" merchants), fund {backing.fund_fen:,} fen, of which operators still owe"
        f" {backing.operators_owe_fen:,}"
    )


def _owed(backing: queries.Backing) -> str:
    if backing.owes_exactly:
        return f"Households owe {backing.owed_points:,} points that corrections could not take back"
    return (
        f"WRONG  households owe {backing.owed_points:,} points, and {-backing.owing_points:,} are counted on"
    )
