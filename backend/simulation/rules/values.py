"""What leaves this room: a simulation, how far it is, and what it found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.simulation.rules.words import UNKNOWNS, UNTIL_THEN


class State(StrEnum):
    """Where a simulation stands; the last three are for good."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


LIVE = frozenset({State.QUEUED, State.RUNNING})


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
        if self.state != State.RUNNING or self.started_at is None or not self.lines or not self.lines_done:
            return None
        return at + (at - self.started_at) * (self.lines - self.lines_done) / self.lines_done

    @property
    def percent(self) -> int:
        """Say how much of it is done."""
        if self.state == State.DONE:
            return 100
        return min(99, 100 * self.lines_done // self.lines) if self.lines else 0

    @property
    def does_not_know(self) -> list[dict[str, str]]:
        """Say what no figure of it knows."""
        said = [{"zh": zh, "en": en} for zh, en in UNKNOWNS]
        older = (self.summary or {}).get("reconstructed_lines", 0)
        if older:
            said.append({"zh": UNTIL_THEN[0].format(lines=older), "en": UNTIL_THEN[1].format(lines=older)})
        return said
