"""Signing in and out, and what a person sees of themselves."""

from typing import Any
from uuid import UUID

from backend.identity import queries, service
from backend.identity.errors import (
    AlreadyInHousehold,
    CardNotFound,
    CodeTooSoon,
    CodeWrong,
    CommunityUnknown,
    DeviceNotFound,
    HouseholdNotFound,
    InvitationWrong,
    LoginWrong,
    NoSecondFactor,
    NotAssigned,
    NumberSilent,
    PersonNotFound,
    ProofNeeded,
    RefreshWrong,
    SecondFactorWrong,
    SecretTooCommon,
    SecretTooWeak,
    SecretUnchanged,
    SecretWrong,
    TermsOutdated,
    TooManyCards,
    TooManyCodes,
)
from backend.identity.rules import (
    TERMS,
    CardShown,
    CodeSent,
    Enrolled,
    Enrolment,
    Invited,
    Known,
    Look,
    Me,
    OwnHome,
    Proved,
    Revealed,
    SignedIn,
)
from backend.identity.schemas import (
    AccessPageOut,
    CardShownOut,
    CardsOut,
    CodeIn,
    CodeSentOut,
    CollectorIn,
    DevicesOut,
    EnrolledOut,
    EnrolmentOut,
    ExchangeIn,
    HouseholdIn,
    HouseholdOut,
    InvitedOut,
    JoinIn,
    MeOut,
    NewPasswordIn,
    NewPinIn,
    PasswordIn,
    PeopleIn,
    PersonPageOut,
    ProofIn,
    ProofOfNumberIn,
    ProvedOut,
    RecoveryCodesOut,
    RefreshIn,
    ResidentIn,
    RevealedOut,
    RevealIn,
    SessionOut,
    StaffIn,
)
from backend.kit.api import Room
from backend.kit.auth import public, refuses, requires
from backend.kit.http import actor, address, language, now, session
from backend.kit.paging import CursorUnreadable, Page, PageIn

blp = Room("identity", __name__, description="Signing in and out; persons and households.")

_PHONE = "13800000001"
_CODE_SENT = {
    "request_id": "q3Zb0mXr9Kc1Vt5Hs7Yw2A",
    "expires_at": "2026-03-02T00:05:00+00:00",
    "resend_at": "2026-03-02T00:01:00+00:00",
}
_HOUSEHOLD_ID = "0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11"
_TOKENS = {
    "access_token": "Jm0p3yJt0v0i0yqG4m0k2C0r3l2fLq6oVx8kq1n5u7A",
    "refresh_token": "AZLwxH0OfMGaU24fCmwrERk7…",
    "access_expires_at": "2026-03-02T00:15:00+00:00",
    "refresh_expires_at": "2026-04-01T00:00:00+00:00",
    "needs_set_up": False,
    "next_step": None,
    "device_token": None,
}
_RESIDENT = {**_TOKENS, "role": "resident", "district": "330110"}
_COLLECTOR = {**_TOKENS, "role": "collector", "district": "330110"}
_ADMIN = {**_TOKENS, "role": "district_admin", "district": "330110"}
_UNPROVEN = {**_ADMIN, "next_step": "second_factor"}
_ACQUAINTED = {**_ADMIN, "device_token": "AZLwxH0OfMGaU24fCmwrEZ3W6l8Wc2m4Yb1sK0tQe9uVnRjX5pLd"}
_RECOVERY = ["x7k2m-9fqtw", "b4hds-pn83v"]
_ENROLMENT = {
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "otpauth_uri": "otpauth://totp/Lvzhang:yuhang.admin?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Lvzhang",
    "qr_svg": '<svg xmlns="http://www.w3.org/2000/svg">…</svg>',
}
_ME = {
    "id": "0192f0c4-6b7e-7a10-8c52-2f0d6b1e9a44",
    "name": None,
    "phone_last4": "0001",
    "role": "resident",
    "district": "330110",
    "household": _HOUSEHOLD_ID,
    "organisation": None,
    "needs_set_up": False,
    "next_step": None,
    "assignments": [{"role": "resident", "district": "330110", "organisation": None}],
}
_SET_UP = {
    "community": "330110001005",
    "address": "示例路 1 号 2 幢 301 室",
    "consent": {"agreed": True, "version": TERMS},
}
_HOUSEHOLD = {
    "id": _HOUSEHOLD_ID,
    "district": "330110",
    "community": "330110001005",
    "community_name": "某社区",
    "address": "示例路 1 号 2 幢 301 室",
    "members": 1,
    "opened_at": "2026-03-02T00:00:00+00:00",
}
_KNOWN = {
    "id": _ME["id"],
    "role": "resident",
    "phone_last4": "0001",
    "household": _HOUSEHOLD_ID,
    "since": "2026-03-02T00:00:00+00:00",
}
_DEVICE = {
    "id": "0192f0c4-9c11-7e03-a2d4-5b6c7d8e9f10",
    "name": "我的手机",
    "role": "resident",
    "signed_in_at": "2026-03-02T00:00:00+00:00",
    "last_seen_at": "2026-03-02T08:30:00+00:00",
    "is_this": True,
}
_INVITED = {"code": "330110-ABCDEFGHJKMNPQRS", "expires_at": "2026-03-03T00:00:00+00:00"}
_CARD = {"id": "0192f0c4-a1b2-7c3d-8e4f-5a6b7c8d9e0f", "issued_at": "2026-03-02T00:00:00+00:00"}
_CARD_SHOWN = {
    **_CARD,
    "code": "LVC1.AGJPBRFBWJ6D3DSPLJVXZDM6B5UFYXWVUTSRQPON",
    "qr_svg": '<svg xmlns="http://www.w3.org/2000/svg">…</svg>',
}
_REASON = "她来电询问昨天的称重结果"
_ACCESS = {
    "id": "0192f0c4-8a3d-7f56-b1c0-4d2e9a7f6b15",
    "field": "phone",
    "role": "district_admin",
    "organisation": None,
    "district": "330110",
    "pickup": None,
    "reason": _REASON,
    "at": "2026-03-02T00:00:00+00:00",
}


