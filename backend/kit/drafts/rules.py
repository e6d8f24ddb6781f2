"""The way of a draft, as a pure rule: which step leads where, who may take it, and what it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from backend.kit.drafts.errors import (
    DraftOutdated,
    OwnDraft,
    SimulationMissing,
    SimulationOutdated,
    StepImpossible,
)
from backend.kit.errors import Word


class State(StrEnum):
    """How far a draft is."""

    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    PUBLISHED = "published"


class Step(StrEnum):
    """What somebody may do to a draft."""

    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"


_ANY_TIME = {Step.EDIT: State.DRAFTED, Step.WITHDRAW: State.WITHDRAWN}
"""An edit takes a submission, an approval or a rejection back: they were of something else."""
WAY: Mapping[State, Mapping[Step, State]] = {
    State.DRAFTED: {**_ANY_TIME, Step.SUBMIT: State.SUBMITTED},
    State.SUBMITTED: {**_ANY_TIME, Step.APPROVE: State.APPROVED, Step.REJECT: State.REJECTED},
    State.APPROVED: {**_ANY_TIME, Step.PUBLISH: State.PUBLISHED, Step.REJECT: State.REJECTED},
    State.REJECTED: _ANY_TIME,
    State.WITHDRAWN: {},
    State.PUBLISHED: {},
}
"""Which steps start from a state, and where each leads."""
_STATES: Mapping[State, str] = {
    State.DRAFTED: "尚在起草",
    State.SUBMITTED: "正待审批",
    State.APPROVED: "已获批准",
    State.REJECTED: "已被驳回",
    State.WITHDRAWN: "已撤回",
    State.PUBLISHED: "已发布",
}
_STEPS: Mapping[Step, str] = {
    Step.EDIT: "修改",
    Step.SUBMIT: "提交",
    Step.APPROVE: "批准",
    Step.REJECT: "驳回",
    Step.WITHDRAW: "撤回",
    Step.PUBLISH: "发布",
}
"""What both are called in a Chinese sentence."""
FINAL = frozenset(state for state, steps in WAY.items() if not steps)
"""Where a draft ends."""
DECISIONS = frozenset({Step.APPROVE, Step.REJECT, Step.PUBLISH})
"""What nobody does to their own draft."""
FORWARD = frozenset({Step.SUBMIT, Step.APPROVE, Step.PUBLISH})
"""What needs a simulation of just this, against what is the newest."""


@dataclass(frozen=True)
class Standing:
    """All that decides which steps are open."""

    state: State
    authors: frozenset[UUID]
    """Who drafted, edited or submitted it."""
    digest: str
    simulated_digest: str | None
    is_current: bool
    """Whether what it is based on is still the newest."""


def after(standing: Standing, step: Step, *, by: UUID) -> State:
    """Return the state that a step leads to.

    :raises StepImpossible: it does not start from this state
    :raises OwnDraft: an author decides on it
    :raises DraftOutdated: something newer is in force, or will be
    :raises SimulationMissing: nobody knows what it would cost
    :raises SimulationOutdated: what was simulated was something else
    """
    if (to := WAY[standing.state].get(step)) is None:
        raise StepImpossible(
            state=Word(_STATES[standing.state], standing.state), step=Word(_STEPS[step], step)
        )
    if step in DECISIONS and by in standing.authors:
        raise OwnDraft
    if step in FORWARD:
        _must_be_ready(standing)
    return to


def _must_be_ready(standing: Standing) -> None:
    if not standing.is_current:
        raise DraftOutdated
    if standing.simulated_digest is None:
        raise SimulationMissing
    if standing.simulated_digest != standing.digest:
        raise SimulationOutdated


@dataclass(frozen=True, kw_only=True)
class Drafted:
    """What every draft says of itself, as it leaves its room."""

    id: UUID
    title: str
    note: str
    state: str
    revision: int
    """How often it was changed or went a step."""
    digest: str
    """SHA-256 of what decides payments, in hex."""
    authors: tuple[UUID, ...]
    """Who drafted, edited or submitted it; none of them decides on it."""
    drafted_by: UUID
    drafted_at: datetime
    simulation: UUID | None
    simulated_digest: str | None
    simulated_at: datetime | None
    submitted_by: UUID | None
    submitted_at: datetime | None
    approved_by: UUID | None
    approved_at: datetime | None
    rejected_by: UUID | None
    rejected_at: datetime | None
    withdrawn_by: UUID | None
    withdrawn_at: datetime | None
    published_by: UUID | None
    published_at: datetime | None
    reason: str | None
    """Why it was rejected or withdrawn."""

    @property
    def is_simulated(self) -> bool:
        """Tell whether just this was simulated."""
        return self.simulated_digest == self.digest


@dataclass(frozen=True)
class Approval:
    """The way that led to a version: its draft, the run that told its cost, and who answers for it."""

    draft: UUID
    simulation: UUID
    by: UUID
