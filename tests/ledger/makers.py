"""One function per noun of the ledger."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from ledger import Entry, Outcome, Posted, Posting, Refusal, Refused, Reserve

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
ALICE, BOB, CAFE = "household/alice/green", "household/bob/green", "merchant/cafe/green"
ISSUED = "green/issued"


def a_move(source: str, target: str, amount: int, asset: str = "GREEN") -> Posting:
    """Move points."""
    return Posting(source=source, target=target, asset=asset, amount=amount)


def an_entry(book: str, *postings: Posting, **others: Any) -> Entry:
    """Make an entry with a key of its own unless one is given."""
    this = uuid4()
    named: dict[str, Any] = {"id": this, "key": f"test/{this}", "kind": "test", "at": NOON, **others}
    return Entry(book=book, postings=postings, **named)


def an_award(book: str, path: str, amount: int, **others: Any) -> Entry:
    """Give points to someone."""
    return an_entry(book, a_move(ISSUED, path, amount), **others)


def a_hold(
    book: str, path: str, amount: int, *, hold: UUID, expires_at: datetime | None = None, **others: Any
) -> Entry:
    """Hold points of someone."""
    reserve = Reserve(hold=hold, account=path, asset="GREEN", amount=amount, expires_at=expires_at)
    return an_entry(book, reserves=(reserve,), **others)


def code_of(outcome: Outcome) -> Refusal | None:
    """Tell why it was refused, if it was."""
    return outcome.code if isinstance(outcome, Refused) else None


def word_of(outcome: Outcome) -> str:
    """Answer as the model does."""
    match outcome:
        case Refused(code=code):
            return code.value
        case Posted(replayed=True):
            return "replayed"
    return "posted"
