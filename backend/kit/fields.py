"""House fields of the wire: strict integers with their unit, aware moments, bounded texts."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from backend.kit.sentences import say

INT64_MAX = 2**63 - 1
MOST_DECIMALS = 12
"""Of a rate that somebody sends."""
_NOT_OF_OUR_TIME = say("Must be between 2000 and 2199.", "应在 2000 年到 2199 年之间。")


class _Count(fields.Integer):
    """A whole number that the database can hold; 2.9 is refused, not cut."""

    def __init__(
        self,
        *,
        minimum: int | None = None,
        maximum: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        bounds = [] if minimum is maximum is None else [validate.Range(minimum, maximum)]
        # Without its format, generated clients of some languages cut it to 32 bits.
        said = {"format": "int64", **(metadata or {})}
        super().__init__(strict=True, validate=bounds, metadata=said, **kwargs)

    def _validated(self, value: Any) -> int:
        # To JSON Schema 88.0 is an integer, so it is one to us; 2.9 is none.
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        if abs(value) > INT64_MAX:
            raise self.make_error("too_large")
        return value


class Grams(_Count):
    """A mass in grams."""


class Points(_Count):
    """Green points; one is worth one fen of reward."""


class Fen(_Count):
    """Money in fen."""


class Microdegrees(_Count):
    """An angle in millionths of a degree."""


class Count(_Count):
    """A plain number of things."""


class Flag(fields.Boolean):
    """True or false; a 1 or a "yes" is neither."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Rate(fields.Decimal):
    """An exact decimal rate, written as a string so that no client rounds it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(as_string=True, allow_nan=False, **kwargs)


class ExactRate(Rate):
    """A rate that somebody sends: decimal digits in a text, so that nothing on its way rounds it."""

    def __init__(
        self,
        *,
        digits: int = 12,
        signed: bool = True,
        metadata: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        sign = "-?" if signed else ""
        self._exact = re.compile(rf"^{sign}[0-9]{{1,{digits}}}(\.[0-9]{{1,{MOST_DECIMALS}}})?$", re.ASCII)
        super().__init__(metadata={"pattern": self._exact.pattern, **(metadata or {})}, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not self._exact.fullmatch(value):
            raise self.make_error("invalid")
        return super()._deserialize(value, *args, **kwargs)


def _is_of_our_time(value: date) -> None:
    """Refuse a time so far away that a day more or another offset leaves the calendar."""
    if not 2000 <= value.year < 2200:
        raise ValidationError(_NOT_OF_OUR_TIME)


class Moment(fields.AwareDateTime):
    """A moment in RFC 3339 with an offset."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", validate=_is_of_our_time, **kwargs)


class Day(fields.Date):
    """A day of the city's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=_is_of_our_time, **kwargs)


_LETTER, _MARK = r"[^\u0000-\u0008\u000b-\u001f]", r"[^\u0000-\u001f\s]"
"""What `is_clean` takes, as the document says it, and what of it is no blank; JSON in UTF-8 holds no lone
surrogate."""


def _is_unprintable(letter: str) -> bool:
    return (ord(letter) < 32 and letter not in "\n\t") or 0xD800 <= ord(letter) < 0xE000


def is_clean(value: str) -> bool:
    """Tell whether PostgreSQL and a screen can hold it: no NUL, no other controls, no lone surrogates."""
    return not any(_is_unprintable(letter) for letter in value)


def _must_be_clean(value: str) -> None:
    if not is_clean(value):
        raise ValidationError("Not a valid string.")


def _pattern(minimum: int) -> str:
    """Say that so many letters are left without the blanks around them."""
    if minimum == 0:
        return f"^{_LETTER}*$"
    more = f"{_LETTER}{{{minimum - 2},}}{_MARK}" if minimum > 1 else ""
    return f"^{_LETTER}*{_MARK}{more}{_LETTER}*$"


class _Text(fields.String):
    """A bounded text."""

    def __init__(
        self, *, maximum: int, minimum: int = 0, metadata: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(
            validate=validate.Length(minimum, maximum),
            metadata={"pattern": _pattern(0), **(metadata or {})},
            **kwargs,
        )

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, *args, **kwargs)
        _must_be_clean(text)
        return text


class Secret(_Text):
    """A password, of which blanks are a part."""


class Words(_Text):
    """A bounded text from a person, without the blanks around it."""

    def __init__(self, *, minimum: int = 0, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        said = {"pattern": _pattern(minimum), **(metadata or {})}
        super().__init__(minimum=minimum, metadata=said, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, *args, **kwargs).strip()


class Id(fields.UUID):
    """An identifier, a UUID."""


class Facts(fields.Dict):
    """Named ids and figures, each as text: what may be anything has no type in a client."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(keys=fields.String(), values=fields.String(), **kwargs)


class In(Schema):
    """What a client may send: unknown fields are refused."""


class Out(Schema):
    """What a client is shown, field by field, so that a new column never reaches the wire by itself."""

    @classmethod
    @cache
    def attributes(cls) -> tuple[str, ...]:
        """Name what it reads of whatever it shows."""
        return tuple(field.attribute or name for name, field in cls().fields.items())
