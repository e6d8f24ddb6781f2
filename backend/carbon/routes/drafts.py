"""Drafts of sets of factors: everything that somebody edits, and who decides on it."""

from typing import Any
from uuid import UUID

from backend.carbon import queries, service
from backend.carbon.errors import (
    FactorAbsurd,
    FactorBoundsCrossed,
    FactorSetBackDated,
    FactorSetEmpty,
    FactorSetOverlaps,
    FactorSourceUnclear,
    FactorTwice,
)
from backend.carbon.examples import (
    APPROVED,
    DRAFT,
    DRAFT_HEAD,
    FACTOR_SAID,
    NAMING,
    PUBLISHED,
    REJECTED,
    SUBMITTED,
    WITHDRAWN,
)
from backend.carbon.queries import FactorDraft, FactorDraftHead
from backend.carbon.routes.room import blp
from backend.carbon.schemas import (
    FactorDraftIn,
    FactorDraftOut,
    FactorDraftPageOut,
    FactorEditIn,
    ValidityIn,
)
from backend.carbon.tables import DRAFTS, FACTORS
from backend.catalogue.errors import MaterialUnknown
from backend.kit.auth import refuses, requires
from backend.kit.drafts import (
    DraftNotFound,
    DraftOutdated,
    OwnDraft,
    SimulationMissing,
    SimulationOutdated,
    StepImpossible,
)
from backend.kit.drafts.schemas import DraftsIn, ReasonIn
from backend.kit.etag import edits, expected, tagged
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.paging import CursorUnreadable, Page
from backend.kit.tables import also_as_table

_UNSOUND = (
    *(FactorSetEmpty, FactorTwice, MaterialUnknown, FactorAbsurd, FactorBoundsCrossed, FactorSourceUnclear),
)
"""What may be wrong with factors."""
_NOT_READY = (DraftOutdated, SimulationMissing, SimulationOutdated)
"""What may keep a draft from going on."""
_DRAFTED = {"title": DRAFT["title"], "note": "", "naming": NAMING, "factors": [FACTOR_SAID]}


@blp.get("/factor-set-drafts")
@requires("factor_set:read")
@blp.arguments(DraftsIn, location="query")
@blp.response(200, FactorDraftPageOut, example={"items": [DRAFT_HEAD], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(DRAFTS, FactorDraftPageOut)
def list_drafts(args: dict[str, Any]) -> Page[FactorDraftHead]:
    """List the drafts of the city's next set, the newest first."""
    return queries.drafts(session(), **args)


@blp.post("/factor-set-drafts")
@requires("factor_set:draft")
@idempotent
@blp.arguments(FactorDraftIn, example=_DRAFTED)
@blp.response(201, FactorDraftOut, example=DRAFT)
@refuses(DraftOutdated, *_UNSOUND)
def draft(body: dict[str, Any]) -> FactorDraft:
    """Begin a draft of the next set: of what the newest says, or of factors of your own."""
    return service.draft(session(), by=actor(), at=now(), **body)


@blp.get("/factor-set-drafts/<uuid:factor_draft_id>")
@requires("factor_set:read")
@blp.response(200, FactorDraftOut, example=DRAFT)
@refuses(DraftNotFound)
@also_as_table(FACTORS, FactorDraftOut, of="factors")
@tagged
def show_draft(factor_draft_id: UUID) -> FactorDraft:
    """Show a draft with its factors; its `ETag` is what every step sends back."""
    return queries.draft(session(), factor_draft_id)


@blp.put("/factor-set-drafts/<uuid:factor_draft_id>")
@requires("factor_set:draft")
@edits
@blp.arguments(FactorEditIn, example=_DRAFTED)
@blp.response(200, FactorDraftOut, example=DRAFT)
@refuses(DraftNotFound, StepImpossible, DraftOutdated, *_UNSOUND)
@tagged
def edit_draft(body: dict[str, Any], factor_draft_id: UUID) -> FactorDraft:
    """Write a draft anew; one that was submitted, approved or rejected is a draft again."""
    return service.edit(session(), factor_draft_id, by=actor(), at=now(), is_as_seen=expected(), **body)


@blp.post("/factor-set-drafts/<uuid:factor_draft_id>/submission")
@requires("factor_set:draft")
@edits
@idempotent
@blp.response(200, FactorDraftOut, example=SUBMITTED)
@refuses(DraftNotFound, StepImpossible, *_NOT_READY)
@tagged
def submit_draft(factor_draft_id: UUID) -> FactorDraft:
    """Put a draft before an approver, once it was simulated as it stands."""
    return service.submit(session(), factor_draft_id, by=actor(), at=now(), is_as_seen=expected())


@blp.post("/factor-set-drafts/<uuid:factor_draft_id>/approval")
@requires("factor_set:approve")
@edits
@idempotent
@blp.response(200, FactorDraftOut, example=APPROVED)
@refuses(DraftNotFound, StepImpossible, OwnDraft, *_NOT_READY)
@tagged
def approve_draft(factor_draft_id: UUID) -> FactorDraft:
    """Answer for a draft that somebody else made."""
    return service.approve(session(), factor_draft_id, by=actor(), at=now(), is_as_seen=expected())


@blp.post("/factor-set-drafts/<uuid:factor_draft_id>/rejection")
@requires("factor_set:approve")
@edits
@idempotent
@blp.arguments(ReasonIn, example={"reason": REJECTED["reason"]})
@blp.response(200, FactorDraftOut, example=REJECTED)
@refuses(DraftNotFound, StepImpossible, OwnDraft)
@tagged
def reject_draft(body: dict[str, Any], factor_draft_id: UUID) -> FactorDraft:
    """Give a draft back to those who made it; an edit makes it a draft again."""
    return service.reject(session(), factor_draft_id, by=actor(), at=now(), is_as_seen=expected(), **body)


@blp.post("/factor-set-drafts/<uuid:factor_draft_id>/withdrawal")
@requires("factor_set:draft")
@edits
@idempotent
@blp.arguments(ReasonIn, example={"reason": WITHDRAWN["reason"]})
@blp.response(200, FactorDraftOut, example=WITHDRAWN)
@refuses(DraftNotFound, StepImpossible)
@tagged
def withdraw_draft(body: dict[str, Any], factor_draft_id: UUID) -> FactorDraft:
    """Give a draft up for good."""
    return service.withdraw(session(), factor_draft_id, by=actor(), at=now(), is_as_seen=expected(), **body)


@blp.post("/factor-set-drafts/<uuid:factor_draft_id>/publication")
@requires("factor_set:publish")
@edits
@idempotent
@blp.arguments(ValidityIn, example={"valid_from": PUBLISHED["valid_from"]})
@blp.response(200, FactorDraftOut, example=PUBLISHED)
@refuses(DraftNotFound, StepImpossible, OwnDraft, *_NOT_READY, FactorSetBackDated, FactorSetOverlaps)
@tagged
def publish_draft(body: dict[str, Any], factor_draft_id: UUID) -> FactorDraft:
    """Make an approved draft the next set, in force now or from a time on; it never changes again."""
    return service.publish_draft(
        session(), factor_draft_id, by=actor(), at=now(), is_as_seen=expected(), **body
    )
