"""Signing in with a login, and its secret and second factor."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from backend.identity import queries, service
from backend.identity.errors import (
    LoginWrong,
    NoSecondFactor,
    PhoneCodeWrong,
    PhoneNotBound,
    PhoneNotFound,
    SecondFactorWrong,
    SecretTooCommon,
    SecretTooWeak,
    SecretUnchanged,
    SecretWrong,
)
from backend.identity.examples import (
    ACQUAINTED,
    COLLECTOR,
    ENROLMENT,
    PHONE_KNOWN,
    PHONE_OFFERED,
    RECOVERY,
    UNPROVEN,
)
from backend.identity.routes.room import blp
from backend.identity.rules import Enrolled, Enrolment, PhoneKnown, PhoneOffered, SignedIn
from backend.identity.schemas.staff import (
    CollectorIn,
    EnrolledOut,
    EnrolmentOut,
    NewPasswordIn,
    NewPinIn,
    PasswordIn,
    PhoneOfferedOut,
    PhonePageOut,
    ProofIn,
    RecoveryCodesOut,
    StaffIn,
)
from backend.identity.schemas.tokens import SessionOut
from backend.identity.tables import PHONES
from backend.kit import cookies
from backend.kit.auth import public, refuses, requires
from backend.kit.http import actor, address, now, session
from backend.kit.pace import SIGN_IN, paced
from backend.kit.paging import CursorUnreadable, Page, PageIn
from backend.kit.tables import also_as_table


@blp.post("/sign-in/collector")
@public
@paced(SIGN_IN)
@blp.arguments(
    CollectorIn, example={"number": "C0001", "pin": "135790", "phone_token": COLLECTOR["phone_token"]}
)
@blp.response(201, SessionOut, example=COLLECTOR)
@refuses(PhoneNotBound, PhoneCodeWrong, LoginWrong)
@cookies.hands_out
def sign_in_collector(body: dict[str, Any]) -> SignedIn:
    """Sign a collector in with number and PIN, on a phone of their operator.

    The first time, `phone_code` binds the phone, and the answer has its `phone_token`; from then on
    any collector of the operator changes over on it, and who was signed in before is out.
    """
    return service.sign_in_collector(session(), **body, address=address(), at=now())


@blp.post("/sign-in/staff")
@public
@paced(SIGN_IN)
@blp.arguments(StaffIn, example={"username": "yuhang.admin", "password": "correct horse battery"})
@blp.response(201, SessionOut, example=UNPROVEN)
@refuses(LoginWrong)
@cookies.hands_out
def sign_in_staff(body: dict[str, Any]) -> SignedIn:
    """Sign a till, an administrator, an approver or an auditor in; `next_step` says what is still to be done.

    `second_factor`: give its code. `new_secret`: somebody else knows this password, so change it.
    `second_factor_enrolment`: this role needs a second factor; enrol one.
    """
    return service.sign_in_staff(session(), **body, address=address(), at=now())


@blp.post("/sign-in/second-factor")
@requires("second_factor:verify")
@paced(SIGN_IN)
@blp.arguments(ProofIn, example={"code": "492039"})
@blp.response(200, SessionOut, example=ACQUAINTED)
@refuses(SecondFactorWrong)
@cookies.hands_out
def verify_second_factor(body: dict[str, Any]) -> SignedIn:
    """Go on with the code of the authenticator, good once, or with a recovery code, used up by it."""
    return service.verify_second_factor(session(), **body, by=actor(), address=address(), at=now())


@blp.post("/me/password")
@requires("secret:change")
@paced(SIGN_IN)
@blp.arguments(
    NewPasswordIn,
    example={"old_password": "correct horse battery", "new_password": "seven lamps by the lake"},
)
@blp.response(200, SessionOut, example=ACQUAINTED)
@refuses(SecretWrong, SecretTooWeak, SecretTooCommon, SecretUnchanged)
@cookies.hands_out
def change_password(body: dict[str, Any]) -> SignedIn:
    """Change the caller's password; their other sessions end at once, and this one gets new tokens."""
    old, new = body["old_password"], body["new_password"]
    return service.change_secret(
        session(), by=actor(), kind="password", old_secret=old, new_secret=new, at=now()
    )


