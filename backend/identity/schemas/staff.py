"""What staff and collectors sign in with, on the wire."""

from marshmallow import fields

from backend.identity.schemas import parts
from backend.identity.schemas.tokens import SessionOut
from backend.kit.fields import In, Out, Words


class CollectorIn(In):
    """A collector's number and PIN."""

    number = Words(minimum=1, maximum=20, required=True)
    pin = parts.six_digits()
    device = parts.device()
    device_token = parts.device_token()


class StaffIn(In):
    """A user name and password."""

    username = Words(minimum=1, maximum=64, required=True)
    password = Words(minimum=1, maximum=200, required=True)
    device = parts.device()
    device_token = parts.device_token()


class ProofIn(In):
    """Six digits of an authenticator, or a recovery code."""

    code = Words(minimum=6, maximum=20, required=True)
    device_token = parts.device_token()


class PasswordIn(In):
    """The password once more: somebody else may hold the device."""

    password = Words(minimum=1, maximum=200, required=True)


class NewPasswordIn(In):
    """The password so far, and another."""

    old_password = Words(minimum=1, maximum=200, required=True)
    new_password = Words(minimum=1, maximum=200, required=True)


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
