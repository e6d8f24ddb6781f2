"""Drafts of sets, and what each would say."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.carbon.models.factors import FactorColumns, NamingColumns, factor_checks
from backend.carbon.rules import Factor, FactorDraft, FactorDraftHead
from backend.kit.db import Base, InCity
from backend.kit.drafts import DraftColumns, draft_checks

__all__ = ["DraftFactorRow", "FactorDraftRow"]


class FactorDraftRow(InCity, NamingColumns, DraftColumns, Base):
    """A set of factors that is being worked on. City register."""

    __tablename__ = "factor_set_draft"
    __table_args__ = (
        Index("ix_factor_set_draft_state_id", "state", "id"),
        CheckConstraint("(state = 'published') = (valid_from is not null)", name="valid"),
        *draft_checks(),
    )

    based_on: Mapped[UUID | None] = mapped_column(ForeignKey("factor_set.id"))
    valid_from: Mapped[datetime | None]

    def head(self) -> FactorDraftHead:
        """Return what a list shows of it."""
        return FactorDraftHead(
            based_on=self.based_on, valid_from=self.valid_from, **self.naming(), **self.drafted()
        )

    def draft(self, lines: tuple[Factor, ...]) -> FactorDraft:
        """Return what leaves this room, with the factors that stand in other rows."""
        return FactorDraft(**vars(self.head()), lines=lines)


class DraftFactorRow(FactorColumns, Base):
    """What a draft would say of one material. City register."""

    __tablename__ = "draft_factor"
    __table_args__ = factor_checks()

    draft: Mapped[UUID] = mapped_column(ForeignKey("factor_set_draft.id"), primary_key=True, sort_order=-1)
