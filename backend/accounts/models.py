"""The accounts' tables beside the ledger's own: keys of the logs, who was told of lapses, and settlement."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.accounts.parties import Party, PartyKind, SheetState
from backend.accounts.reckoning import AccountTurnover, Amounts, Difference, Sheet, SheetLine
from backend.accounts.rules import Backing
from backend.kit.db import Base, InDistrict


class LogKey(InDistrict, Base):
    """A key that a district's log is signed with; two stand side by side while one is replaced."""

    __tablename__ = "log_key"

    name: Mapped[str]
    """The log's, which never changes: it stands in every checkpoint."""
    vault_key: Mapped[bytes]
    """The secret, wrapped like every other key."""
    verifier: Mapped[str]
    """What others verify signatures with, as C2SP `signed-note` spells it."""
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None] = mapped_column(default=None)


class LapseNotice(Base):
    """That a household was told of points that lapse on a date: once for each date."""

    __tablename__ = "lapse_notice"

    district: Mapped[str] = mapped_column(primary_key=True)
    household: Mapped[UUID] = mapped_column(primary_key=True)
    lapses_at: Mapped[datetime] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]


_STATES = ", ".join(f"'{state}'" for state in SheetState)
_KINDS = ", ".join(f"'{kind}'" for kind in PartyKind)
_DIFFERENCES = ", ".join(f"'{difference}'" for difference in Difference)


class SettlementSheet(InDistrict, Base):
    """What one party and the district owe each other for a month; each month once while it stands."""

    __tablename__ = "settlement_sheet"
    __table_args__ = (
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint(f"party_kind in ({_KINDS})", name="party_kind"),
        CheckConstraint("month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'", name="month"),
        CheckConstraint("0 <= seen and seen <= size", name="size"),
        CheckConstraint("signed_by <> countersigned_by", name="two_people"),
        CheckConstraint(
            "(state in ('countersigned', 'paid')) = (countersigned_at is not null)", name="countersigned"
        ),
        CheckConstraint("(countersigned_at is not null) <= (signed_at is not null)", name="signed_first"),
        CheckConstraint("(state = 'paid') = (paid_at is not null)", name="paid"),
        CheckConstraint("(state = 'paid') = (paid_entry is not null)", name="a_payment_is_an_entry"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at is not null)", name="withdrawn"),
        Index(
            "uq_settlement_sheet_stands",
            *("district", "month", "party_kind", "party"),
            unique=True,
            postgresql_where=text("state <> 'withdrawn'"),
        ),
        Index("ix_settlement_sheet_party", "district", "party", "month"),
    )

    month: Mapped[str]
    party_kind: Mapped[str]
    party: Mapped[UUID]
    party_zh: Mapped[str]
    party_en: Mapped[str]
    state: Mapped[str]
    size: Mapped[int]
    """Of the book's log: what was sealed later is not on it."""
    seen: Mapped[int]
    """The size of the party's sheet before: what is of an earlier month and was sealed since is late."""
    accounts: Mapped[dict[str, Any]]
    amounts: Mapped[dict[str, Any]]
    backing: Mapped[dict[str, Any]]
    lines: Mapped[int]
    differences: Mapped[int]
    digest: Mapped[str]
    """SHA-256 of all of the above and of every line, in hex: what is signed."""
    drawn_up_at: Mapped[datetime]
    drawn_up_by: Mapped[UUID]
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[UUID | None]
    signed_reason: Mapped[str | None]
    countersigned_at: Mapped[datetime | None]
    countersigned_by: Mapped[UUID | None]
    countersigned_reason: Mapped[str | None]
    settled_entry: Mapped[UUID | None]
    """By which a merchant's points became money that is owed to it."""
    paid_at: Mapped[datetime | None]
    paid_by: Mapped[UUID | None]
    paid_reference: Mapped[str | None]
    paid_entry: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_reason: Mapped[str | None]

    @property
    def of(self) -> Party:
        """Whose it is."""
        return Party(PartyKind(self.party_kind), self.party)

    def mark_signed(self, *, by: UUID, at: datetime, reason: str | None) -> None:
        """Note the first signature."""
        self.state = SheetState.SIGNED
        self.signed_by, self.signed_at, self.signed_reason = by, at, reason

    def mark_countersigned(self, *, by: UUID, at: datetime, reason: str | None) -> None:
        """Note the second signature."""
        self.state = SheetState.COUNTERSIGNED
        self.countersigned_by, self.countersigned_at, self.countersigned_reason = by, at, reason

    def mark_paid(self, *, entry: UUID, by: UUID, at: datetime, reference: str) -> None:
        """Note the payment."""
        self.state = SheetState.PAID
        self.paid_entry, self.paid_by, self.paid_at, self.paid_reference = entry, by, at, reference

    def mark_withdrawn(self, *, by: UUID, at: datetime, reason: str) -> None:
        """End it."""
        self.state = SheetState.WITHDRAWN
        self.withdrawn_by, self.withdrawn_at, self.withdrawn_reason = by, at, reason

    def content(self) -> dict[str, Any]:
        """Return what its digest covers beside the lines."""
        names = ("district", "month", "party_kind", "party", "size", "seen", "accounts", "amounts", "backing")
        return {name: getattr(self, name) for name in names}

    def sheet(self) -> Sheet:
        """Return what leaves this room."""
        shown = {field.name: getattr(self, field.name) for field in fields(Sheet)}
        shown |= {
            "state": SheetState(self.state),
            "party_kind": PartyKind(self.party_kind),
            "accounts": tuple(AccountTurnover(**one) for one in self.accounts["items"]),
            "amounts": Amounts(**self.amounts),
            "backing": Backing(**self.backing),
        }
        return Sheet(**shown)


class SettlementLine(Base):
    """A line of a sheet; it is written with it and never again."""

    __tablename__ = "settlement_line"
    __table_args__ = (
        ForeignKeyConstraint(["district", "sheet"], ["settlement_sheet.district", "settlement_sheet.id"]),
        CheckConstraint(f"difference in ({_DIFFERENCES})", name="difference"),
        CheckConstraint("(entry is null) <= (difference is not null)", name="a_line_names_its_entry"),
    )

    district: Mapped[str] = mapped_column(primary_key=True)
    sheet: Mapped[UUID] = mapped_column(primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    """Its place: what is unexplained comes first."""
    account: Mapped[str]
    asset: Mapped[str]
    entry: Mapped[UUID | None]
    key: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime]
    amount: Mapped[int]
    is_late: Mapped[bool]
    difference: Mapped[str | None]
    expected: Mapped[int | None]

    def line(self) -> SheetLine:
        """Return what leaves this room."""
        shown = {field.name: getattr(self, field.name) for field in fields(SheetLine)}
        difference = None if self.difference is None else Difference(self.difference)
        return SheetLine(**{**shown, "difference": difference})
