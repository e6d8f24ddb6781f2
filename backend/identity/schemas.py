"""Identity on the wire."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from backend.identity import rules
from backend.kit.fields import Count, Flag, Id, In, Moment, Out, Words
from backend.kit.paging import PageIn, page_out
from backend.kit.sentences import say

_NOT_MOBILE = say("Not a mobile number of mainland China.", "不是中国大陆手机号码。")
_NOT_FOUR_DIGITS = say("Not four digits.", "应为 4 位数字。")
_NOT_SIX_DIGITS = say("Not six digits.", "应为 6 位数字。")


class Phone(Words):
    """A mobile number of mainland China as people write it; the service gets E.164."""

    def __init__(self, **kwargs: Any) -> None:
        said = {"description": "a mobile number of mainland China", "format": "mobile-number"}
        super().__init__(maximum=32, metadata=said, **kwargs)

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        """Read the number."""
        number = rules.mobile(super().deserialize(value, *args, **kwargs))
        if number is None:
            raise ValidationError(_NOT_MOBILE)
        return number


class Address(Words):
    """A postal address within a community, without the blanks around it."""

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        """Cut the blanks, then check."""
        return super().deserialize(value.strip() if isinstance(value, str) else value, *args, **kwargs)


def _six_digits() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"\A[0-9]{6}\Z", error=_NOT_SIX_DIGITS))


def _device() -> Words:
    return Words(maximum=80, load_default=None, metadata={"description": "what the person calls this device"})


def _device_token() -> Words:
    told = "`device_token` of an earlier session on this device: who knows a login cannot make it wait"
    return Words(maximum=100, load_default=None, metadata={"description": told})


def _next_step() -> fields.String:
    told = "what the sign-in still lacks; until it is done, the session may do that and little else"
    steps = [*rules.STEPS, None]
    return fields.String(
        required=True, allow_none=True, validate=validate.OneOf(steps), metadata={"description": told}
    )


class CodeIn(In):
    """Where a one-time code shall go."""

    phone = Phone(required=True)


class CodeSentOut(Out):
    """The same for every number."""

    request_id = fields.String(
        required=True, metadata={"description": "send it back with the code; keep it on this device"}
    )
    expires_at = Moment(required=True)
    resend_at = Moment(required=True, metadata={"description": "not before this may another be asked for"})


class ResidentIn(In):
    """A number, the code that came to it, and the request that asked for it."""

    phone = Phone(required=True)
    request_id = Words(
        minimum=1, maximum=64, required=True, metadata={"description": "from the answer to `sign-in/codes`"}
    )
    card = Words(
        maximum=60,
        load_default=None,
        metadata={"description": "what the household's card says; asked for after a year of silence"},
    )
    fresh_start = Flag(
        load_default=False,
        metadata={"description": "after a year of silence: begin as somebody new, inheriting nothing"},
    )
    code = _six_digits()
    device = _device()


class CollectorIn(In):
    """A collector's number and PIN."""

    number = Words(minimum=1, maximum=20, required=True)
    pin = _six_digits()
    device = _device()
    device_token = _device_token()


class StaffIn(In):
    """A user name and password."""

    username = Words(minimum=1, maximum=64, required=True)
    password = Words(minimum=1, maximum=200, required=True)
    device = _device()
    device_token = _device_token()


class ProofIn(In):
    """Six digits of an authenticator, or a recovery code."""

    code = Words(minimum=6, maximum=20, required=True)
    device_token = _device_token()


class PasswordIn(In):
    """The password once more: somebody else may hold the device."""

    password = Words(minimum=1, maximum=200, required=True)


class NewPasswordIn(In):
    """The password so far, and another."""

    old_password = Words(minimum=1, maximum=200, required=True)
    new_password = Words(minimum=1, maximum=200, required=True)


class NewPinIn(In):
    """The PIN so far, and another."""

    old_pin = _six_digits()
    new_pin = _six_digits()


class RefreshIn(In):
    """The newest refresh token."""

    refresh_token = Words(minimum=1, maximum=200, required=True)


class ExchangeIn(In):
    """Where the session shall work."""

    district = Words(minimum=6, maximum=6, required=True, metadata={"pattern": "^[0-9]{6}$"})


