"""How a confirmed weighing reads in the ledger: value, subsidy, points, carbon and mass in one entry."""

from uuid import UUID

from backend.accounts.postings import Posting, Priced, Reserve, credited
from backend.carbon.postings import saved
from backend.custody.postings import collected
from backend.subsidy.postings import budget_path, drawn
from backend.weighing.rules import Price


def confirmed(value: Priced) -> tuple[Posting, ...]:
    """Compose the one entry of a confirmed weighing."""
    return (*credited(value), *drawn(value), *saved(value), *collected(value))


def reserved(price: Price, *, hold: UUID, period: str) -> Reserve:
    """Hold what a line promises, on the budget that will pay it."""
    assert price.programme is not None
    return Reserve(
        hold=hold, account=budget_path(price.programme, period), asset="FEN", amount=price.held_fen
    )
