"""What leaves this room: programmes, their money, and what happened to it, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID


class BudgetState(StrEnum):
    """Where a programme's money for one period stands."""

    OPEN = "open"
    FROZEN = "frozen"
    """Nothing new is promised; what was promised is still paid."""
    CARRIED_OVER = "carried_over"
    """What was left is in a later period."""
    CLOSED = "closed"
    """What was left is back in the treasury."""


ENDING: Final = "ending"
"""How a budget stands once its programme is closed: nothing is promised; what was promised is still paid."""


class OrderKind(StrEnum):
    """How money may move to and from a budget."""

    FUND = "fund"
    CUT = "cut"
    CARRY_OVER = "carry_over"
    CLOSE = "close"


class Source(StrEnum):
    """Where money for a budget comes from."""

    BANK = "bank"
    """New money, which goes through the treasury."""
    TREASURY = "treasury"
    """What lies there, such as the rest of a budget that was closed."""


class OrderState(StrEnum):
    """Where an order stands."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Happened(StrEnum):
    """What may happen to a budget, or to the programme as a whole."""

    FUNDED = "funded"
    CARRIED_IN = "carried_in"
    CUT = "cut"
    CARRIED_OVER = "carried_over"
    CLOSED = "closed"
    FROZEN = "frozen"
    THAWED = "thawed"
    PROGRAMME_OPENED = "programme_opened"
    CAP_CHANGED = "cap_changed"
    PROGRAMME_CLOSED = "programme_closed"


class PromiseState(StrEnum):
    """Where a queued subsidy stands."""

    UNPROVEN = "unproven"
    """Staff have not accepted the evidence yet."""
    WAITING = "waiting"
    FUNDED = "funded"
    """Money has come for it and is held."""
    PAID = "paid"
    DECLINED = "declined"


@dataclass(frozen=True)
class Programme:
    """Who pays a subsidy, and what happens when the money is gone."""

    id: UUID
    name_zh: str
    name_en: str
    cap_rule: str
    """`stop`: what the budget cannot hold is not subsidised. `taper`: less is paid once little is left.
    `queue`: what the budget cannot hold is paid first from the money that comes next."""
    taper_below_fen: int | None
    """Below how much that is left and not promised a taper begins."""
    taper_percent: int | None
    """The share of the rates that is paid from then on."""
    period: str
    """`year`: a budget lasts a calendar year."""
    basis_zh: str
    basis_en: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class Offer:
    """What a household can expect of a programme now, in a word and in a sentence."""

    programme: UUID
    name_zh: str
    name_en: str
    standing: str
    percent: int
    queue_for: str | None
    said_zh: str
    said_en: str


@dataclass(frozen=True)
class Budget:
    """A programme's money for one period, as the ledger has it."""

    programme: Programme
    period: str
    state: str
    funded_fen: int
    """What ever came in."""
    returned_fen: int
    """What was cut, carried over, or went back to the treasury."""
    posted_fen: int
    held_fen: int
    available_fen: int
    basis_zh: str
    basis_en: str

    @property
    def drawn_fen(self) -> int:
        """Return what was paid out as subsidies, less what corrections brought back."""
        return self.funded_fen - self.returned_fen - self.posted_fen


@dataclass(frozen=True)
class BudgetEvent:
    """Something that happened to a budget: who did it, when, and why."""

    id: UUID
    programme: UUID
    period: str | None
    """None where it concerns the programme as a whole."""
    happened: str
    fen: int
    """What came in; below zero, what left."""
    at: datetime
    by: UUID
    approved_by: UUID | None
    reason: str
    order: UUID | None
    entry: UUID | None
    facts: Mapping[str, Any]
    """Of a cap rule: what it was, and what it is."""


@dataclass(frozen=True)
class Order:
    """A movement of money that one person drafts and another approves."""

    id: UUID
    kind: str
    programme: UUID
    period: str
    source: str | None
    to_period: str | None
    fen: int | None
    """None where all that is left moves; what it was is known once it is approved."""
    basis_zh: str
    basis_en: str
    state: str
    drafted_by: UUID
    drafted_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    reason: str | None
    entry: UUID | None


@dataclass(frozen=True)
class Promise:
    """A subsidy that its budget could not hold, and that is paid first from the money that comes next."""

    id: UUID
    """Of the line that it is for."""
    programme: UUID
    weighing: UUID
    household: UUID
    operator: UUID
    material: str
    period: str
    """The one whose money ran out."""
    planned_for: str
    subsidy_fen: int
    operator_subsidy_fen: int
    points_months: int | None
    state: str
    promised_at: datetime
    paid_at: datetime | None
    entry: UUID | None


def asks_clearly(
    kind: str, *, fen: int | None, source: str | None, period: str, to_period: str | None
) -> bool:
    """Tell whether an order says what its kind needs, and nothing else."""
    said = (fen is not None, source is not None, to_period is not None)
    match kind:
        case OrderKind.FUND:
            return said == (True, True, False)
        case OrderKind.CUT:
            return said == (True, False, False)
        case OrderKind.CARRY_OVER:
            return said == (False, False, True) and str(to_period) > period
        case _:
            return said == (False, False, False)