@blp.post("/sign-in/codes")
@public
@blp.arguments(CodeIn, example={"phone": _PHONE})
@blp.response(
    202,
    CodeSentOut,
    example=_CODE_SENT,
)
@refuses(CodeTooSoon, TooManyCodes)
def send_code(body: dict[str, Any]) -> CodeSent:
    """Send a one-time code to a mobile number; the answer is the same whether or not it is known."""
    return service.send_code(session(), **body, language=language(), address=address(), at=now())


@blp.post("/sign-in/resident")
@public
@blp.arguments(
    ResidentIn, example={"phone": _PHONE, "request_id": _CODE_SENT["request_id"], "code": "246810"}
)
@blp.response(201, SessionOut, example=_RESIDENT)
@refuses(CodeWrong, NumberSilent)
def sign_in_resident(body: dict[str, Any]) -> SignedIn:
    """Sign a resident in with the code that came to their number."""
    return service.sign_in_resident(session(), **body, language=language(), at=now())


@blp.post("/sign-in/collector")
@public
@blp.arguments(CollectorIn, example={"number": "C0001", "pin": "135790"})
@blp.response(201, SessionOut, example=_COLLECTOR)
@refuses(LoginWrong)
def sign_in_collector(body: dict[str, Any]) -> SignedIn:
    """Sign a collector in with number and PIN."""
    return service.sign_in_collector(session(), **body, address=address(), at=now())


@blp.post("/sign-in/staff")
@public
@blp.arguments(StaffIn, example={"username": "yuhang.admin", "password": "correct horse battery"})
@blp.response(201, SessionOut, example=_UNPROVEN)
@refuses(LoginWrong)
def sign_in_staff(body: dict[str, Any]) -> SignedIn:
    """Sign a till, an administrator, an approver or an auditor in; `next_step` says what is still to be done.

    `second_factor`: give its code. `new_secret`: somebody else knows this password, so change it.
    `second_factor_enrolment`: this role needs a second factor; enrol one.
    """
    return service.sign_in_staff(session(), **body, address=address(), at=now())


@blp.post("/sign-in/second-factor")
@requires("second_factor:verify")
@blp.arguments(ProofIn, example={"code": "492039"})
@blp.response(200, SessionOut, example=_ACQUAINTED)
@refuses(SecondFactorWrong)
def verify_second_factor(body: dict[str, Any]) -> SignedIn:
    """Go on with the code of the authenticator, good once, or with a recovery code, used up by it."""
    return service.verify_second_factor(session(), **body, by=actor(), address=address(), at=now())


@blp.post("/sign-in/refresh")
@public
@blp.arguments(RefreshIn, example={"refresh_token": _TOKENS["refresh_token"]})
@blp.response(200, SessionOut, example=_RESIDENT)
@refuses(RefreshWrong)
def refresh(body: dict[str, Any]) -> SignedIn:
    """Exchange a refresh token for new tokens.

    An answer that was lost may be asked for again within 30 seconds, as long as its token was not
    used. Later, a token that was exchanged before ends the whole session: somebody else has it.
    """
    return service.refresh(session(), **body, at=now())


