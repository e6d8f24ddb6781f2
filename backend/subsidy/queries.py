"""The questions that are asked of the subsidy room."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts import queries as accounts
from backend.accounts.postings import FEN
from backend.subsidy.errors import ProgrammeNotFound
from backend.subsidy.models import Ceiling, Funding, ProgrammeRow
from backend.subsidy.postings import budget_path
from backend.subsidy.rules import Budget, Programme, month_of, period_of

__all__ = ["Budget", "Programme", "month_of", "period_of"]


def programmes(db: Session, district: str) -> list[Programme]:
    """List a district's programmes, in the order they were opened."""
    rows = db.scalars(
        select(ProgrammeRow)
        .where(ProgrammeRow.district == district)
        .order_by(ProgrammeRow.opened_at, ProgrammeRow.id)
    )
    return [row.programme() for row in rows]


def programme_locked(db: Session, district: str, programme: UUID) -> ProgrammeRow:
    """Return a programme that stays as it is until this transaction ends.

    :raises ProgrammeNotFound: the district has no such programme
    """
    row = db.get(ProgrammeRow, (district, programme), with_for_update=True)
    if row is None:
        raise ProgrammeNotFound
    return row


def budgets(db: Session, district: str) -> list[Budget]:
    """List what every programme has for every period that was ever funded, the newest period first."""
    known = {programme.id: programme for programme in programmes(db, district)}
    funded: dict[tuple[str, UUID], list[Funding]] = defaultdict(list)
    for row in db.scalars(
        select(Funding)
        .where(Funding.district == district)
        .order_by(Funding.period.desc(), Funding.programme, Funding.funded_at, Funding.id)
    ):
        funded[row.period, row.programme].append(row)
    return [_budget(db, known[programme], period, rows) for (period, programme), rows in funded.items()]


def _budget(db: Session, programme: Programme, period: str, rows: list[Funding]) -> Budget:
    found = accounts.balance(db, rows[0].district, budget_path(programme.id, period), FEN)
    return Budget(
        programme=programme,
        period=period,
        funded_fen=sum(row.fen for row in rows),
        posted_fen=found.posted,
        held_fen=found.held,
        available_fen=found.available,
        basis_zh=rows[-1].basis_zh,
        basis_en=rows[-1].basis_en,
    )


def ceilings_locked(
    db: Session, district: str, *, household: UUID, month: str, materials: Collection[str]
) -> dict[str, Ceiling]:
    """Return a household's ceilings of a month, locked in the order of their materials."""
    rows = db.scalars(
        select(Ceiling)
        .where(Ceiling.district == district, Ceiling.household == household)
        .where(Ceiling.month == month, Ceiling.material.in_(materials))
        .order_by(Ceiling.material)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.material: row for row in rows}
