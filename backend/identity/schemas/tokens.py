"""Signing in and out on the wire."""

from marshmallow import fields, validate

from backend.identity import rules
from backend.identity.schemas import parts
from backend.identity.schemas.parts import Phone
from backend.kit.fields import Flag, Id, In, Moment, Out, Words


class CodeIn(In):
    """Where a one-time code shall go."""

    phone = Phone(required=True)
    device_id = Id(
        load_default=None,
        metadata={"description": "a UUID that the app makes up when it is installed, and sends each time"},
    )


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
        metadata={"description": "what the household's card says; after `number_in_doubt`"},
    )
    vouch = Words(
        maximum=20,
        load_default=None,
        metadata={"description": "or what a collector at the door, or staff, told the person"},
    )
    fresh_start = Flag(
        load_default=False,
        metadata={"description": "or begin as somebody new, inheriting nothing"},
    )
    code = parts.six_digits()
    device = parts.device()


class RefreshIn(In):
    """The newest refresh token."""

    refresh_token = Words(
        minimum=1,
        maximum=200,
        load_default=None,
        metadata={"description": "left out by a page that has it as a cookie"},
    )


class ExchangeIn(In):
    """Where the session shall work."""

    district = Words(minimum=6, maximum=6, required=True, metadata={"pattern": "^[0-9]{6}$"})


class SessionOut(Out):
    """A session and its tokens; nobody can show them again."""

    access_token = fields.String(
        required=True, metadata={"description": "empty where `Lv-Session` asked for cookies"}
    )
    refresh_token = fields.String(
        required=True, metadata={"description": "empty where `Lv-Session` asked for cookies"}
    )
    access_expires_at = Moment(required=True)
    refresh_expires_at = Moment(required=True)
    role = fields.String(required=True, validate=validate.OneOf(list(rules.ROLES)))
    district = fields.String(required=True, allow_none=True)
    needs_set_up = fields.Boolean(
        required=True, metadata={"description": "no household yet: set it up first"}
    )
    next_step = parts.next_step()
    device_token = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "once per device of staff: keep it and send it with the next sign-in"},
    )
    phone_token = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "of a collector: keep it on this phone, for whoever signs in on it next"},
    )


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


class ProofOfNumberIn(In):
    """A fresh code that came to one's own number, and the request that asked for it."""

    request_id = Words(minimum=1, maximum=64, required=True)
    code = parts.six_digits()


class ProvedOut(Out):
    """Until when it counts."""

    until = Moment(required=True)
