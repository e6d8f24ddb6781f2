"""What a party's sheet of a month says: each line of the ledger held against the fact behind it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from backend.accounts.parties import Account, Fact, Month, Party, PartyKind, SheetState, fits, party_of
from backend.accounts.rules import Backing
from ledger import Turnover

OWN: Final = "settlement."
"""How the kinds of the entries begin that sheets post themselves."""


class Difference(StrEnum):
    """Why a line is unexplained."""

    NO_FACT = "no_fact"
    """Nobody knows of what the entry tells."""
    NO_ENTRY = "no_entry"
    """It happened, and the book does not tell of it."""
    AMOUNT = "amount_differs"
    """Both are there, and do not say the same."""
    TURNOVER = "turnover_differs"
    """The lines do not add up to what the account turned over."""


@dataclass(frozen=True)
class Move:
    """A line of the ledger on an account that is settled."""

    account: str
    asset: str
    entry: UUID
    key: str
    kind: str
    at: datetime
    amount: int
    corrects: UUID | None


@dataclass(frozen=True)
class SheetLine:
    """A line of a sheet: an entry's, or that one is missing."""

    account: str
    asset: str
    entry: UUID | None
    key: str
    kind: str
    at: datetime
    amount: int
    is_late: bool
    """Of a month before, and on no sheet yet."""
    difference: Difference | None = None
    expected: int | None = None
    """What the fact says that the entry should have changed, where they differ."""


@dataclass(frozen=True)
class Amounts:
    """What a sheet comes to."""

    dues_fen: int = 0
    """What an operator owes for market value."""
    payable_fen: int = 0
    """What the district owes: an operator's subsidy, or a merchant's points."""
    points: int = 0
    """What a merchant has taken, and the sheet retires."""
    funded_fen: int = 0
    drawn_fen: int = 0
    held_fen: int = 0
    left_fen: int = 0
    """What a programme has, held included."""
    net_grams: int = 0
    """What was handed over to an operator with the bags that its lines tell of."""


@dataclass(frozen=True)
class AccountTurnover:
    """What an account had before a month, what came and went in it, and what came late of a month before."""

    account: str
    asset: str
    opening: int
    incoming: int
    outgoing: int
    late: int

    @property
    def closing(self) -> int:
        """Tell what it had at the end."""
        return self.opening + self.incoming - self.outgoing


@dataclass(frozen=True)
class Sheet:
    """A month of a party, as the ledger has it."""

    id: UUID
    month: str
    party_kind: PartyKind
    party: UUID
    party_zh: str
    party_en: str
    state: SheetState
    size: int
    accounts: tuple[AccountTurnover, ...]
    amounts: Amounts
    backing: Backing
    lines: int
    differences: int
    digest: str
    drawn_up_at: datetime
    drawn_up_by: UUID
    signed_at: datetime | None
    signed_by: UUID | None
    signed_reason: str | None
    countersigned_at: datetime | None
    countersigned_by: UUID | None
    countersigned_reason: str | None
    settled_entry: UUID | None
    paid_at: datetime | None
    paid_by: UUID | None
    paid_reference: str | None
    paid_entry: UUID | None
    withdrawn_at: datetime | None
    withdrawn_by: UUID | None
    withdrawn_reason: str | None


def reconcile(
    moves: Sequence[Move], facts: Iterable[Fact], *, month: Month, missing: Iterable[Fact] = ()
) -> list[SheetLine]:
    """Hold each line against the fact behind it; what is unexplained comes first.

    :param facts: of the month, and of whatever late lines tell
    :param missing: those that the book should tell of and does not
    """
    known = {(fact.key, fact.account): fact.amount for fact in facts}
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for move in moves:
        sums[move.key, move.account] += move.amount
    lines = [
        _explained(move, known.get((move.key, move.account)), sums[move.key, move.account], month)
        for move in moves
    ]
    lines += [_missing(fact) for fact in missing]
    return sorted(lines, key=lambda line: line.difference is None)


