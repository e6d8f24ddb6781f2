"""The tables of the subsidy room."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base, InDistrict
from backend.subsidy.rules import (
    BudgetEvent,
    BudgetState,
    CapRule,
    Order,
    OrderKind,
    OrderState,
    Programme,
    Promise,
    PromiseState,
    Source,
)


def _one_of(column: str, values: Iterable[str]) -> str:
    return f"{column} in ({', '.join(repr(str(value)) for value in values)})"


class ProgrammeRow(InDistrict, Base):
    """A programme that subsidises."""

    __tablename__ = "programme"
    __table_args__ = (
        CheckConstraint(_one_of("cap_rule", CapRule), name="cap_rule"),
        CheckConstraint(
            "num_nonnulls(taper_below_fen, taper_percent) = case cap_rule when 'taper' then 2 else 0 end",
            name="taper",
        ),
        CheckConstraint("taper_below_fen > 0 and taper_percent between 1 and 99", name="taper_bounds"),
        CheckConstraint("period in ('year')", name="period"),
        CheckConstraint("opened_at <= closed_at", name="closed_after_opened"),
    )

    name_zh: Mapped[str]
    name_en: Mapped[str]
    cap_rule: Mapped[str]
    taper_below_fen: Mapped[int | None]
    taper_percent: Mapped[int | None]
    period: Mapped[str]
    basis_zh: Mapped[str]
    basis_en: Mapped[str]
    opened_by: Mapped[UUID]
    opened_at: Mapped[datetime]
    closed_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]

    def change_cap(self, cap_rule: str, *, taper_below_fen: int | None, taper_percent: int | None) -> None:
        """Let another rule apply at the cap."""
        self.cap_rule = cap_rule
        self.taper_below_fen = taper_below_fen
        self.taper_percent = taper_percent

    def mark_closed(self, *, by: UUID, at: datetime) -> None:
        """End it; what was promised is still paid."""
        self.closed_by = by
        self.closed_at = at

    def programme(self) -> Programme:
        """Return what leaves this room."""
        return Programme(
            id=self.id,
            name_zh=self.name_zh,
            name_en=self.name_en,
            cap_rule=self.cap_rule,
            taper_below_fen=self.taper_below_fen,
            taper_percent=self.taper_percent,
            period=self.period,
            basis_zh=self.basis_zh,
            basis_en=self.basis_en,
            opened_at=self.opened_at,
            closed_at=self.closed_at,
        )


class BudgetRow(Base):
    """A programme's money for one period; how much it is, the ledger knows."""

    __tablename__ = "budget"
    __table_args__ = (
        ForeignKeyConstraint(["district", "programme"], ["programme.district", "programme.id"]),
        CheckConstraint(_one_of("state", BudgetState), name="state"),
        CheckConstraint("period ~ '^[0-9]{4}$'", name="period"),
    )

    district: Mapped[str] = mapped_column(primary_key=True)
    programme: Mapped[UUID] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]


class BudgetEventRow(InDistrict, Base):
    """Something that happened to a budget or a programme; rows are only ever added."""

    __tablename__ = "budget_event"
    __table_args__ = (
        ForeignKeyConstraint(["district", "programme"], ["programme.district", "programme.id"]),
        Index("ix_budget_event_programme", "district", "programme", "period", "at"),
    )

    programme: Mapped[UUID]
    period: Mapped[str | None]
    happened: Mapped[str]
    fen: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[UUID]
    approved_by: Mapped[UUID | None]
    reason: Mapped[str]
    order: Mapped[UUID | None]
    entry: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]]

    def event(self) -> BudgetEvent:
        """Return what leaves this room."""
        return BudgetEvent(**_columns(self, BudgetEvent))


class BudgetOrder(InDistrict, Base):
    """A movement of money, drafted by one person and decided by another."""

    __tablename__ = "budget_order"
    __table_args__ = (
        ForeignKeyConstraint(["district", "programme"], ["programme.district", "programme.id"]),
        CheckConstraint(_one_of("kind", OrderKind), name="kind"),
        CheckConstraint(_one_of("state", OrderState), name="state"),
        CheckConstraint(_one_of("source", Source), name="source"),
        CheckConstraint("(kind = 'fund') = (source is not null)", name="funds_come_from_somewhere"),
        CheckConstraint("(kind = 'carry_over') = (to_period is not null)", name="carried_somewhere"),
        CheckConstraint("kind in ('carry_over', 'close') or fen is not null", name="amount"),
        CheckConstraint("fen > 0", name="fen"),
        CheckConstraint("to_period > period", name="carried_forward"),
        CheckConstraint(
            "(state = 'drafted') = (decided_by is null) and (decided_by is null) = (decided_at is null)",
            name="decided",
        ),
        CheckConstraint(
            "state not in ('approved', 'rejected') or decided_by <> drafted_by", name="two_people"
        ),
        Index("ix_budget_order_state", "district", "state", "id"),
    )

    kind: Mapped[str]
    programme: Mapped[UUID]
    period: Mapped[str]
    source: Mapped[str | None]
    to_period: Mapped[str | None]
    fen: Mapped[int | None]
    basis_zh: Mapped[str]
    basis_en: Mapped[str]
    state: Mapped[str]
    drafted_by: Mapped[UUID]
    drafted_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    entry: Mapped[UUID | None]

    def mark_decided(self, state: OrderState, *, by: UUID, at: datetime, reason: str | None = None) -> None:
        """End it."""
        self.state = state
        self.decided_by = by
        self.decided_at = at
        self.reason = reason

    def order(self) -> Order:
        """Return what leaves this room."""
        return Order(**_columns(self, Order))


