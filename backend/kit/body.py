"""The body of a request, read strictly and in one place: what a key stands for is what a room is given."""

import json
from math import isfinite
from typing import Any

from flask import Request

from backend.kit.errors import (
    BodyTooLarge,
    KeyTwice,
    NestedTooDeep,
    NotJson,
    NotUnicode,
    NumberOutOfRange,
    TooManyFields,
    Unreadable,
)

PROBLEMS = (
    Unreadable,
    NumberOutOfRange,
    KeyTwice,
    TooManyFields,
    NestedTooDeep,
    NotUnicode,
    BodyTooLarge,
    NotJson,
)
"""What a body may be refused for before anybody looks at what it says."""
_DEEPEST = 32
_DIGITS = 400
_FIELDS = 200


def read(request: Request) -> Any:
    """Read the body; an empty one is `{}`.

    :raises BodyTooLarge: it is larger than we read
    :raises NotJson: it comes as something else
    :raises Problem: it is not the JSON that we take, see `read_json`
    """
    body = request.get_data(cache=True)
    if not body:
        return {}
    if not request.content_length and len(body) == request.max_content_length:
        raise BodyTooLarge  # werkzeug reads a body of untold length so far and no further
    if not request.is_json:
        raise NotJson
    return read_json(body)


def read_json(body: bytes) -> Any:
    """Read JSON as RFC 8259 has it; what two readers might take otherwise is refused.

    :raises Unreadable: it is not JSON in UTF-8
    :raises NumberOutOfRange: a number is none, is beyond a double, or has more than 400 digits
    :raises KeyTwice: an object holds a key twice
    :raises TooManyFields: an object holds more than 200 keys
    :raises NestedTooDeep: it is nested more than 32 deep
    :raises NotUnicode: a text holds a lone surrogate
    """
    try:
        value = json.loads(
            body.decode(),
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_short,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise NestedTooDeep from None
    except ValueError:
        raise Unreadable from None
    _examine(value)
    return value


def _no_constant(_: str) -> Any:
    raise NumberOutOfRange


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise NumberOutOfRange
    return number


def _short(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise NumberOutOfRange
    return int(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise KeyTwice
    if len(found) > _FIELDS:
        raise TooManyFields
    return found


def _examine(value: Any, depth: int = 1) -> None:
    """Look for what only the whole shows."""
    if depth > _DEEPEST:
        raise NestedTooDeep
    match value:
        case str() if not value.isascii() and any("\ud800" <= each <= "\udfff" for each in value):
            raise NotUnicode
        case dict():
            for name, each in value.items():
                _examine(name, depth)
                _examine(each, depth + 1)
        case list():
            for each in value:
                _examine(each, depth + 1)
