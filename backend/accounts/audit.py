"""The audit of every book, in words: replayed line by line, conserved, and with a fen behind every point."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session

import ledger
from backend.accounts import queries
from backend.kit.db import dialect, driver, see
from backend.network import queries as network


@dataclass(frozen=True)
class Audit:
    """What was found: the ledger's own report, and what stands behind the points of each district."""

    report: ledger.Report
    backings: Mapping[str, queries.Backing]

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing is wrong."""
        return self.report.ok and all(backing.is_exact for backing in self.backings.values())


def run(url: str, *, say: Callable[[str], None]) -> bool:
    """Check every book of the city as the auditor, and say what was found.

    :returns: whether nothing is wrong
    """
    with one_moment(url) as db:
        found = audit(db)
    for line in told(found):
        say(line)
    return found.is_sound


@contextmanager
def one_moment(url: str) -> Iterator[Session]:
    """Look at one moment of all districts, as the auditor."""
    engine = create_engine(dialect(url), poolclass=NullPool, isolation_level="REPEATABLE READ")
    with Session(engine.execution_options(postgresql_readonly=True)) as db:
        see(db, *(district.code for district in network.districts(db)))
        yield db


def audit(db: Session) -> Audit:
    """Check every book that this transaction sees.

    :raises ValueError: it would see several moments, as READ COMMITTED does
    """
    report = ledger.audit(driver(db))
    return Audit(report, {book.name: queries.backing(db, book.name) for book in report.books})


def told(found: Audit) -> Iterator[str]:
    """Tell an audit line by line."""
    for book in found.report.books:
        yield f"{book.name}  {book.entries:,} entries"
        for one in book.sums:
            yield (
                f"  {one.asset:<24} {one.postings:>10,} postings in {one.accounts:>8,} accounts"
                f" come to {one.total:,}"
            )
        yield f"  {_backed(found.backings[book.name])}"
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
