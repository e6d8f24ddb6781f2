"""House fields of the wire: strict integers with their unit, aware moments, bounded texts."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

INT64_MAX = 2**63 - 1


class _Count(fields.Integer):
    """A whole number that the database can hold; 2.9 is refused, not cut."""

    def __init__(self, *, minimum: int = -INT64_MAX, maximum: int = INT64_MAX, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(minimum, maximum), **kwargs)

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return value


class Grams(_Count):
    """A mass in grams."""


class Points(_Count):
    """Green points; one is worth one fen of reward."""


class Fen(_Count):
    """Money in fen."""


class Count(_Count):
    """A plain number of things."""


class Rate(fields.Decimal):
    """An exact decimal rate, written as a string so that no client rounds it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(as_string=True, allow_nan=False, **kwargs)


class Moment(fields.AwareDateTime):
    """A moment in RFC 3339 with an offset."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)


def _is_unprintable(letter: str) -> bool:
    return (ord(letter) < 32 and letter not in "\n\t") or 0xD800 <= ord(letter) < 0xE000


def _is_clean(value: str) -> None:
    """Refuse what PostgreSQL or a screen cannot hold: NUL, other controls, lone surrogates."""
    if any(_is_unprintable(letter) for letter in value):
        raise ValidationError("Not a valid string.")


class Words(fields.String):
    """A bounded text from a person."""

    def __init__(self, *, maximum: int, minimum: int = 0, **kwargs: Any) -> None:
        super().__init__(validate=[validate.Length(minimum, maximum), _is_clean], **kwargs)


class Id(fields.UUID):
    """An identifier, a UUID."""


class In(Schema):
    """What a client may send: unknown fields are refused."""


class Out(Schema):
    """What a client is shown, field by field, so that a new column never reaches the wire by itself."""
