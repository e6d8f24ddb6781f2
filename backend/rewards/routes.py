"""Offers for residents, redemptions with their vouchers, and the till."""

from typing import Any
from uuid import UUID

from flask import Response

from backend.identity.errors import ProofNeeded
from backend.kit.api import Room
from backend.kit.auth import refuses, requires
from backend.kit.clock import city_day
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.pace import COSTLY, paced
from backend.kit.paging import CursorUnreadable, Page, PageIn
from backend.rewards import queries, service
from backend.rewards.errors import (
    AlreadyHonoured,
    LimitReached,
    NotEnoughPoints,
    OfferNotFound,
    OfferNotInForce,
    RedemptionEnded,
    RedemptionNotFound,
    SoldOut,
    VoucherCancelled,
    VoucherExpired,
    VoucherForged,
    VoucherNotFound,
    VoucherOfAnother,
)
from backend.rewards.examples import CANCELLED, CODE, HONOURED, MERCHANT, OFFER, REDEMPTION, TAKINGS
from backend.rewards.models import Merchant
from backend.rewards.schemas import (
    HonouringIn,
    HonouringOut,
    MerchantPageOut,
    MerchantsIn,
    OfferPageOut,
    RedemptionIn,
    RedemptionOut,
    RedemptionPageOut,
    TakingsIn,
    TakingsOut,
)

blp = Room("rewards", __name__, description="Offers, redemptions, and vouchers that a till takes once.")


@blp.get("/offers")
@requires("offer:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, OfferPageOut, example={"items": [OFFER], "next_cursor": None})
@refuses(CursorUnreadable)
def list_offers(args: dict[str, Any]) -> Page[queries.OfferShown]:
    """List what your district offers now, the cheapest first."""
    who = actor()
    return queries.offers(session(), who.district, household=who.household, at=now(), **args)


@blp.get("/merchants")
@requires("merchant:read")
@blp.arguments(MerchantsIn, location="query")
@blp.response(200, MerchantPageOut, example={"items": [MERCHANT], "next_cursor": None})
@refuses(CursorUnreadable)
def list_merchants(args: dict[str, Any]) -> Page[Merchant]:
    """List the merchants of the city by name, whether or not they have an offer now."""
    return queries.merchants(session(), **args)


@blp.post("/redemptions")
@requires("redemption:make")
@idempotent
@blp.arguments(RedemptionIn, example={"offer_id": OFFER["id"]})
@blp.response(201, RedemptionOut, example=REDEMPTION)
@refuses(OfferNotFound, OfferNotInForce, SoldOut, LimitReached, ProofNeeded, NotEnoughPoints)
def redeem(body: dict[str, Any]) -> queries.Taken:
    """Take an offer: its points are held, and you get a voucher.

    What a household spends within a day is free of questions up to a bound of the installation, 2000 points
    unless it says otherwise; above it, a one-time code of the last ten minutes is needed: ask for one at
    `sign-in/codes`, give it at `sign-in/proof`, and send the same request again.
    """
    return service.redeem(session(), by=actor(), at=now(), **body)


@blp.get("/redemptions")
@requires("redemption:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, RedemptionPageOut, example={"items": [REDEMPTION], "next_cursor": None})
@refuses(CursorUnreadable)
def list_redemptions(args: dict[str, Any]) -> Page[queries.Taken]:
    """List your household's redemptions, the newest first."""
    who = actor()
    return queries.redemptions(session(), who.district, household=who.home(), **args)


@blp.get("/redemptions/<uuid:redemption_id>")
@requires("redemption:read")
@blp.response(200, RedemptionOut, example=REDEMPTION)
@refuses(RedemptionNotFound)
def show(redemption_id: UUID) -> queries.Taken:
    """Show a redemption and its voucher."""
    who = actor()
    found = queries.redemption(session(), who.district, redemption_id, household=who.home())
    if found is None:
        raise RedemptionNotFound
    return found


@blp.get("/redemptions/<uuid:redemption_id>/voucher.svg")
@requires("redemption:read")
@paced(COSTLY)
@blp.response(200, {"type": "string"}, content_type="image/svg+xml")
@refuses(RedemptionNotFound, RedemptionEnded)
def picture(redemption_id: UUID) -> Response:
    """Draw the voucher's code as a QR picture for the till."""
    svg = service.picture(session(), redemption_id, by=actor(), at=now())
    return Response(svg, mimetype="image/svg+xml")


@blp.post("/redemptions/<uuid:redemption_id>/cancellation")
@requires("redemption:cancel")
@idempotent
@blp.response(200, RedemptionOut, example=CANCELLED)
@refuses(RedemptionNotFound, RedemptionEnded)
def cancel(redemption_id: UUID) -> queries.Taken:
    """Give a redemption back: your points are free again."""
    return service.cancel(session(), redemption_id, by=actor(), at=now())


@blp.post("/vouchers/honouring")
@requires("voucher:honour")
@idempotent
@blp.arguments(HonouringIn, example={"code": CODE})
@blp.response(200, HonouringOut, example=HONOURED)
@refuses(
    VoucherForged,
    VoucherNotFound,
    VoucherOfAnother,
    AlreadyHonoured,
    VoucherCancelled,
    VoucherExpired,
)
def honour(body: dict[str, Any]) -> queries.Taken:
    """Take a voucher at your till, once."""
    return service.honour(session(), by=actor(), at=now(), **body)


@blp.get("/vouchers/takings")
@requires("takings:read")
@blp.arguments(TakingsIn, location="query")
@blp.response(200, TakingsOut, example=TAKINGS)
@refuses(CursorUnreadable)
def list_takings(args: dict[str, Any]) -> queries.Takings:
    """List what your merchant's tills took on a day, the newest first, with what all of it comes to."""
    who = actor()
    on = args.pop("date") or city_day(now())
    return queries.takings(session(), who.district, merchant=who.organisation_id(), on=on, **args)
