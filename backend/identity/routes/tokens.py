"""Signing in with a number, going on, signing out, and where one is signed in."""

from typing import Any
from uuid import UUID

from backend.identity import queries, service
from backend.identity.errors import (
    CodesHeld,
    CodeTooSoon,
    CodeWrong,
    DeviceNotFound,
    NotAssigned,
    NumberInDoubt,
    RefreshWrong,
    TooManyCodes,
)
from backend.identity.examples import ADMIN, CODE_SENT, DEVICE, PHONE, RESIDENT, TOKENS
from backend.identity.routes.room import blp
from backend.identity.rules import CodeSent, Proved, SignedIn
from backend.identity.schemas.tokens import (
    CodeIn,
    CodeSentOut,
    DevicesOut,
    ExchangeIn,
    ProofOfNumberIn,
    ProvedOut,
    RefreshIn,
    ResidentIn,
    SessionOut,
)
from backend.kit import cookies
from backend.kit.auth import public, refuses, requires
from backend.kit.http import actor, address, language, now, session
from backend.kit.pace import SIGN_IN, paced


@blp.post("/sign-in/codes")
@public
@paced(SIGN_IN, or_else=CodesHeld)
@blp.arguments(CodeIn, example={"phone": PHONE, "device_id": DEVICE["id"]})
@blp.response(
    202,
    CodeSentOut,
    example=CODE_SENT,
)
@refuses(CodeTooSoon, TooManyCodes)
def send_code(body: dict[str, Any]) -> CodeSent:
    """Send a one-time code to a mobile number; the answer is the same whether or not it is known."""
    return service.send_code(session(), **body, language=language(), address=address(), at=now())


@blp.post("/sign-in/resident")
@public
@paced(SIGN_IN)
@blp.arguments(ResidentIn, example={"phone": PHONE, "request_id": CODE_SENT["request_id"], "code": "246810"})
@blp.response(201, SessionOut, example=RESIDENT)
@refuses(CodeWrong, NumberInDoubt)
@cookies.hands_out
def sign_in_resident(body: dict[str, Any]) -> SignedIn:
    """Sign a resident in with the code that came to their number."""
    return service.sign_in_resident(session(), **body, language=language(), at=now())


@blp.post("/sign-in/refresh")
@public
@blp.arguments(RefreshIn, example={"refresh_token": TOKENS["refresh_token"]})
@blp.response(200, SessionOut, example=RESIDENT)
@refuses(RefreshWrong)
@cookies.hands_out
def refresh(body: dict[str, Any]) -> SignedIn:
    """Exchange a refresh token for new tokens.

    An answer that was lost may be asked for again within 30 seconds, as long as its token was not
    used. Later, a token that was exchanged before ends the whole session: somebody else has it.
    """
    token = body["refresh_token"] or cookies.refresh_token()
    return service.refresh(session(), refresh_token=token, at=now())


@blp.post("/sign-in/district")
@requires("session:exchange")
@blp.arguments(ExchangeIn, example={"district": "330106"})
@blp.response(200, SessionOut, example={**ADMIN, "district": "330106"})
@refuses(NotAssigned)
@cookies.hands_out
def exchange_district(body: dict[str, Any]) -> SignedIn:
    """Go on in another district where the caller has a role; the old tokens end."""
    return service.exchange_district(session(), by=actor(), at=now(), **body)


@blp.delete("/sign-in")
@requires("session:end")
@blp.response(204)
@cookies.asks
def sign_out() -> None:
    """Sign out: the tokens of this session end at once."""
    service.sign_out(session(), by=actor(), at=now())
    cookies.forget()


@blp.get("/me/devices")
@requires("me:read")
@blp.response(200, DevicesOut, example={"items": [DEVICE]})
def list_devices() -> dict[str, Any]:
    """List where you are signed in, the newest first."""
    return {"items": queries.devices(session(), actor(), at=now())}


@blp.delete("/me/devices/<uuid:device_id>")
@requires("session:end")
@blp.response(204)
@refuses(DeviceNotFound)
def end_device(device_id: UUID) -> None:
    """Sign out on one of your devices: its tokens end at once, access and refresh."""
    service.end_device(session(), device_id, by=actor(), at=now())


@blp.post("/sign-in/proof")
@requires("session:prove")
@paced(SIGN_IN)
@blp.arguments(ProofOfNumberIn, example={"request_id": CODE_SENT["request_id"], "code": "246810"})
@blp.response(200, ProvedOut, example={"until": "2026-03-02T00:10:00+00:00"})
@refuses(CodeWrong)
def prove(body: dict[str, Any]) -> Proved:
    """Give a fresh one-time code before what is costly or final; ask for it at `sign-in/codes` as before."""
    return service.prove(session(), by=actor(), at=now(), **body)