class PromiseRow(InDistrict, Base):
    """A subsidy that its budget could not hold: the queue of a programme, a row for each line."""

    __tablename__ = "subsidy_promise"
    __table_args__ = (
        ForeignKeyConstraint(["district", "programme"], ["programme.district", "programme.id"]),
        ForeignKeyConstraint(["district", "household"], ["household.district", "household.id"]),
        CheckConstraint(_one_of("state", PromiseState), name="state"),
        CheckConstraint(
            "subsidy_fen >= 0 and operator_subsidy_fen >= 0 and subsidy_fen + operator_subsidy_fen > 0",
            name="fen",
        ),
        CheckConstraint("(state in ('funded', 'paid')) = (hold is not null)", name="money_is_held"),
        CheckConstraint(
            "(state = 'paid') = (paid_at is not null) and (state = 'paid') = (entry is not null)", name="paid"
        ),
        Index("ix_subsidy_promise_queue", "district", "programme", "state", "promised_at", "id"),
        Index("ix_subsidy_promise_household", "district", "household", "id"),
    )

    programme: Mapped[UUID]
    weighing: Mapped[UUID]
    household: Mapped[UUID]
    operator: Mapped[UUID]
    material: Mapped[str]
    period: Mapped[str]
    planned_for: Mapped[str]
    subsidy_fen: Mapped[int]
    operator_subsidy_fen: Mapped[int]
    points_months: Mapped[int | None]
    state: Mapped[str]
    promised_at: Mapped[datetime]
    hold: Mapped[UUID | None]
    """Of the money that came for it, and for others."""
    paid_from: Mapped[str | None]
    """The period of that money."""
    paid_at: Mapped[datetime | None]
    entry: Mapped[UUID | None]

    @property
    def fen(self) -> int:
        """What it needs of a budget, both subsidies together."""
        return self.subsidy_fen + self.operator_subsidy_fen

    def fund(self, *, hold: UUID, period: str) -> None:
        """Keep money that has come for it."""
        self.state = PromiseState.FUNDED
        self.hold = hold
        self.paid_from = period

    def mark_paid(self, *, entry: UUID, at: datetime) -> None:
        """Keep it."""
        self.state = PromiseState.PAID
        self.entry = entry
        self.paid_at = at

    def promise(self) -> Promise:
        """Return what leaves this room."""
        return Promise(**_columns(self, Promise))


def _columns(row: Base, kind: type) -> dict[str, Any]:
    """Read the columns that a frozen value has."""
    return {field: getattr(row, field) for field in kind.__dataclass_fields__}  # type: ignore[attr-defined]


class Funding(InDistrict, Base):
    """Money that came into a programme's budget."""

    __tablename__ = "funding"
    __table_args__ = (
        ForeignKeyConstraint(["district", "programme"], ["programme.district", "programme.id"]),
        CheckConstraint("fen > 0", name="fen"),
        CheckConstraint("period ~ '^[0-9]{4}$'", name="period"),
    )

    programme: Mapped[UUID]
    period: Mapped[str]
    fen: Mapped[int]
    basis_zh: Mapped[str]
    basis_en: Mapped[str]
    funded_by: Mapped[UUID]
    funded_at: Mapped[datetime]


class Ceiling(Base):
    """How much of one material was promised to a household in one month, and how much was used."""

    __tablename__ = "ceiling"
    __table_args__ = (
        ForeignKeyConstraint(["district", "household"], ["household.district", "household.id"]),
        CheckConstraint("held_grams >= 0", name="held"),
        CheckConstraint("used_grams >= 0", name="used"),
        CheckConstraint("month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'", name="month"),
    )

    district: Mapped[str] = mapped_column(primary_key=True)
    household: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    material: Mapped[str] = mapped_column(ForeignKey("material.key"), primary_key=True)
    held_grams: Mapped[int]
    used_grams: Mapped[int]

    @property
    def taken_grams(self) -> int:
        """What is no longer free."""
        return self.held_grams + self.used_grams

    def hold(self, grams: int) -> None:
        """Promise some of it."""
        self.held_grams += grams

    def give_back(self, grams: int) -> None:
        """Take a promise back."""
        self.held_grams -= grams