def _explained(move: Move, expected: int | None, found: int, month: Month) -> SheetLine:
    line = SheetLine(
        account=move.account,
        asset=move.asset,
        entry=move.entry,
        key=move.key,
        kind=move.kind,
        at=move.at,
        amount=move.amount,
        is_late=move.at < month.since,
    )
    if expected is None:
        # A correction names the entry that it corrects, which was explained or not on its own sheet.
        return line if move.corrects else replace(line, difference=Difference.NO_FACT)
    if expected != found:
        return replace(line, difference=Difference.AMOUNT, expected=expected)
    return line


def _missing(fact: Fact) -> SheetLine:
    asset = next(
        asset for path, asset in party_of(fact.account).patterns.values() if fits(path, fact.account)
    )
    return SheetLine(
        account=fact.account,
        asset=asset,
        entry=None,
        key=fact.key,
        kind="",
        at=fact.at,
        amount=0,
        is_late=False,
        difference=Difference.NO_ENTRY,
        expected=fact.amount,
    )


def add_up(
    party: Party, lines: Sequence[SheetLine], *, held_fen: int = 0, left_fen: int = 0, net_grams: int = 0
) -> Amounts:
    """Add a sheet up; what sheets themselves have posted is on it and counts nothing."""
    told = [line for line in lines if not line.kind.startswith(OWN)]
    sums = {
        account: sum(line.amount for line in told if fits(pattern, line.account))
        for account, (pattern, _) in party.patterns.items()
    }
    match party.kind:
        case PartyKind.OPERATOR:
            due, subsidy = sums[Account.DUE], sums[Account.SUBSIDY]
            return Amounts(dues_fen=-due, payable_fen=subsidy, net_grams=net_grams)
        case PartyKind.MERCHANT:
            taken = sums[Account.GREEN]
            return Amounts(points=taken, payable_fen=taken + sums[Account.PAYABLE])
        case PartyKind.PROGRAMME:
            funded = sum(line.amount for line in told if line.kind.startswith("budget."))
            drawn = funded - sums[Account.BUDGET]
            return Amounts(funded_fen=funded, drawn_fen=drawn, held_fen=held_fen, left_fen=left_fen)


def turnover_differs(
    turned: Sequence[Turnover], lines: Sequence[SheetLine], *, at: datetime
) -> Iterator[SheetLine]:
    """Tell of accounts whose lines of the month do not come to what the ledger says they turned over."""
    for one in turned:
        told = sum(line.amount for line in lines if _is_of(line, one) and not line.is_late)
        if (missing := one.incoming - one.outgoing - told) != 0:
            yield SheetLine(
                account=one.path,
                asset=one.asset,
                entry=None,
                key="",
                kind="",
                at=at,
                amount=0,
                is_late=False,
                difference=Difference.TURNOVER,
                expected=missing,
            )


def account_turnovers(turned: Sequence[Turnover], lines: Sequence[SheetLine]) -> tuple[AccountTurnover, ...]:
    """Tell for each account what it had, what came and went, and what came late of a month before."""
    return tuple(
        AccountTurnover(
            account=one.path,
            asset=one.asset,
            opening=one.opening,
            incoming=one.incoming,
            outgoing=one.outgoing,
            late=sum(line.amount for line in lines if _is_of(line, one) and line.is_late),
        )
        for one in turned
    )


def _is_of(line: SheetLine, one: Turnover) -> bool:
    return (line.account, line.asset) == (one.path, one.asset)


def digest(content: Mapping[str, Any], lines: Sequence[SheetLine]) -> str:
    """Return SHA-256 of a sheet and its lines, in hex."""
    said = {**content, "lines": [vars(line) for line in lines]}
    return sha256(json.dumps(said, sort_keys=True, default=str, separators=(",", ":")).encode()).hexdigest()
