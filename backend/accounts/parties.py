"""With whom a district settles, which accounts that is about, and the months in which it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from backend.accounts.chart import (
    ANY,
    FEN,
    GREEN,
    budget,
    merchant_green,
    merchant_payable,
    operator_due,
    operator_subsidy,
)
from backend.kit.clock import CITY, city_day


class PartyKind(StrEnum):
    """With whom, or of what, a sheet is."""

    OPERATOR = "operator"
    MERCHANT = "merchant"
    PROGRAMME = "programme"


class SheetState(StrEnum):
    """Where a sheet stands; from the second signature on nothing of it changes but that it is paid."""

    DRAWN_UP = "drawn_up"
    SIGNED = "signed"
    COUNTERSIGNED = "countersigned"
    PAID = "paid"
    WITHDRAWN = "withdrawn"


FINAL: Final = frozenset({SheetState.COUNTERSIGNED, SheetState.PAID, SheetState.WITHDRAWN})
"""What is neither signed nor withdrawn any more."""


class Account(StrEnum):
    """The accounts that sheets are of, by what they hold."""

    DUE = "due"
    SUBSIDY = "subsidy"
    GREEN = "green"
    PAYABLE = "payable"
    BUDGET = "budget"


@dataclass(frozen=True)
class Party:
    """Whose sheet it is."""

    kind: PartyKind
    id: UUID

    @property
    def patterns(self) -> Mapping[Account, tuple[str, str]]:
        """The accounts of this party, as patterns of path and asset."""
        return _patterns(self.kind, str(self.id))


def _patterns(kind: PartyKind, party: str) -> dict[Account, tuple[str, str]]:
    return {
        PartyKind.OPERATOR: {
            Account.DUE: (operator_due(party), FEN),
            Account.SUBSIDY: (operator_subsidy(party), FEN),
        },
        PartyKind.MERCHANT: {
            Account.GREEN: (merchant_green(party), GREEN),
            Account.PAYABLE: (merchant_payable(party), FEN),
        },
        PartyKind.PROGRAMME: {Account.BUDGET: (budget(party, ANY), FEN)},
    }[kind]


SETTLED: Final = tuple(pattern for kind in PartyKind for pattern in _patterns(kind, ANY).values())
"""The accounts of all parties."""


def party_of(path: str) -> Party:
    """Read whose an account is: `operator/<id>/due`, `budget/<programme>/<period>`."""
    owner, party, _ = path.split("/")
    return Party(PartyKind.PROGRAMME if owner == "budget" else PartyKind(owner), UUID(party))


@dataclass(frozen=True)
class Month:
    """A calendar month of the city."""

    year: int
    number: int

    @classmethod
    def read(cls, text: str) -> "Month":
        """Read one that is written as `2026-11`."""
        year, _, number = text.partition("-")
        return cls(int(year), int(number))

    @classmethod
    def before(cls, at: datetime) -> "Month":
        """Return the month before that of a moment."""
        first = city_day(at).replace(day=1)
        return cls(first.year - 1, 12) if first.month == 1 else cls(first.year, first.month - 1)

    @property
    def since(self) -> datetime:
        """When it begins."""
        return datetime(self.year, self.number, 1, tzinfo=CITY)

    @property
    def until(self) -> datetime:
        """When it is over."""
        year, number = divmod(self.year * 12 + self.number, 12)
        return datetime(year, number + 1, 1, tzinfo=CITY)

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"


@dataclass(frozen=True)
class Fact:
    """What an entry must have changed on one account, as the room knows where it happened."""

    key: str
    account: str
    amount: int
    at: datetime


def fits(pattern: str, path: str) -> bool:
    """Tell whether an account's path is of a pattern."""
    wanted, has = pattern.split("/"), path.split("/")
    return len(wanted) == len(has) and all(want in {ANY, one} for want, one in zip(wanted, has, strict=True))
