"""How a subsidy reads in the ledger."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from backend.accounts.postings import (
    FEN,
    GREEN,
    Posting,
    Priced,
    budget,
    fund,
    funded,
    green,
    green_issued,
    move,
    operator_subsidy,
    treasury,
)
from backend.subsidy.rules import Promise


def budget_path(programme: UUID, period: str) -> str:
    """Name the account that a quote holds and a confirmation draws on."""
    return budget(programme, period)


def wanted(priced: Priced) -> dict[UUID, int]:
    """Return how many fen of each programme a bag needs, both subsidies together."""
    household, operator = _sums(priced)
    return dict(household + operator)


def drawn(priced: Priced) -> tuple[Posting, ...]:
    """Pay a bag's subsidies: the household's into the fund behind its points, the operator's to him."""
    household, operator = _sums(priced)
    postings: list[Posting] = []
    for programme in household | operator:
        source = budget_path(programme, priced.period)
        postings += move(source, fund(), FEN, household[programme])
        postings += move(source, operator_subsidy(priced.operator), FEN, operator[programme])
    return tuple(postings)


def allotted(programme: UUID, period: str, fen: int, *, from_bank: bool) -> tuple[Posting, ...]:
    """Give a budget money: from the treasury, into which new money comes from the bank first."""
    if from_bank:
        return funded(programme, period, fen)
    return move(treasury(), budget_path(programme, period), FEN, fen)


def returned(programme: UUID, period: str, fen: int) -> tuple[Posting, ...]:
    """Take money of a budget back into the treasury."""
    return move(budget_path(programme, period), treasury(), FEN, fen)


def carried_over(programme: UUID, period: str, to_period: str, fen: int) -> tuple[Posting, ...]:
    """Move money from one period to another."""
    return move(budget_path(programme, period), budget_path(programme, to_period), FEN, fen)


def paid_late(promise: Promise, *, period: str, lapses_at: datetime | None) -> tuple[Posting, ...]:
    """Pay a queued subsidy from the money of a period, and credit its points.

    :param lapses_at: when the points do; None is never
    """
    return subsidised(
        promise.household,
        promise.operator,
        source=budget_path(promise.programme, period),
        household_fen=promise.subsidy_fen,
        operator_fen=promise.operator_subsidy_fen,
        lapses_at=lapses_at,
    )


def subsidised(
    household: UUID,
    operator: UUID,
    *,
    source: str,
    household_fen: int,
    operator_fen: int,
    lapses_at: datetime | None,
) -> tuple[Posting, ...]:
    """Pay both subsidies of a line after its bag was posted, and credit the points of the household's."""
    return (
        *move(source, fund(), FEN, household_fen),
        *move(source, operator_subsidy(operator), FEN, operator_fen),
        *move(green_issued(), green(household), GREEN, household_fen, expires_at=lapses_at),
    )


def _sums(priced: Priced) -> tuple[Counter[UUID], Counter[UUID]]:
    household: Counter[UUID] = Counter()
    operator: Counter[UUID] = Counter()
    for line in priced.lines:
        if line.programme is not None:
            household[line.programme] += line.subsidy_fen
            operator[line.programme] += line.operator_subsidy_fen
    return household, operator
