"""Drafts of price lists, and what each would pay."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalogue.models.rates import RateColumns, rate_checks
from backend.catalogue.rules import Draft, DraftHead, PriceLine
from backend.kit.db import Base, InDistrict
from backend.kit.drafts import DraftColumns, draft_checks

__all__ = ["DraftRateRow", "DraftRow"]


class DraftRow(InDistrict, DraftColumns, Base):
    """A price list that is being worked on."""

    __tablename__ = "price_list_draft"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "based_on"], ["catalogue_version.district", "catalogue_version.id"]
        ),
        Index("ix_price_list_draft_district_state_id", "district", "state", "id"),
        CheckConstraint("(state = 'published') = (effective_at is not null)", name="effective"),
        *draft_checks(),
    )

    based_on: Mapped[UUID | None]
    effective_at: Mapped[datetime | None]

    def head(self) -> DraftHead:
        """Return what a list shows of it."""
        return DraftHead(
            district=self.district,
            based_on=self.based_on,
            effective_at=self.effective_at,
            **self.drafted(),
        )

    def draft(self, lines: tuple[PriceLine, ...]) -> Draft:
        """Return what leaves this room, with the rates that stand in other rows."""
        return Draft(**vars(self.head()), lines=lines)


class DraftRateRow(RateColumns, Base):
    """What a draft would pay for one material."""

    __tablename__ = "draft_rate"
    __table_args__ = (
        ForeignKeyConstraint(["district", "draft"], ["price_list_draft.district", "price_list_draft.id"]),
        ForeignKeyConstraint(["district", "programme"], ["programme.district", "programme.id"]),
        *rate_checks(),
    )

    draft: Mapped[UUID] = mapped_column(primary_key=True)
