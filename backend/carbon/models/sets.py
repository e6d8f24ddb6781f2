"""Sets of factors that somebody answers for, and what each says."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.carbon.models.factors import FactorColumns, NamingColumns, factor_checks
from backend.carbon.rules import Approval, Factor, FactorSet
from backend.kit.db import Base, InCity

__all__ = ["FactorRow", "FactorSetRow"]


class FactorSetRow(InCity, NamingColumns, Base):
    """A set of factors; once approved it never changes, a better one replaces it. City register."""

    __tablename__ = "factor_set"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        UniqueConstraint("draft"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("num_nonnulls(draft, simulation, approver) in (0, 3)", name="approval"),
    )

    version: Mapped[int]
    valid_from: Mapped[datetime] = mapped_column(index=True)
    approved_at: Mapped[datetime | None]
    # The two tables name each other; the draft is there first.
    draft: Mapped[UUID | None] = mapped_column(ForeignKey("factor_set_draft.id", use_alter=True))
    simulation: Mapped[UUID | None]
    approver: Mapped[UUID | None]

    def factor_set(self, lines: tuple[Factor, ...]) -> FactorSet:
        """Return what leaves this room, with the factors that stand in other rows."""
        assert self.approved_at is not None
        return FactorSet(
            **self.naming(),
            id=self.id,
            version=self.version,
            valid_from=self.valid_from,
            approved_at=self.approved_at,
            approval=self._approval(),
            lines=lines,
        )

    def _approval(self) -> Approval | None:
        if self.draft is None or self.simulation is None or self.approver is None:
            return None
        return Approval(self.draft, self.simulation, self.approver)


class FactorRow(FactorColumns, Base):
    """What one set says of one material. City register."""

    __tablename__ = "factor"
    __table_args__ = factor_checks()

    factor_set: Mapped[UUID] = mapped_column(ForeignKey("factor_set.id"), primary_key=True, sort_order=-1)
