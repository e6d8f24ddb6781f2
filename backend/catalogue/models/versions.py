"""The chain of a district's price lists, and what each pays."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.catalogue.models.rates import RateColumns, rate_checks
from backend.catalogue.rules import Approval, PriceLine, PriceList, PriceListHead
from backend.kit.db import Base, InDistrict

__all__ = ["CatalogueVersion", "RateRow"]


class CatalogueVersion(InDistrict, Base):
    """One link in a district's chain of price lists; once published it never changes."""

    __tablename__ = "catalogue_version"
    __table_args__ = (
        ForeignKeyConstraint(
            ["district", "supersedes"], ["catalogue_version.district", "catalogue_version.id"]
        ),
        UniqueConstraint("district", "number"),
        CheckConstraint("(number = 1) = (supersedes is null) and number > 0", name="chain"),
        CheckConstraint("published_at <= effective_at", name="not_back_dated"),
        CheckConstraint("(published_at is null) = (published_by is null)", name="published"),
        # The two tables name each other; the draft is there first.
        ForeignKeyConstraint(
            ["district", "draft"], ["price_list_draft.district", "price_list_draft.id"], use_alter=True
        ),
        UniqueConstraint("district", "draft"),
        CheckConstraint("num_nonnulls(draft, simulation, approved_by) in (0, 3)", name="approval"),
    )

    number: Mapped[int]
    supersedes: Mapped[UUID | None]
    effective_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
    note: Mapped[str]
    draft: Mapped[UUID | None]
    simulation: Mapped[UUID | None]
    approved_by: Mapped[UUID | None]

    def mark_published(self, *, by: UUID, at: datetime) -> None:
        """Close it for ever."""
        self.published_by = by
        self.published_at = at

    def price_list(self, lines: tuple[PriceLine, ...]) -> PriceList:
        """Return what leaves this room, with the rates that stand in other rows."""
        assert self.published_at is not None
        return PriceList(
            version=self.id,
            district=self.district,
            number=self.number,
            effective_at=self.effective_at,
            published_at=self.published_at,
            note=self.note,
            approval=self._approval(),
            lines=lines,
        )

    def head(self, *, until: datetime | None) -> PriceListHead:
        """Return what a list shows of it."""
        assert self.published_at is not None
        return PriceListHead(
            version=self.id,
            number=self.number,
            effective_at=self.effective_at,
            effective_until=until and max(until, self.effective_at),
            published_at=self.published_at,
            note=self.note,
            approval=self._approval(),
        )

    def _approval(self) -> Approval | None:
        if self.draft is None or self.simulation is None or self.approved_by is None:
            return None
        return Approval(self.draft, self.simulation, self.approved_by)


class RateRow(RateColumns, Base):
    """What one version pays for one material."""

    __tablename__ = "rate"
    __table_args__ = (
        ForeignKeyConstraint(["district", "version"], ["catalogue_version.district", "catalogue_version.id"]),
        *rate_checks(),
    )

    version: Mapped[UUID] = mapped_column(primary_key=True)
