"""How a subsidy reads in the ledger."""

from collections import Counter
from uuid import UUID

from backend.accounts.postings import FEN, Posting, Priced, budget, fund, move, operator_subsidy


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


def _sums(priced: Priced) -> tuple[Counter[UUID], Counter[UUID]]:
    household: Counter[UUID] = Counter()
    operator: Counter[UUID] = Counter()
    for line in priced.lines:
        if line.programme is not None:
            household[line.programme] += line.subsidy_fen
            operator[line.programme] += line.operator_subsidy_fen
    return household, operator