class SessionOut(Out):
    """A session and its tokens; nobody can show them again."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    access_expires_at = Moment(required=True)
    refresh_expires_at = Moment(required=True)
    role = fields.String(required=True, validate=validate.OneOf(list(rules.ROLES)))
    district = fields.String(required=True, allow_none=True)
    needs_set_up = fields.Boolean(
        required=True, metadata={"description": "no household yet: set it up first"}
    )
    next_step = _next_step()
    device_token = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "once per device of staff: keep it and send it with the next sign-in"},
    )


class EnrolmentOut(Out):
    """A second factor for an authenticator; nobody can show it again."""

    secret = fields.String(required=True)
    otpauth_uri = fields.String(required=True)
    qr_svg = fields.String(required=True)


class RecoveryCodesOut(Out):
    """What opens the door without the authenticator, each once; nobody can show them again."""

    recovery_codes = fields.List(fields.String(), required=True)


class EnrolledOut(RecoveryCodesOut):
    """The session with its second factor."""

    session = fields.Nested(SessionOut, required=True)


class AssignmentOut(Out):
    """A role in a district."""

    role = fields.String(required=True)
    district = fields.String(required=True)
    organisation = Id(required=True, allow_none=True)


class MeOut(Out):
    """A person as they see themselves."""

    id = Id(required=True)
    name = fields.String(required=True, allow_none=True)
    phone_last4 = fields.String(required=True, allow_none=True)
    role = fields.String(required=True, validate=validate.OneOf(list(rules.ROLES)))
    district = fields.String(required=True, allow_none=True)
    household = Id(required=True, allow_none=True)
    organisation = Id(required=True, allow_none=True)
    needs_set_up = fields.Boolean(required=True)
    next_step = _next_step()
    assignments = fields.List(fields.Nested(AssignmentOut), required=True)


class DeviceOut(Out):
    """Where you are signed in."""

    id = Id(required=True)
    name = fields.String(required=True, allow_none=True, metadata={"description": "as it was called then"})
    role = fields.String(required=True)
    signed_in_at = Moment(required=True)
    last_seen_at = Moment(required=True)
    is_this = fields.Boolean(required=True, metadata={"description": "the one that asks"})


class DevicesOut(Out):
    """All of them, the newest first."""

    items = fields.List(fields.Nested(DeviceOut), required=True)


class PeopleIn(PageIn):
    """How a number ends."""

    phone_last4 = fields.String(
        required=True,
        validate=validate.Regexp(r"\A[0-9]{4}\Z", error=_NOT_FOUR_DIGITS),
        metadata={"description": "the last four digits"},
    )


class PersonOut(Out):
    """A person as staff find them; what is personal is revealed one by one."""

    id = Id(required=True)
    role = fields.String(required=True)
    phone_last4 = fields.String(required=True, allow_none=True)
    household = Id(required=True, allow_none=True)
    since = Moment(required=True)


PersonPageOut = page_out(PersonOut)


class RevealIn(In):
    """What, and why."""

    field = fields.String(required=True, validate=validate.OneOf(["phone", "name", "address"]))
    reason = Words(minimum=5, maximum=200, required=True, metadata={"description": "the person reads it"})


class RevealedOut(Out):
    """What was asked for."""

    field = fields.String(required=True, attribute="what")
    value = fields.String(required=True, allow_none=True)


class AccessOut(Out):
    """Who looked at what, in which role and for whom, why and when."""

    id = Id(required=True)
    field = fields.String(required=True, attribute="what", metadata={"enum": ["phone", "name", "address"]})
    role = fields.String(required=True)
    organisation = fields.String(
        required=True, allow_none=True, metadata={"description": "the operator they work for"}
    )
    district = fields.String(required=True)
    pickup = Id(required=True, allow_none=True, metadata={"description": "the visit that it was needed for"})
    reason = fields.String(
        required=True, allow_none=True, metadata={"description": "what staff gave as reason"}
    )
    at = Moment(required=True)


AccessPageOut = page_out(AccessOut)


class ConsentIn(In):
    """What the person agreed to."""

    agreed = Flag(required=True, validate=validate.Equal(True))
    version = Words(minimum=1, maximum=20, required=True, metadata={"description": "of the terms they read"})

    @post_load
    def _version(self, data: dict[str, Any], **_: Any) -> str:
        agreed_to: str = data["version"]
        return agreed_to


class InvitedOut(Out):
    """What lets one person in; nobody can show it again."""

    code = fields.String(required=True)
    expires_at = Moment(required=True)


class JoinIn(In):
    """The invitation, and that one agrees."""

    code = Words(minimum=1, maximum=40, required=True)
    consent = fields.Nested(ConsentIn, required=True)


class ProofOfNumberIn(In):
    """A fresh code that came to one's own number, and the request that asked for it."""

    request_id = Words(minimum=1, maximum=64, required=True)
    code = _six_digits()


class ProvedOut(Out):
    """Until when it counts."""

    until = Moment(required=True)


class CardOut(Out):
    """A card without its code."""

    id = Id(required=True)
    issued_at = Moment(required=True)


class CardsOut(Out):
    """The cards of a household."""

    items = fields.List(fields.Nested(CardOut), required=True)


class CardShownOut(CardOut):
    """A card as it is printed."""

    code = fields.String(required=True)
    qr_svg = fields.String(required=True, metadata={"description": "the code as a picture, an SVG"})


class HouseholdIn(In):
    """Where a household lives, and that it agrees."""

    community = Words(minimum=12, maximum=12, required=True, metadata={"description": "12 digits"})
    address = Address(minimum=5, maximum=120, required=True)
    consent = fields.Nested(ConsentIn, required=True)


class HouseholdOut(Out):
    """A household as its members see it."""

    id = Id(required=True)
    district = fields.String(required=True)
    community = fields.String(required=True)
    community_name = fields.String(required=True)
    address = fields.String(required=True)
    members = Count(required=True)
    opened_at = Moment(required=True)
