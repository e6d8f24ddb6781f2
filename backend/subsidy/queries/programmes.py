"""What programmes there are, and what each pays at a moment."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backend.accounts import queries as accounts
from backend.accounts.postings import FEN
from backend.subsidy.errors import ProgrammeNotFound
from backend.subsidy.models import BudgetRow, ProgrammeRow
from backend.subsidy.postings import budget_path
from backend.subsidy.rules import (
    CapRule,
    Offer,
    Programme,
    Terms,
    percent_paid,
    period_of,
    said,
    standing,
    terms,
)

_TERMS = text("select * from budget_terms(:district, :programmes, :period)")
_GATE = text("select pg_advisory_xact_lock(hashtextextended('budget/' || :district || '/' || :programme, 0))")


def programmes(db: Session, district: str) -> list[Programme]:
    """List a district's programmes, in the order they were opened."""
    rows = db.scalars(
        select(ProgrammeRow)
        .where(ProgrammeRow.district == district)
        .order_by(ProgrammeRow.opened_at, ProgrammeRow.id)
    )
    return [row.programme() for row in rows]


def programmes_known(db: Session, district: str, named: Collection[UUID]) -> set[UUID]:
    """Return those of these programmes that the district has."""
    query = select(ProgrammeRow.id).where(ProgrammeRow.district == district)
    return set(db.scalars(query.where(ProgrammeRow.id.in_(named))))


def programme(db: Session, district: str, programme_id: UUID) -> Programme:
    """Return a programme.

    :raises ProgrammeNotFound: the district has no such programme
    """
    row = db.get(ProgrammeRow, (district, programme_id))
    if row is None:
        raise ProgrammeNotFound
    return row.programme()


def programme_locked(db: Session, district: str, programme: UUID) -> ProgrammeRow:
    """Return a programme that stays as it is until this transaction ends; its gate is closed for so long.

    Quotes that are under way end first, and the next ones see what this transaction has changed.

    :raises ProgrammeNotFound: the district has no such programme
    """
    db.execute(_GATE, {"district": district, "programme": str(programme)})
    row = db.get(ProgrammeRow, (district, programme), with_for_update=True, populate_existing=True)
    if row is None:
        raise ProgrammeNotFound
    return row


def terms_now(db: Session, district: str, *, programmes: Collection[UUID], period: str) -> dict[UUID, Terms]:
    """Tell what programmes pay now, until this transaction ends; one that nobody knows pays nothing.

    Of a tapering programme one quote after the other is given, as each must know what is left.
    """
    if not programmes:
        return {}
    asked = {"district": district, "programmes": list(programmes), "period": period}
    found = dict.fromkeys(programmes, Terms().exhausted())
    for row in db.execute(_TERMS, asked).all():
        percent = 100
        if row.cap_rule == CapRule.TAPER:
            percent = percent_paid(
                row.cap_rule,
                left_fen=accounts.balance(db, district, budget_path(row.programme, period), FEN).available,
                below_fen=row.taper_below_fen,
                percent=row.taper_percent,
            )
        found[row.programme] = terms(
            row.cap_rule, state=row.state, closed=row.closed, percent=percent, period=period
        )
    return found


def offers(db: Session, district: str, *, at: datetime) -> list[Offer]:
    """Tell of each programme that is not closed what a household can expect of it now."""
    period = period_of(at)
    belongs = (BudgetRow.district == ProgrammeRow.district) & (BudgetRow.programme == ProgrammeRow.id)
    rows = db.execute(
        select(ProgrammeRow, BudgetRow.state)
        .outerjoin(BudgetRow, belongs & (BudgetRow.period == period))
        .where(ProgrammeRow.district == district, ProgrammeRow.closed_at.is_(None))
        .order_by(ProgrammeRow.opened_at, ProgrammeRow.id)
    ).all()
    funded = [budget_path(row.id, period) for row, state in rows if state]
    left = accounts.available(db, district, funded, FEN)
    return [
        _offer(row, state, period=period, left_fen=left.get(budget_path(row.id, period), 0))
        for row, state in rows
    ]


def _offer(row: ProgrammeRow, state: str | None, *, period: str, left_fen: int) -> Offer:
    percent = percent_paid(
        row.cap_rule, left_fen=left_fen, below_fen=row.taper_below_fen, percent=row.taper_percent
    )
    now = terms(row.cap_rule, state=state, closed=False, percent=percent, period=period)
    found = standing(now, left_fen=left_fen)
    said_zh, said_en = said(found, now)
    return Offer(row.id, row.name_zh, row.name_en, found, now.percent, now.queue_for, said_zh, said_en)