@blp.post("/sign-in/district")
@requires("session:exchange")
@blp.arguments(ExchangeIn, example={"district": "330106"})
@blp.response(200, SessionOut, example={**_ADMIN, "district": "330106"})
@refuses(NotAssigned)
def exchange_district(body: dict[str, Any]) -> SignedIn:
    """Go on in another district where the caller has a role; the old tokens end."""
    return service.exchange_district(session(), by=actor(), at=now(), **body)


@blp.delete("/sign-in")
@requires("session:end")
@blp.response(204)
def sign_out() -> None:
    """Sign out: the tokens of this session end at once."""
    service.sign_out(session(), by=actor(), at=now())


@blp.get("/me")
@requires("me:read")
@blp.response(200, MeOut, example=_ME)
def me() -> Me:
    """Show who is signed in."""
    return queries.me(session(), actor())


@blp.post("/me/password")
@requires("secret:change")
@blp.arguments(
    NewPasswordIn,
    example={"old_password": "correct horse battery", "new_password": "seven lamps by the lake"},
)
@blp.response(200, SessionOut, example=_ACQUAINTED)
@refuses(SecretWrong, SecretTooWeak, SecretTooCommon, SecretUnchanged)
def change_password(body: dict[str, Any]) -> SignedIn:
    """Change the caller's password; their other sessions end at once, and this one gets new tokens."""
    old, new = body["old_password"], body["new_password"]
    return service.change_secret(
        session(), by=actor(), kind="password", old_secret=old, new_secret=new, at=now()
    )


@blp.post("/me/pin")
@requires("secret:change")
@blp.arguments(NewPinIn, example={"old_pin": "135790", "new_pin": "480261"})
@blp.response(200, SessionOut, example=_COLLECTOR)
@refuses(SecretWrong, SecretTooWeak, SecretTooCommon, SecretUnchanged)
def change_pin(body: dict[str, Any]) -> SignedIn:
    """Change the caller's PIN; their other sessions end at once, and this one gets new tokens."""
    old, new = body["old_pin"], body["new_pin"]
    return service.change_secret(session(), by=actor(), kind="pin", old_secret=old, new_secret=new, at=now())


@blp.post("/me/second-factor")
@requires("second_factor:enrol")
@blp.arguments(PasswordIn, example={"password": "correct horse battery"})
@blp.response(201, EnrolmentOut, example=_ENROLMENT)
@refuses(SecretWrong)
def enrol_second_factor(body: dict[str, Any]) -> Enrolment:
    """Begin to enrol an authenticator; it counts from its first code on, and the one before until then."""
    return service.enrol_second_factor(session(), by=actor(), **body, at=now())


@blp.post("/me/second-factor/confirmation")
@requires("second_factor:enrol")
@blp.arguments(ProofIn, example={"code": "492039"})
@blp.response(200, EnrolledOut, example={"session": _ACQUAINTED, "recovery_codes": _RECOVERY})
@refuses(NoSecondFactor, SecondFactorWrong)
def confirm_second_factor(body: dict[str, Any]) -> Enrolled:
    """Bring an authenticator into use with its first code; the caller's other sessions end at once."""
    return service.confirm_second_factor(session(), by=actor(), **body, at=now())


@blp.post("/me/second-factor/recovery-codes")
@requires("second_factor:enrol")
@blp.arguments(PasswordIn, example={"password": "correct horse battery"})
@blp.response(201, RecoveryCodesOut, example={"recovery_codes": _RECOVERY})
@refuses(SecretWrong, NoSecondFactor)
def renew_recovery_codes(body: dict[str, Any]) -> dict[str, Any]:
    """Make ten new recovery codes; the old ones end."""
    return {"recovery_codes": service.renew_recovery_codes(session(), by=actor(), **body, at=now())}


@blp.post("/household")
@requires("household:set_up")
@blp.arguments(HouseholdIn, example=_SET_UP)
@blp.response(201, HouseholdOut, example=_HOUSEHOLD)
@refuses(CommunityUnknown, TermsOutdated, AlreadyInHousehold)
def set_up_household(body: dict[str, Any]) -> OwnHome:
    """Set up the caller's household, once; from then on a tap is enough."""
    return service.set_up_household(session(), by=actor(), at=now(), **body)


@blp.get("/household")
@requires("household:read")
@blp.response(200, HouseholdOut, example=_HOUSEHOLD)
def household() -> OwnHome:
    """Show the caller's household with its address."""
    who = actor()
    return queries.own_home(session(), who.district, who.home())


@blp.get("/me/devices")
@requires("me:read")
@blp.response(200, DevicesOut, example={"items": [_DEVICE]})
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


@blp.get("/me/accesses")
@requires("access:read")
@blp.arguments(PageIn, location="query")
@blp.response(200, AccessPageOut, example={"items": [_ACCESS], "next_cursor": None})
@refuses(CursorUnreadable)
def list_accesses(args: dict[str, Any]) -> Page[Look]:
    """List who looked at your number, name or address: who, for whom, why and when, the newest first."""
    return queries.accesses(session(), actor(), **args)