@blp.post("/me/pin")
@requires("secret:change")
@paced(SIGN_IN)
@blp.arguments(NewPinIn, example={"old_pin": "135790", "new_pin": "480261"})
@blp.response(200, SessionOut, example=COLLECTOR)
@refuses(SecretWrong, SecretTooWeak, SecretTooCommon, SecretUnchanged)
@cookies.hands_out
def change_pin(body: dict[str, Any]) -> SignedIn:
    """Change the caller's PIN; their other sessions end at once, and this one gets new tokens."""
    old, new = body["old_pin"], body["new_pin"]
    return service.change_secret(session(), by=actor(), kind="pin", old_secret=old, new_secret=new, at=now())


@blp.post("/me/second-factor")
@requires("second_factor:enrol")
@paced(SIGN_IN)
@blp.arguments(PasswordIn, example={"password": "correct horse battery"})
@blp.response(201, EnrolmentOut, example=ENROLMENT)
@refuses(SecretWrong)
def enrol_second_factor(body: dict[str, Any]) -> Enrolment:
    """Begin to enrol an authenticator; it counts from its first code on, and the one before until then."""
    return service.enrol_second_factor(session(), by=actor(), **body, at=now())


@blp.post("/me/second-factor/confirmation")
@requires("second_factor:enrol")
@paced(SIGN_IN)
@blp.arguments(ProofIn, example={"code": "492039"})
@blp.response(200, EnrolledOut, example={"session": ACQUAINTED, "recovery_codes": RECOVERY})
@refuses(NoSecondFactor, SecondFactorWrong)
@cookies.asks
def confirm_second_factor(body: dict[str, Any]) -> Enrolled:
    """Bring an authenticator into use with its first code; the caller's other sessions end at once."""
    enrolled = service.confirm_second_factor(session(), by=actor(), **body, at=now())
    return replace(enrolled, session=cookies.in_browser(enrolled.session))


@blp.post("/me/second-factor/recovery-codes")
@requires("second_factor:enrol")
@paced(SIGN_IN)
@blp.arguments(PasswordIn, example={"password": "correct horse battery"})
@blp.response(201, RecoveryCodesOut, example={"recovery_codes": RECOVERY})
@refuses(SecretWrong, NoSecondFactor)
def renew_recovery_codes(body: dict[str, Any]) -> dict[str, Any]:
    """Make ten new recovery codes; the old ones end."""
    return {"recovery_codes": service.renew_recovery_codes(session(), by=actor(), **body, at=now())}


@blp.post("/phones")
@requires("phone:manage")
@blp.response(201, PhoneOfferedOut, example=PHONE_OFFERED)
def offer_phone() -> PhoneOffered:
    """Make a code that binds one phone to your operator, within a day."""
    return service.offer_phone(session(), by=actor(), at=now())


@blp.get("/phones")
@requires("phone:manage")
@blp.arguments(PageIn, location="query")
@blp.response(200, PhonePageOut, example={"items": [PHONE_KNOWN], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(PHONES, PhonePageOut)
def list_phones(args: dict[str, Any]) -> Page[PhoneKnown]:
    """List the phones of your operator, bound or still awaited, the oldest first."""
    by = actor()
    return queries.phones(session(), by.district, by.organisation_id(), at=now(), **args)


@blp.delete("/phones/<uuid:shared_phone_id>")
@requires("phone:manage")
@blp.response(204)
@refuses(PhoneNotFound)
def end_phone(shared_phone_id: UUID) -> None:
    """End a phone of your operator, as when it was lost; whoever is signed in on it is out at once."""
    service.end_phone(session(), shared_phone_id, by=actor(), at=now())
