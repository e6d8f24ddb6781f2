"""How a draft and its way are kept; the database knows the order of the steps as well."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.drafts.rules import Drafted, Standing, State, Step, after

_TAKEN_BACK = ("submitted", "approved", "rejected")
"""What an edit makes undone; the trail remembers it."""


class DraftColumns:
    """The columns of a draft, whatever it is a draft of."""

    title: Mapped[str]
    note: Mapped[str]
    state: Mapped[str]
    revision: Mapped[int]
    digest: Mapped[str]
    authors: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    drafted_by: Mapped[UUID]
    drafted_at: Mapped[datetime]
    simulation: Mapped[UUID | None]
    simulated_digest: Mapped[str | None]
    simulated_at: Mapped[datetime | None]
    submitted_by: Mapped[UUID | None]
    submitted_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    rejected_by: Mapped[UUID | None]
    rejected_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
    reason: Mapped[str | None]

    def begin(self, *, by: UUID, at: datetime) -> None:
        """Make it a draft of somebody."""
        self.state, self.revision, self.authors = State.DRAFTED, 1, [by]
        self.drafted_by, self.drafted_at = by, at

    def take(
        self, step: Step, *, by: UUID, at: datetime, is_current: bool = True, reason: str | None = None
    ) -> None:
        """Go a step further, if it may.

        :param is_current: whether what it is based on is still the newest
        :raises Problem: as `after` says
        """
        self.state = after(self._standing(is_current=is_current), step, by=by)
        self.revision += 1
        self.reason = reason
        if step is Step.EDIT:
            self._take_back()
        else:
            setattr(self, f"{self.state}_by", by)
            setattr(self, f"{self.state}_at", at)
        if step in (Step.EDIT, Step.SUBMIT) and by not in self.authors:
            self.authors = [*self.authors, by]

    def mark_simulated(self, simulation: UUID, *, digest: str, at: datetime) -> bool:
        """Write down what it was simulated by; tell whether that was of what it now says.

        Once submitted it keeps the simulation that its approver sees, and one that fits is not given up for
        one that does not.
        """
        fits = digest == self.digest
        is_open = self.state in (State.DRAFTED, State.REJECTED)
        if is_open and (fits or self.simulated_digest != self.digest):
            self.simulation, self.simulated_digest, self.simulated_at = simulation, digest, at
        return fits

    def forget_simulation(self) -> None:
        """Need another one: it was made before there was what the draft is now based on."""
        self.simulation = self.simulated_digest = self.simulated_at = None

    def _standing(self, *, is_current: bool) -> Standing:
        return Standing(
            State(self.state), frozenset(self.authors), self.digest, self.simulated_digest, is_current
        )

    def _take_back(self) -> None:
        for name in _TAKEN_BACK:
            setattr(self, f"{name}_by", None)
            setattr(self, f"{name}_at", None)

    def drafted(self) -> dict[str, Any]:
        """Return the fields of `Drafted`."""
        found = {field.name: getattr(self, field.name) for field in fields(Drafted)}
        return {**found, "authors": tuple(self.authors)}


def draft_checks() -> tuple[CheckConstraint, ...]:
    """Make the constraints of a table of drafts: what no way through the rules can lead to."""
    pairs = " and ".join(
        f"({name}_by is null) = ({name}_at is null)" for name in (*_TAKEN_BACK, "withdrawn", "published")
    )
    states = ", ".join(f"'{state}'" for state in State)
    return (
        CheckConstraint(f"state in ({states})", name="state"),
        CheckConstraint(pairs, name="who_and_when"),
        CheckConstraint("not approved_by = any (authors) and not published_by = any (authors)", name="own"),
        CheckConstraint("state in ('drafted', 'withdrawn') or submitted_by is not null", name="submitted"),
        CheckConstraint(
            "state not in ('submitted', 'approved', 'published')"
            " or simulated_digest is not distinct from digest",
            name="simulated",
        ),
        CheckConstraint("state not in ('approved', 'published') or approved_by is not null", name="approved"),
        CheckConstraint("(state = 'published') = (published_by is not null)", name="published"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_by is not null)", name="withdrawn"),
        CheckConstraint("state not in ('rejected', 'withdrawn') or reason is not null", name="reason"),
    )
