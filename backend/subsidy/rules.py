"""What is under a ceiling, which month and year a moment falls in, and what leaves this room."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.kit.clock import CITY


@dataclass(frozen=True)
class Programme:
    """Who pays a subsidy, and what happens when the money is gone."""

    id: UUID
    name_zh: str
    name_en: str
    cap_rule: str
    """`stop`: what the budget cannot hold is not subsidised, and the quote says so."""
    period: str
    """`year`: a budget lasts a calendar year."""
    basis_zh: str
    basis_en: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Budget:
    """A programme's money for one period, as the ledger has it."""

    programme: Programme
    period: str
    funded_fen: int
    posted_fen: int
    held_fen: int
    available_fen: int
    basis_zh: str
    basis_en: str


def month_of(at: datetime) -> str:
    """Return the calendar month of a moment in the city, such as `2026-11`."""
    return f"{at.astimezone(CITY):%Y-%m}"


def period_of(at: datetime) -> str:
    """Return the budget year of a moment in the city, such as `2026`."""
    return f"{at.astimezone(CITY):%Y}"


def under_ceiling(net_grams: int, *, ceiling_grams: int | None, taken_grams: int) -> int:
    """Return how much of a weight is still under a month's ceiling; no ceiling is none to reach."""
    if ceiling_grams is None:
        return net_grams
    return min(net_grams, max(ceiling_grams - taken_grams, 0))
