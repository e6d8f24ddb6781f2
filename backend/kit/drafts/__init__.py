"""Drafts of what decides payments: drafted, simulated, approved by somebody else, and only then in force.

Price lists and sets of factors go the same way: its steps, refusals, columns and verbs stand here once.
"""

from backend.kit.drafts.columns import DraftColumns, draft_checks
from backend.kit.drafts.errors import (
    DraftNotFound,
    DraftOutdated,
    OwnDraft,
    SimulationMissing,
    SimulationOutdated,
    StepImpossible,
)
from backend.kit.drafts.rules import FINAL, Approval, Drafted, Standing, State, Step, after
from backend.kit.drafts.way import IsAsSeen, Way

__all__ = [
    "FINAL",
    "Approval",
    "DraftColumns",
    "DraftNotFound",
    "DraftOutdated",
    "Drafted",
    "IsAsSeen",
    "OwnDraft",
    "SimulationMissing",
    "SimulationOutdated",
    "Standing",
    "State",
    "Step",
    "StepImpossible",
    "Way",
    "after",
    "draft_checks",
]
