"""What leaves this room: a simulation, how far it is, and what it found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.simulation.rules.words import FORESEEN, OF_FACTORS, UNKNOWNS, UNTIL_THEN


class State(StrEnum):
    """Where a simulation stands; the last three are for good."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


LIVE = frozenset({State.QUEUED, State.RUNNING})


def _ends_by(
    state: str, started_at: datetime | None, done: int, whole: int | None, *, at: datetime
) -> datetime | None:
    if state != State.RUNNING or started_at is None or not whole or not done:
        return None
    return at + (at - started_at) * (whole - done) / done


def _percent(state: str, done: int, whole: int | None) -> int:
    if state == State.DONE:
        return 100
    return min(99, 100 * done // whole) if whole else 0


@dataclass(frozen=True)
class Simulation:
    """One run over a period."""

    id: UUID
    state: str
    draft: UUID | None
    digest: str
    """Of what was proposed when it was asked for; a draft that was changed since has another."""
    since: datetime
    until: datetime
    proposal: Mapping[str, Any]
    requested_by: UUID
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    lines: int | None
    """How many lines there are to replay; None before it has begun."""
    lines_done: int
    summary: Mapping[str, Any] | None

    def ends_by(self, at: datetime) -> datetime | None:
        """Reckon when it will be done, at the pace it has kept so far."""
        return _ends_by(self.state, self.started_at, self.lines_done, self.lines, at=at)

    @property
    def percent(self) -> int:
        """Say how much of it is done."""
        return _percent(self.state, self.lines_done, self.lines)

    @property
    def does_not_know(self) -> list[dict[str, str]]:
        """Say what no figure of it knows."""
        said = [{"zh": zh, "en": en} for zh, en in UNKNOWNS]
        older = (self.summary or {}).get("reconstructed_lines", 0)
        if older:
            said.append({"zh": UNTIL_THEN[0].format(lines=older), "en": UNTIL_THEN[1].format(lines=older)})
        return said


class RunKind(StrEnum):
    """What a run over past weighings does with factors."""

    SIMULATION = "simulation"
    """Tells what a draft of a set would change."""
    RECOMPUTATION = "recomputation"
    """Posts what an approved set changes."""


@dataclass(frozen=True)
class FactorRun:
    """One run of a set of factors, or of a draft of one, over the weighings of a period."""

    id: UUID
    kind: str
    state: str
    draft: UUID | None
    factor_set: UUID | None
    digest: str
    """Of the draft as it was read; of a set, its id."""
    since: datetime
    until: datetime
    requested_by: UUID
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    weighings: int
    """How many there were when it was asked for."""
    weighings_done: int
    found: Mapping[str, Any] | None
    posted: int
    added_co2e_grams: int
    taken_co2e_grams: int
    short_co2e_grams: int

    def ends_by(self, at: datetime) -> datetime | None:
        """Reckon when it will be done, at the pace it has kept so far."""
        return _ends_by(self.state, self.started_at, self.weighings_done, self.weighings, at=at)

    @property
    def percent(self) -> int:
        """Say how much of it is done."""
        return _percent(self.state, self.weighings_done, self.weighings)

    @property
    def does_not_know(self) -> list[dict[str, str]]:
        """Say what no figure of it knows."""
        said = (*OF_FACTORS, FORESEEN) if self.kind == RunKind.SIMULATION else OF_FACTORS
        return [{"zh": zh, "en": en} for zh, en in said]
