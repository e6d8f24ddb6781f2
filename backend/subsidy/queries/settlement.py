"""What entries must have moved between budgets and operators, for the sheets of a month."""

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.postings import Fact, operator_subsidy
from backend.subsidy.models import BudgetEventRow, Funding, PromiseRow
from backend.subsidy.postings import budget_path
from backend.subsidy.queries.programmes import programmes
from backend.subsidy.rules import Happened


def settled_facts(db: Session, district: str, *, since: datetime, until: datetime) -> Iterator[Fact]:
    """Tell what money came to budgets and left them by decision, and what was paid from the queue."""
    funded = select(Funding).where(Funding.district == district)
    for row in db.scalars(funded.where(Funding.funded_at >= since, Funding.funded_at < until)):
        yield Fact(f"funding/{row.id}", budget_path(row.programme, row.period), row.fen, row.funded_at)
    yield from _ordered(db, district, since=since, until=until)
    yield from _paid_late(db, district, since=since, until=until)


def _ordered(db: Session, district: str, *, since: datetime, until: datetime) -> Iterator[Fact]:
    """Tell of cuts, carry-overs and closings; what a payment brings is told by the payment."""
    rows = db.scalars(
        select(BudgetEventRow)
        .where(BudgetEventRow.district == district, BudgetEventRow.at >= since, BudgetEventRow.at < until)
        .where(BudgetEventRow.entry.is_not(None), BudgetEventRow.happened != Happened.FUNDED)
    )
    for row in rows:
        if row.period is not None:
            yield Fact(f"budget_order/{row.order}", budget_path(row.programme, row.period), row.fen, row.at)


def _paid_late(db: Session, district: str, *, since: datetime, until: datetime) -> Iterator[Fact]:
    rows = db.scalars(
        select(PromiseRow).where(
            PromiseRow.district == district, PromiseRow.paid_at >= since, PromiseRow.paid_at < until
        )
    )
    for row in rows:
        if row.paid_at is None or row.paid_from is None:
            continue
        key = f"promise/{row.id}/paid"
        yield Fact(key, budget_path(row.programme, row.paid_from), -row.fen, row.paid_at)
        if row.operator_subsidy_fen:
            yield Fact(key, operator_subsidy(row.operator), row.operator_subsidy_fen, row.paid_at)


def programme_names(db: Session, district: str, parties: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Name programmes, in Chinese and English."""
    known = programmes(db, district)
    return {one.id: (one.name_zh, one.name_en) for one in known if one.id in parties}
