"""The table of outlets."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base, InDistrict
from backend.kit.positions import WHOLE, Placed


class OutletRow(InDistrict, Placed, Base):
    """A place that residents go to; a merchant's honours vouchers, all others take recyclables."""

    __tablename__ = "outlet"
    __table_args__ = (
        CheckConstraint(WHOLE, name="placed"),
        CheckConstraint("num_nonnulls(closed_at, closed_by, closed_reason) in (0, 3)", name="closed"),
        Index("ix_outlet_district_name_zh_id", "district", "name_zh", "id"),
    )

    merchant: Mapped[UUID | None] = mapped_column(ForeignKey("merchant.id"))
    name_zh: Mapped[str]
    name_en: Mapped[str | None]
    address: Mapped[str]
    hours: Mapped[str]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    closed_reason: Mapped[str | None]

    def mark_closed(self, *, by: UUID, at: datetime, reason: str) -> None:
        """Lead nobody there any more."""
        self.closed_by, self.closed_at, self.closed_reason = by, at, reason

    def mark_open(self) -> None:
        """Lead people there again."""
        self.closed_by = self.closed_at = self.closed_reason = None
