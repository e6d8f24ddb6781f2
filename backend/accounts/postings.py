"""How facts read in the ledger, as plain values; the other books build theirs from what stands here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.accounts.chart import (
    CO2E,
    FEN,
    GREEN,
    bank,
    budget,
    carries_points,
    co2e,
    co2e_saved,
    fund,
    green,
    green_issued,
    green_owing,
    green_retired,
    holder,
    homes,
    loss,
    mass,
    merchant_green,
    merchant_payable,
    operator_due,
    operator_subsidy,
    owed,
    treasury,
)
from backend.accounts.parties import Fact, Party, PartyKind
from backend.accounts.rules import Recovery, lapses_at
from ledger import (
    Balance,
    Entry,
    Line,
    Outcome,
    Posted,
    Posting,
    Recorded,
    Refusal,
    Refused,
    Reserve,
    Settle,
    transit,
)

__all__ = [
    "CO2E",
    "FEN",
    "GREEN",
    "Balance",
    "Entry",
    "Fact",
    "Line",
    "Outcome",
    "Posted",
    "Posting",
    "Priced",
    "PricedLine",
    "Recorded",
    "Refusal",
    "Refused",
    "Reserve",
    "Settle",
    "Unbacked",
    "bank",
    "budget",
    "co2e",
    "co2e_saved",
    "corrected",
    "credited",
    "expired",
    "fund",
    "funded",
    "green",
    "green_issued",
    "green_owing",
    "green_retired",
    "holder",
    "homes",
    "is_backed",
    "lapses_at",
    "loss",
    "mass",
    "merchant_green",
    "merchant_payable",
    "move",
    "operator_due",
    "operator_subsidy",
    "owed",
    "paid",
    "points_settled",
    "redeemed",
    "repaid",
    "settlement_paid",
    "transit",
    "treasury",
]


@dataclass(frozen=True)
class PricedLine:
    """One material of a bag, and what it is worth to everybody."""

    material: str
    net_grams: int
    market_fen: int
    subsidy_fen: int
    operator_subsidy_fen: int
    saved_co2e_grams: int
    programme: UUID | None
    """The budget that pays both subsidies."""


@dataclass(frozen=True)
class Priced:
    """A bag as its quote priced it: what all books need to know to post it."""

    household: UUID
    operator: UUID
    holder: UUID
    """Who has the goods in hand afterwards."""
    period: str
    """The budget year."""
    lines: tuple[PricedLine, ...]
    lapses_at: datetime | None = None
    """When its points do; None is never."""


class Unbacked(AssertionError):
    """An entry would leave points without a fen behind them: a bug, never an answer to a client."""


def move(
    source: str,
    target: str,
    asset: str,
    amount: int,
    *,
    expires_at: datetime | None = None,
    lapsed: bool = False,
) -> tuple[Posting, ...]:
    """Move an amount, or nothing: an amount of zero is left out."""
    if not amount:
        return ()
    moved = Posting(
        source=source, target=target, asset=asset, amount=amount, expires_at=expires_at, lapsed=lapsed
    )
    return (moved,)


def credited(priced: Priced) -> tuple[Posting, ...]:
    """Credit a bag: the operator owes its market value to the fund, the household gets its points."""
    market_fen = sum(line.market_fen for line in priced.lines)
    subsidy_fen = sum(line.subsidy_fen for line in priced.lines)
    return (
        *move(operator_due(priced.operator), fund(), FEN, market_fen),
        *move(
            green_issued(),
            green(priced.household),
            GREEN,
            market_fen + subsidy_fen,
            expires_at=priced.lapses_at,
        ),
    )


def corrected(household: UUID, refunds: Mapping[str, int], back: Recovery) -> tuple[Posting, ...]:
    """Get points back; who paid has from the fund the fen of those taken, and the rest from the treasury.

    :param refunds: the fen by the account that paid; together as many as the points
    """
    postings, left = list(move(green(household), green_issued(), GREEN, back.taken)), back.taken
    for payer, fen in refunds.items():
        backed = min(left, fen)
        postings += move(fund(), payer, FEN, backed)
        postings += move(treasury(), payer, FEN, fen - backed)
        left -= backed
    return (*postings, *move(green_owing(), owed(household), GREEN, back.owed))


def repaid(household: UUID, points: int) -> tuple[Posting, ...]:
    """Let a household repay what it owes; the treasury gets back what it had paid."""
    return (
        *move(green(household), green_retired(), GREEN, points),
        *move(fund(), treasury(), FEN, points),
        *move(owed(household), green_owing(), GREEN, points),
    )


def paid(award: Entry, corrections: Sequence[Entry]) -> dict[str, int]:
    """Add up what an award's points cost those who paid for them, less what corrections gave back."""
    fen = Counter[str]()
    for posting in award.postings:
        if posting.target == fund():
            fen[posting.source] += posting.amount
    payers = set(fen)
    for posting in (posting for entry in corrections for posting in entry.postings):
        if posting.source in {fund(), treasury()} and posting.target in payers:
            fen[posting.target] -= posting.amount
    return dict(fen)


def redeemed(household: UUID, merchant: UUID, points: int) -> tuple[Posting, ...]:
    """Pay a merchant with points; their fen stay in the fund until they are settled."""
    return move(green(household), merchant_green(merchant), GREEN, points)


def expired(household: UUID, points: int) -> tuple[Posting, ...]:
    """Take points that have lapsed; their fen go to the treasury."""
    return (
        *move(green(household), green_retired(), GREEN, points, lapsed=True),
        *move(fund(), treasury(), FEN, points),
    )


def funded(programme: UUID, period: str, fen: int) -> tuple[Posting, ...]:
    """Bring money from the bank through the treasury into a programme's budget."""
    return (
        *move(bank(), treasury(), FEN, fen),
        *move(treasury(), budget(programme, period), FEN, fen),
    )


def points_settled(merchant: UUID, points: int) -> tuple[Posting, ...]:
    """Retire what a merchant has taken, and owe it the fen; less than nothing is taken back the same way."""
    if points < 0:
        return (
            *move(green_retired(), merchant_green(merchant), GREEN, -points),
            *move(merchant_payable(merchant), fund(), FEN, -points),
        )
    return (
        *move(merchant_green(merchant), green_retired(), GREEN, points),
        *move(fund(), merchant_payable(merchant), FEN, points),
    )


def settlement_paid(party: Party, dues_fen: int, payable_fen: int) -> tuple[Posting, ...]:
    """Pay what a sheet says, through the bank; what is below zero is paid the other way."""
    owed_on = {
        PartyKind.OPERATOR: operator_subsidy(party.id),
        PartyKind.MERCHANT: merchant_payable(party.id),
    }.get(party.kind)
    if owed_on is None:
        return ()
    due = operator_due(party.id)
    dues = move(bank(), due, FEN, dues_fen) if dues_fen > 0 else move(due, bank(), FEN, -dues_fen)
    owes = (
        move(owed_on, bank(), FEN, payable_fen)
        if payable_fen > 0
        else move(bank(), owed_on, FEN, -payable_fen)
    )
    return (*dues, *owes)


def is_backed(postings: Sequence[Posting]) -> bool:
    """Tell whether households and merchants gain as many points as the fund gains fen."""
    points = sum(
        posting.amount * (carries_points(posting.target) - carries_points(posting.source))
        for posting in postings
        if posting.asset == GREEN
    )
    fen = sum(
        posting.amount * ((posting.target == fund()) - (posting.source == fund()))
        for posting in postings
        if posting.asset == FEN
    )
    return points == fen
