"""Drafts of price lists: everything that somebody edits, and who decides on it."""

from typing import Any
from uuid import UUID

from backend.catalogue import queries, service
from backend.catalogue.errors import (
    BasisMissing,
    ConditionIdle,
    EffectiveInThePast,
    MaterialRefused,
    MaterialTwice,
    MaterialUnknown,
    NothingPriced,
    ProgrammeIdle,
    ProgrammeMissing,
    ProgrammeUnknown,
    RateAbsurd,
    RateNegative,
    RefusedEarns,
    ValidityOverlaps,
)
from backend.catalogue.examples import (
    APPROVED,
    DIFFERENCE,
    DRAFT,
    DRAFT_HEAD,
    PUBLISHED,
    RATE,
    REJECTED,
    SUBMITTED,
    WITHDRAWN,
)
from backend.catalogue.queries import Draft, DraftHead
from backend.catalogue.routes.room import blp
from backend.catalogue.schemas import (
    DifferencesOut,
    DraftIn,
    DraftOut,
    DraftPageOut,
    DraftsIn,
    EditIn,
    PublicationIn,
    ReasonIn,
)
from backend.catalogue.tables import DRAFTS
from backend.kit.auth import refuses, requires
from backend.kit.drafts import (
    DraftNotFound,
    DraftOutdated,
    OwnDraft,
    SimulationMissing,
    SimulationOutdated,
    StepImpossible,
)
from backend.kit.etag import edits, expected, tagged
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.paging import CursorUnreadable, Page
from backend.kit.tables import also_as_table

_UNSOUND = (
    *(NothingPriced, MaterialTwice, MaterialUnknown, MaterialRefused, RateNegative, RateAbsurd, RefusedEarns),
    *(ProgrammeMissing, ProgrammeIdle, ProgrammeUnknown, BasisMissing, ConditionIdle),
)
"""What may be wrong with rates."""
_NOT_READY = (DraftOutdated, SimulationMissing, SimulationOutdated)
"""What may keep a draft from going on."""
_DRAFTED = {"title": DRAFT["title"], "note": "", "rates": [RATE]}


@blp.get("/price-list-drafts")
@requires("price_list:read")
@blp.arguments(DraftsIn, location="query")
@blp.response(200, DraftPageOut, example={"items": [DRAFT_HEAD], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(DRAFTS, DraftPageOut)
def list_drafts(args: dict[str, Any]) -> Page[DraftHead]:
    """List the drafts of your district's price lists, the newest first."""
    return queries.drafts(session(), actor().district, **args)


@blp.post("/price-list-drafts")
@requires("price_list:draft")
@idempotent
@blp.arguments(DraftIn, example=_DRAFTED)
@blp.response(201, DraftOut, example=DRAFT)
@refuses(DraftOutdated, *_UNSOUND)
def draft(body: dict[str, Any]) -> Draft:
    """Begin a draft of the next price list: of what the newest pays, or of rates of your own."""
    return service.draft(session(), by=actor(), at=now(), **body)


@blp.get("/price-list-drafts/<uuid:draft_id>")
@requires("price_list:read")
@blp.response(200, DraftOut, example=DRAFT)
@refuses(DraftNotFound)
@tagged
def show_draft(draft_id: UUID) -> Draft:
    """Show a draft with its rates; its `ETag` is what every step sends back."""
    return queries.draft(session(), actor().district, draft_id)


@blp.get("/price-list-drafts/<uuid:draft_id>/differences")
@requires("price_list:read")
@blp.response(200, DifferencesOut, example={"items": [DIFFERENCE]})
@refuses(DraftNotFound)
def show_draft_differences(draft_id: UUID) -> dict[str, Any]:
    """Say in words what a draft would change of the version that it is based on."""
    return {"items": queries.draft_changes(session(), actor().district, draft_id)}


@blp.put("/price-list-drafts/<uuid:draft_id>")
@requires("price_list:draft")
@edits
@blp.arguments(EditIn, example=_DRAFTED)
@blp.response(200, DraftOut, example=DRAFT)
@refuses(DraftNotFound, StepImpossible, DraftOutdated, *_UNSOUND)
@tagged
def edit_draft(body: dict[str, Any], draft_id: UUID) -> Draft:
    """Write a draft anew; one that was submitted, approved or rejected is a draft again."""
    return service.edit(session(), draft_id, by=actor(), at=now(), is_as_seen=expected(), **body)


@blp.post("/price-list-drafts/<uuid:draft_id>/submission")
@requires("price_list:draft")
@edits
@idempotent
@blp.response(200, DraftOut, example=SUBMITTED)
@refuses(DraftNotFound, StepImpossible, *_NOT_READY)
@tagged
def submit_draft(draft_id: UUID) -> Draft:
    """Put a draft before an approver, once it was simulated as it stands."""
    return service.submit(session(), draft_id, by=actor(), at=now(), is_as_seen=expected())


@blp.post("/price-list-drafts/<uuid:draft_id>/approval")
@requires("price_list:approve")
@edits
@idempotent
@blp.response(200, DraftOut, example=APPROVED)
@refuses(DraftNotFound, StepImpossible, OwnDraft, *_NOT_READY)
@tagged
def approve_draft(draft_id: UUID) -> Draft:
    """Answer for a draft that somebody else made."""
    return service.approve(session(), draft_id, by=actor(), at=now(), is_as_seen=expected())


@blp.post("/price-list-drafts/<uuid:draft_id>/rejection")
@requires("price_list:approve")
@edits
@idempotent
@blp.arguments(ReasonIn, example={"reason": REJECTED["reason"]})
@blp.response(200, DraftOut, example=REJECTED)
@refuses(DraftNotFound, StepImpossible, OwnDraft)
@tagged
def reject_draft(body: dict[str, Any], draft_id: UUID) -> Draft:
    """Give a draft back to those who made it; an edit makes it a draft again."""
    return service.reject(session(), draft_id, by=actor(), at=now(), is_as_seen=expected(), **body)


@blp.post("/price-list-drafts/<uuid:draft_id>/withdrawal")
@requires("price_list:draft")
@edits
@idempotent
@blp.arguments(ReasonIn, example={"reason": WITHDRAWN["reason"]})
@blp.response(200, DraftOut, example=WITHDRAWN)
@refuses(DraftNotFound, StepImpossible)
@tagged
def withdraw_draft(body: dict[str, Any], draft_id: UUID) -> Draft:
    """Give a draft up for good."""
    return service.withdraw(session(), draft_id, by=actor(), at=now(), is_as_seen=expected(), **body)


@blp.post("/price-list-drafts/<uuid:draft_id>/publication")
@requires("price_list:publish")
@edits
@idempotent
@blp.arguments(PublicationIn, example={"effective_at": PUBLISHED["effective_at"]})
@blp.response(200, DraftOut, example=PUBLISHED)
@refuses(DraftNotFound, StepImpossible, OwnDraft, *_NOT_READY, EffectiveInThePast, ValidityOverlaps)
@tagged
def publish_draft(body: dict[str, Any], draft_id: UUID) -> Draft:
    """Make an approved draft the next version, in force now or from a time on; it never changes again."""
    return service.publish_draft(session(), draft_id, by=actor(), at=now(), is_as_seen=expected(), **body)