@blp.get("/people")
@requires("person:read")
@blp.arguments(PeopleIn, location="query")
@blp.response(200, PersonPageOut, example={"items": [_KNOWN], "next_cursor": None})
@refuses(CursorUnreadable)
def list_people(args: dict[str, Any]) -> Page[Known]:
    """Find who stands in your district by the last four digits of their number."""
    return queries.people(session(), actor().district, **args)


@blp.post("/people/<uuid:person_id>/reveal")
@requires("personal:reveal")
@blp.arguments(RevealIn, example={"field": "phone", "reason": _REASON})
@blp.response(200, RevealedOut, example={"field": "phone", "value": "+8613800000001"})
@refuses(PersonNotFound)
def reveal(body: dict[str, Any], person_id: UUID) -> Revealed:
    """Show a number, a name or an address; the person reads that you looked, and why."""
    return service.reveal(session(), person_id, by=actor(), at=now(), **body)


@blp.post("/sign-in/proof")
@requires("session:prove")
@blp.arguments(ProofOfNumberIn, example={"request_id": _CODE_SENT["request_id"], "code": "246810"})
@blp.response(200, ProvedOut, example={"until": "2026-03-02T00:10:00+00:00"})
@refuses(CodeWrong)
def prove(body: dict[str, Any]) -> Proved:
    """Give a fresh one-time code before what is costly or final; ask for it at `sign-in/codes` as before."""
    return service.prove(session(), by=actor(), at=now(), **body)


@blp.post("/household/invitations")
@requires("household:change")
@blp.response(201, InvitedOut, example=_INVITED)
def invite() -> Invited:
    """Make a code that lets one person into your household, within a day."""
    return service.invite(session(), by=actor(), at=now())


@blp.post("/household/membership")
@requires("household:join")
@blp.arguments(JoinIn, example={"code": _INVITED["code"], "consent": _SET_UP["consent"]})
@blp.response(201, HouseholdOut, example={**_HOUSEHOLD, "members": 2})
@refuses(TermsOutdated, AlreadyInHousehold, InvitationWrong)
def join(body: dict[str, Any]) -> OwnHome:
    """Come into the household that you were invited to."""
    return service.join(session(), by=actor(), at=now(), **body)


@blp.delete("/household/membership")
@requires("household:change")
@blp.response(204)
@refuses(ProofNeeded)
def leave() -> None:
    """Leave your household; its points stay with it. It cannot be undone, so it takes a fresh proof."""
    service.leave(session(), by=actor(), at=now())


@blp.get("/household/cards")
@requires("household:read")
@blp.response(200, CardsOut, example={"items": [_CARD]})
def list_cards() -> dict[str, Any]:
    """List your household's cards, without their codes."""
    who = actor()
    return {"items": queries.cards(session(), who.district, who.home())}


@blp.post("/household/cards")
@requires("household:change")
@blp.response(201, CardShownOut, example=_CARD_SHOWN)
@refuses(ProofNeeded, TooManyCards)
def add_card() -> CardShown:
    """Issue a card for who has no smartphone: at the door it agrees to a weighing. It takes a fresh proof."""
    return service.add_card(session(), by=actor(), at=now())


@blp.post("/household/cards/<uuid:card_id>/reveal")
@requires("household:change")
@blp.response(200, CardShownOut, example=_CARD_SHOWN)
@refuses(ProofNeeded, CardNotFound)
def reveal_card(card_id: UUID) -> CardShown:
    """Show a card again, to print it. It takes a fresh proof."""
    return service.reveal_card(session(), card_id, by=actor(), at=now())


@blp.delete("/household/cards/<uuid:card_id>")
@requires("household:change")
@blp.response(204)
@refuses(CardNotFound)
def revoke_card(card_id: UUID) -> None:
    """End a card of your household at once."""
    who = actor()
    service.revoke_card(session(), card_id, by=who, household=who.home(), at=now())


@blp.post("/households/<uuid:household_id>/cards")
@requires("card:issue")
@blp.response(201, CardShownOut, example=_CARD_SHOWN)
@refuses(HouseholdNotFound, TooManyCards)
def issue_card(household_id: UUID) -> CardShown:
    """Issue a card to a household of your district, over the counter."""
    return service.issue_card(session(), household_id, by=actor(), at=now())


@blp.delete("/cards/<uuid:card_id>")
@requires("card:issue")
@blp.response(204)
@refuses(CardNotFound)
def withdraw_card(card_id: UUID) -> None:
    """End a card of your district at once, as when it was lost."""
    service.revoke_card(session(), card_id, by=actor(), at=now())
