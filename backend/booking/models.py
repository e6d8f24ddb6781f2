"""The tables of booking."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.booking.rules import OPEN, State
from backend.kit.db import Base, InDistrict

_OPEN = ", ".join(f"'{state}'" for state in OPEN)
_STATES = ", ".join(f"'{state}'" for state in State)

IS_OPEN = text(f"state in ({_OPEN})")
"""Written out: a plan that is made once for all parameters finds no partial index by them."""


class Pickup(InDistrict, Base):
    """One visit of a collector to one household."""

    __tablename__ = "pickup"
    __table_args__ = (
        ForeignKeyConstraint(["district", "household"], ["household.district", "household.id"]),
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint("window_start < window_end", name="window"),
        Index("uq_pickup_open", "district", "household", unique=True, postgresql_where=IS_OPEN),
        Index("ix_pickup_day", "district", "collector", "window_start"),
        Index("ix_pickup_household", "district", "household", "id"),
    )

    household: Mapped[UUID]
    community: Mapped[str]
    operator: Mapped[UUID]
    collector: Mapped[UUID | None]
    state: Mapped[str]
    window_start: Mapped[datetime]
    window_end: Mapped[datetime]
    price_list: Mapped[UUID]
    """The version of the price list that was shown, and that will apply."""
    materials: Mapped[list[Any]] = mapped_column(JSONB)
    note: Mapped[str]
    requested_at: Mapped[datetime]


class PickupStep(Base):
    """A state that a pickup came into: who, when, why."""

    __tablename__ = "pickup_step"
    __table_args__ = (ForeignKeyConstraint(["district", "pickup"], ["pickup.district", "pickup.id"]),)

    district: Mapped[str] = mapped_column(primary_key=True)
    pickup: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    """Each state is entered once."""
    actor: Mapped[UUID]
    role: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str]
