"""The tables of simulation."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Base, InDistrict
from backend.simulation.rules import LIVE, FactorRun, Group, RunKind, Simulation, State

_STATES = ", ".join(f"'{state}'" for state in State)
_KINDS = ", ".join(f"'{kind}'" for kind in RunKind)
_LIVE = "state in ('queued', 'running')"


class SimulationRow(InDistrict, Base):
    """A replay that somebody asked for."""

    __tablename__ = "simulation"
    __table_args__ = (
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint("since < until and until <= requested_at", name="past"),
        CheckConstraint("(state = 'done') = (summary is not null)", name="found"),
        CheckConstraint(f"({_LIVE}) = (ended_at is null)", name="ended"),
        Index("uq_simulation_live", "district", "digest", unique=True, postgresql_where=text(_LIVE)),
    )

    state: Mapped[str]
    draft: Mapped[UUID | None]
    digest: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    proposal: Mapped[dict[str, Any]]
    requested_by: Mapped[UUID]
    requested_at: Mapped[datetime]
    """What happened to its weighings later does not count."""
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    lines: Mapped[int | None]
    lines_done: Mapped[int]
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))

    @property
    def is_live(self) -> bool:
        """Tell whether it is still to be done."""
        return self.state in LIVE

    def end(self, state: State, *, at: datetime) -> None:
        """End it for good."""
        self.state, self.ended_at = state, at

    def simulation(self) -> Simulation:
        """Return what leaves this room."""
        return Simulation(**{name: getattr(self, name) for name in Simulation.__dataclass_fields__})


class Checkpoint(Base):
    """How far a simulation is: all that it takes to go on; gone when it ends."""

    __tablename__ = "simulation_checkpoint"
    __table_args__ = (
        ForeignKeyConstraint(["district", "simulation"], ["simulation.district", "simulation.id"]),
    )

    district: Mapped[str] = mapped_column(primary_key=True)
    simulation: Mapped[UUID] = mapped_column(primary_key=True)
    after: Mapped[int]
    upto: Mapped[int]
    reconstructed: Mapped[int]
    pair: Mapped[bytes] = mapped_column(deferred=True)
    """Some megabytes: read when both replays are taken up, not when it is only asked how far they are."""


class GroupRow(Base):
    """What a simulation says of a material, a community, both, or a day."""

    __tablename__ = "simulation_group"
    __table_args__ = (
        ForeignKeyConstraint(["district", "simulation"], ["simulation.district", "simulation.id"]),
        CheckConstraint("kind in ('material', 'community', 'community_material', 'day')", name="kind"),
        CheckConstraint("audience in ('staff', 'open')", name="audience"),
        CheckConstraint("audience = 'staff' or households >= 10", name="nobody_is_singled_out"),
    )

    district: Mapped[str] = mapped_column(primary_key=True)
    simulation: Mapped[UUID] = mapped_column(primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    in_force: Mapped[dict[str, Any]]
    proposed: Mapped[dict[str, Any]]
    households: Mapped[int]
    winners: Mapped[int]
    losers: Mapped[int]
    gained_points: Mapped[int]
    lost_points: Mapped[int]

    @classmethod
    def of(cls, group: Group, *, district: str, simulation: UUID, audience: str) -> "GroupRow":
        """Write a group down."""
        told = {name: value for name, value in vars(group).items() if name != "homes"}
        return cls(district=district, simulation=simulation, audience=audience, **told)

    def group(self) -> Group:
        """Return what leaves this room."""
        names = (name for name in Group.__dataclass_fields__ if name != "homes")
        return Group(**{name: getattr(self, name) for name in names})


class FactorRunRow(InDistrict, Base):
    """A run of factors over past weighings that somebody asked for."""

    __tablename__ = "factor_run"
    __table_args__ = (
        CheckConstraint(f"kind in ({_KINDS})", name="kind"),
        CheckConstraint(f"state in ({_STATES})", name="state"),
        CheckConstraint("since < until and until <= requested_at", name="past"),
        CheckConstraint(f"({_LIVE}) = (ended_at is null)", name="ended"),
        CheckConstraint(
            "(kind = 'simulation') = (draft is not null) and num_nonnulls(draft, factor_set) = 1", name="what"
        ),
        CheckConstraint("(kind = 'simulation' and state = 'done') = (found is not null)", name="found"),
        Index(
            "uq_factor_run_live",
            "district",
            "draft",
            "factor_set",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text(_LIVE),
        ),
    )

    kind: Mapped[str]
    state: Mapped[str]
    draft: Mapped[UUID | None] = mapped_column(ForeignKey("factor_set_draft.id"))
    factor_set: Mapped[UUID | None] = mapped_column(ForeignKey("factor_set.id"))
    digest: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    requested_by: Mapped[UUID]
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    weighings: Mapped[int]
    weighings_done: Mapped[int]
    after: Mapped[UUID | None]
    """The last weighing that was looked at: from there it goes on."""
    found: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    posted: Mapped[int]
    added_co2e_grams: Mapped[int]
    taken_co2e_grams: Mapped[int]
    short_co2e_grams: Mapped[int]

    @property
    def is_live(self) -> bool:
        """Tell whether it is still to be done."""
        return self.state in LIVE

    def end(self, state: State, *, at: datetime) -> None:
        """End it for good."""
        self.state, self.ended_at = state, at

    def run(self) -> FactorRun:
        """Return what leaves this room."""
        return FactorRun(**{name: getattr(self, name) for name in FactorRun.__dataclass_fields__})
