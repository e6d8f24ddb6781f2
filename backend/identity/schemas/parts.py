"""Fields that several bodies share."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from backend.identity import rules
from backend.kit.fields import Flag, In, Words
from backend.kit.sentences import say

_NOT_MOBILE = say("Not a mobile number of mainland China.", "不是中国大陆手机号码。")
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


def six_digits() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"\A[0-9]{6}\Z", error=_NOT_SIX_DIGITS))


def device() -> Words:
    return Words(maximum=80, load_default=None, metadata={"description": "what the person calls this device"})


def device_token() -> Words:
    told = "`device_token` of an earlier session on this device: who knows a login cannot make it wait"
    return Words(maximum=100, load_default=None, metadata={"description": told})


def next_step() -> fields.String:
    told = "what the sign-in still lacks; until it is done, the session may do that and little else"
    steps = [*rules.STEPS, None]
    return fields.String(
        required=True, allow_none=True, validate=validate.OneOf(steps), metadata={"description": told}
    )


def _is_a_yes(agreed: bool) -> None:
    """Take nothing else for a consent; the document says so without an enum of one boolean."""
    validate.Equal(True)(agreed)


class ConsentIn(In):
    """What the person agreed to."""

    agreed = Flag(required=True, validate=_is_a_yes, metadata={"not": {"const": False}})
    version = Words(minimum=1, maximum=20, required=True, metadata={"description": "of the terms they read"})

    @post_load
    def _version(self, data: dict[str, Any], **_: Any) -> str:
        agreed_to: str = data["version"]
        return agreed_to
