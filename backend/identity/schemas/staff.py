"""What staff and collectors sign in with, on the wire."""

from marshmallow import fields

from backend.identity.schemas import parts
from backend.identity.schemas.tokens import SessionOut
from backend.kit.fields import Id, In, Moment, Out, Secret, Words
from backend.kit.paging import page_out


class CollectorIn(In):
    """A collector's number and PIN, and the phone of the operator."""

    number = Words(minimum=1, maximum=20, required=True)
    pin = parts.six_digits()
    phone_token = Words(
        maximum=100, load_default=None, metadata={"description": "what this phone was told when it was bound"}
    )
    phone_code = Words(
        maximum=40,
        load_default=None,
        metadata={"description": "binds this phone to the operator, once; its manager makes it"},
    )
    device = parts.device()
    device_token = parts.device_token()


class StaffIn(In):
    """A user name and password."""

    username = Words(minimum=1, maximum=64, required=True)
    password = Secret(minimum=1, maximum=200, required=True)
    device = parts.device()
    device_token = parts.device_token()


class ProofIn(In):
    """Six digits of an authenticator, or a recovery code."""

    code = Words(minimum=6, maximum=20, required=True)
    device_token = parts.device_token()


class PasswordIn(In):
    """The password once more: somebody else may hold the device."""

    password = Secret(minimum=1, maximum=200, required=True)


class NewPasswordIn(In):
    """The password so far, and another."""

    old_password = Secret(minimum=1, maximum=200, required=True)
    new_password = Secret(minimum=1, maximum=200, required=True)


class NewPinIn(In):
    """The PIN so far, and another."""

    old_pin = parts.six_digits()
    new_pin = parts.six_digits()


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


class PhoneOut(Out):
    """A phone of an operator, awaited while `bound_at` is null; the persons are ids of colleagues."""

    id = Id(required=True)
    made_by = Id(required=True)
    made_at = Moment(required=True)
    bound_by = Id(required=True, allow_none=True)
    bound_at = Moment(required=True, allow_none=True)
    last_by = Id(required=True, allow_none=True, metadata={"description": "who signed in on it last"})
    last_at = Moment(required=True, allow_none=True)


PhonePageOut = page_out(PhoneOut)


class PhoneOfferedOut(Out):
    """What binds one phone; nobody can show it again."""

    id = Id(required=True)
    expires_at = Moment(required=True)
    code = fields.String(required=True)
