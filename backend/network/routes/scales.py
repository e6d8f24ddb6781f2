"""The register of scales: who collects sees and checks their operator's, whoever works for a district all."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.kit.auth import refuses, requires
from backend.kit.clock import city_day
from backend.kit.drafts.schemas import ReasonIn
from backend.kit.etag import edits, expected, tagged
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.paging import CursorUnreadable, Page, PageIn
from backend.kit.tables import also_as_table
from backend.network import queries, scales
from backend.network.errors import (
    CertificateEndsBeforeItBegins,
    CertificateNotFound,
    CertificateNotYetIssued,
    CertificateNumberTaken,
    CertificateTooLong,
    CertificateWithdrawn,
    CheckOutOfRange,
    CheckReadingImpossible,
    OperatorNotFound,
    ScaleNotFound,
    ScaleNotRetired,
    ScaleRangeImpossible,
    ScaleRetired,
    ScaleSerialTaken,
)
from backend.network.examples import (
    CERTIFICATE,
    CHECK,
    NEW_CERTIFICATE,
    NEW_CHECK,
    NEW_SCALE,
    OPERATOR,
    REGISTERED,
    RETIRED,
    SCALE,
    WITHDRAWN,
)
from backend.network.models import Operator
from backend.network.queries import CertificateEntry, CheckEntry, ScalePassport
from backend.network.routes.room import blp
from backend.network.schemas import (
    CertificateIn,
    CertificateOut,
    CertificatePageOut,
    CheckIn,
    CheckOut,
    CheckPageOut,
    OperatorsOut,
    ScaleIn,
    ScaleOut,
    ScalePageOut,
    ScalesIn,
)
from backend.network.tables import CERTIFICATES, CHECKS, SCALES

_SCALE = "/scales/<uuid:scale_id>"


@blp.get("/operators")
@requires("scale:read")
@blp.response(200, OperatorsOut, example={"items": [OPERATOR]})
def list_operators() -> dict[str, Sequence[Operator]]:
    """List who collects in your district or has scales there; who works for one of them sees that one."""
    who = actor()
    return {"items": queries.operators(session(), who.district, operator=who.organisation)}


@blp.get("/scales")
@requires("scale:read")
@blp.arguments(ScalesIn, location="query")
@blp.response(200, ScalePageOut, example={"items": [SCALE], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(SCALES, ScalePageOut)
def list_scales(args: dict[str, Any]) -> Page[ScalePassport]:
    """List the scales of the district, or of the operator you work for, by serial number."""
    who = actor()
    return queries.scales(session(), who.district, operator=who.organisation, on=city_day(now()), **args)


@blp.post("/scales")
@requires("scale:edit")
@idempotent
@blp.arguments(ScaleIn, example=NEW_SCALE)
@blp.response(201, ScaleOut, example=REGISTERED)
@refuses(OperatorNotFound, ScaleRangeImpossible, ScaleSerialTaken)
def register_scale(body: dict[str, Any]) -> ScalePassport:
    """Enter a scale in the register; it is weighed on once it is certified."""
    return scales.register(session(), by=actor(), at=now(), **body)


@blp.get(_SCALE)
@requires("scale:read")
@blp.response(200, ScaleOut, example=SCALE)
@refuses(ScaleNotFound)
@tagged
def show_scale(scale_id: UUID) -> ScalePassport:
    """Show a scale as it stands today."""
    return _seen(scale_id)


def _seen(scale_id: UUID) -> ScalePassport:
    who = actor()
    return queries.scale_of(session(), who.district, scale_id, operator=who.organisation, on=city_day(now()))


@blp.get(f"{_SCALE}/certificates")
@requires("scale:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, CertificatePageOut, example={"items": [CERTIFICATE], "next_cursor": None})
@refuses(ScaleNotFound, CursorUnreadable)
@also_as_table(CERTIFICATES, CertificatePageOut)
def list_certificates(args: dict[str, Any], scale_id: UUID) -> Page[CertificateEntry]:
    """List a scale's certificates, the newest verification first; withdrawn ones say so."""
    return queries.certificates(session(), actor().district, _seen(scale_id).id, **args)


@blp.post(f"{_SCALE}/certificates")
@requires("scale:edit")
@idempotent
@blp.arguments(CertificateIn, example=NEW_CERTIFICATE)
@blp.response(201, CertificateOut, example=CERTIFICATE)
@refuses(ScaleNotFound, ScaleRetired, CertificateNotYetIssued, CertificateEndsBeforeItBegins)
@refuses(CertificateTooLong, CertificateNumberTaken)
def certify_scale(body: dict[str, Any], scale_id: UUID) -> CertificateEntry:
    """Put a verification on record; the newest one says until when the scale is certified."""
    return scales.certify(session(), scale_id, by=actor(), at=now(), **body)


@blp.post("/certificates/<uuid:certificate_id>/withdrawal")
@requires("scale:edit")
@idempotent
@blp.arguments(ReasonIn, example={"reason": WITHDRAWN["withdrawn_reason"]})
@blp.response(200, CertificateOut, example=WITHDRAWN)
@refuses(CertificateNotFound, CertificateWithdrawn)
def withdraw_certificate(body: dict[str, str], certificate_id: UUID) -> CertificateEntry:
    """Let a certificate count no more that was put on record by mistake; the one before it does again."""
    return scales.withdraw_certificate(session(), certificate_id, by=actor(), at=now(), **body)


@blp.get(f"{_SCALE}/checks")
@requires("scale:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, CheckPageOut, example={"items": [CHECK], "next_cursor": None})
@refuses(ScaleNotFound, CursorUnreadable)
@also_as_table(CHECKS, CheckPageOut)
def list_checks(args: dict[str, Any], scale_id: UUID) -> Page[CheckEntry]:
    """List what a scale showed under known weights, the newest first."""
    return queries.checks(session(), actor().district, _seen(scale_id).id, **args)


@blp.post(f"{_SCALE}/checks")
@requires("scale:check")
@idempotent
@blp.arguments(CheckIn, example=NEW_CHECK)
@blp.response(201, CheckOut, example=CHECK)
@refuses(ScaleNotFound, ScaleRetired, CheckOutOfRange, CheckReadingImpossible)
def check_scale(body: dict[str, int], scale_id: UUID) -> CheckEntry:
    """Put on record what a scale showed under a known weight.

    One that is off by more than its class permits is out of use, until it passes a check or is verified.
    """
    return scales.check(session(), scale_id, by=actor(), at=now(), **body)


@blp.post(f"{_SCALE}/retirement")
@requires("scale:edit")
@edits
@blp.arguments(ReasonIn, example={"reason": RETIRED["retired_reason"]})
@blp.response(200, ScaleOut, example=RETIRED)
@refuses(ScaleNotFound, ScaleRetired)
@tagged
def retire_scale(body: dict[str, str], scale_id: UUID) -> ScalePassport:
    """Take a scale out of service; what was weighed on it stands."""
    return scales.retire(session(), scale_id, by=actor(), at=now(), is_as_seen=expected(), **body)


@blp.post(f"{_SCALE}/reinstatement")
@requires("scale:edit")
@edits
@blp.arguments(ReasonIn, example={"reason": "误操作，恢复使用。"})
@blp.response(200, ScaleOut, example=SCALE)
@refuses(ScaleNotFound, ScaleNotRetired)
@tagged
def bring_scale_back(body: dict[str, str], scale_id: UUID) -> ScalePassport:
    """Bring a retired scale back, as its certificates and checks have it."""
    return scales.bring_back(session(), scale_id, by=actor(), at=now(), is_as_seen=expected(), **body)
