"""The tables of rewards."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base, InCity, InDistrict
from backend.rewards.rules import Standing, State, Terms

_STATES = ", ".join(f"'{state}'" for state in State)


class Merchant(InCity, Base):
    """A shop or institution that honours vouchers. City register."""

    __tablename__ = "merchant"

    name_zh: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str]


class Offer(InDistrict, Base):
    """What a household may have for its points."""

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint("price_points > 0", name="price"),
        CheckConstraint("stock >= 0", name="stock"),
        CheckConstraint("per_household_limit > 0", name="limit"),
        CheckConstraint("starts_at < ends_at", name="ends_after_it_starts"),
        CheckConstraint("voucher_days between 1 and 366", name="voucher_days"),
        Index("ix_offer_price", "district", "price_points", "id"),
    )

    merchant: Mapped[UUID] = mapped_column(ForeignKey("merchant.id"))
    title_zh: Mapped[str]
    title_en: Mapped[str]
    price_points: Mapped[int]
    stock: Mapped[int]
    """How many are left."""
    per_household_limit: Mapped[int | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    voucher_days: Mapped[int]
    basis_zh: Mapped[str]
    basis_en: Mapped[str]
    """Where the price and the stock come from."""

    def terms(self) -> Terms:
        """Return what decides whether it may be had."""
        return Terms(self.stock, self.per_household_limit, self.starts_at, self.ends_at)


class Redemption(InDistrict, Base):
    """An offer taken by a household. Its id is also that of the hold on the points."""

    __tablename__ = "redemption"
    __table_args__ = (
        CheckConstraint("points > 0", name="points"),
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint("(state = 'held') = (ended_at is null)", name="ends_once"),
        ForeignKeyConstraint(["district", "household"], ["household.district", "household.id"]),
        ForeignKeyConstraint(["district", "offer"], ["offer.district", "offer.id"]),
        Index("ix_redemption_household", "district", "household", "id"),
        Index(
            "ix_redemption_till", "district", "merchant", "ended_at", postgresql_where="state = 'honoured'"
        ),
    )

    household: Mapped[UUID]
    made_by: Mapped[UUID]
    offer: Mapped[UUID]
    merchant: Mapped[UUID] = mapped_column(ForeignKey("merchant.id"))
    points: Mapped[int]
    state: Mapped[str] = mapped_column(default=State.HELD)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]

    def standing(self) -> Standing:
        """Return what decides whether its voucher is good."""
        return Standing(self.state, self.expires_at, self.ended_at)

    def end(self, state: State, *, by: UUID, at: datetime) -> None:
        """Bring it to its last state."""
        self.state, self.ended_by, self.ended_at = state, by, at
