"""What a programme has for a period, what happened to it, and on which day it runs out."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from backend.accounts import queries as accounts
from backend.accounts.postings import FEN
from backend.kit.clock import city_day
from backend.subsidy.errors import BudgetNotFound
from backend.subsidy.models import BudgetEventRow, BudgetRow, Funding
from backend.subsidy.postings import budget_path
from backend.subsidy.queries.programmes import programme, programmes
from backend.subsidy.rules import (
    ENDING,
    Budget,
    BudgetEvent,
    BudgetState,
    Draw,
    Forecast,
    Programme,
    Unknown,
    forecast,
)

_TREASURY = text("select pg_advisory_xact_lock(hashtextextended('treasury/' || :district, 0))")


def budget_locked(db: Session, district: str, programme: UUID, period: str) -> BudgetRow | None:
    """Return a budget's row, to change it; the gate of its programme is closed already."""
    return db.get(BudgetRow, (district, programme, period), with_for_update=True, populate_existing=True)


def lock_treasury(db: Session, district: str) -> None:
    """Let nobody else pay from the treasury until this transaction ends."""
    db.execute(_TREASURY, {"district": district})


def budgets(db: Session, district: str) -> list[Budget]:
    """List what every programme has for every period that was ever funded, the newest period first."""
    known = {one.id: one for one in programmes(db, district)}
    rows = db.scalars(
        select(BudgetRow)
        .where(BudgetRow.district == district)
        .order_by(BudgetRow.period.desc(), BudgetRow.programme)
    ).all()
    return [_budget(db, known[row.programme], row) for row in rows]


def budget(db: Session, district: str, programme_id: UUID, period: str) -> Budget:
    """Return what a programme has for a period.

    :raises ProgrammeNotFound: the district has no such programme
    :raises BudgetNotFound: it never had money for this period
    """
    owner = programme(db, district, programme_id)
    row = db.get(BudgetRow, (district, programme_id, period))
    if row is None:
        raise BudgetNotFound
    return _budget(db, owner, row)


def _budget(db: Session, owner: Programme, row: BudgetRow) -> Budget:
    balance = accounts.balance(db, row.district, budget_path(owner.id, row.period), FEN)
    moved = [event.fen for event in events(db, row.district, owner.id, row.period)]
    basis_zh, basis_en = _basis(db, row) or (owner.basis_zh, owner.basis_en)
    return Budget(
        programme=owner,
        period=row.period,
        state=_standing(owner, row),
        funded_fen=sum(fen for fen in moved if fen > 0),
        returned_fen=-sum(fen for fen in moved if fen < 0),
        posted_fen=balance.posted,
        held_fen=balance.held,
        available_fen=balance.available,
        basis_zh=basis_zh,
        basis_en=basis_en,
    )


def _standing(owner: Programme, row: BudgetRow) -> str:
    is_settled = row.state in (BudgetState.CARRIED_OVER, BudgetState.CLOSED)
    return row.state if owner.closed_at is None or is_settled else ENDING


def _basis(db: Session, row: BudgetRow) -> tuple[str, str] | None:
    """Return where the last money of a budget came from; a carried one has no payment of its own."""
    found = db.execute(
        select(Funding.basis_zh, Funding.basis_en)
        .where(Funding.district == row.district, Funding.programme == row.programme)
        .where(Funding.period == row.period)
        .order_by(Funding.funded_at.desc(), Funding.id.desc())
        .limit(1)
    ).first()
    return found and (found.basis_zh, found.basis_en)


def events(db: Session, district: str, programme: UUID, period: str) -> list[BudgetEvent]:
    """List what happened to a budget and to its programme, in its order: what a replay has to follow."""
    rows = db.scalars(
        select(BudgetEventRow)
        .where(BudgetEventRow.district == district, BudgetEventRow.programme == programme)
        .where(or_(BudgetEventRow.period == period, BudgetEventRow.period.is_(None)))
        .order_by(BudgetEventRow.at, BudgetEventRow.id)
    )
    return [row.event() for row in rows]


def all_events(db: Session, district: str) -> list[BudgetEvent]:
    """List what happened to all budgets and programmes of a district, in its order."""
    rows = db.scalars(
        select(BudgetEventRow)
        .where(BudgetEventRow.district == district)
        .order_by(BudgetEventRow.at, BudgetEventRow.id)
    )
    return [row.event() for row in rows]


def draws(db: Session, district: str, programme: UUID, period: str) -> list[Draw]:
    """List what was drawn on each day of a budget's life, for a chart and for a forecast."""
    path = budget_path(programme, period)
    return [Draw(on, fen) for on, fen in accounts.daily_draws(db, district, path, FEN)]


def runs_out(found: Budget, drawn: Sequence[Draw], *, at: datetime) -> Forecast:
    """Reckon the day on which a budget is gone."""
    if found.state != "open":
        return Forecast(None, Unknown.NOT_OPEN, None, None, 0, 0)
    today = city_day(at)
    ends_on = date(int(found.period), 12, 31)
    return forecast(drawn, left_fen=found.available_fen, today=today, ends_on=ends_on)
