"""The body of a request, read strictly and in one place: what a key stands for is what a room is given."""

import json
from math import isfinite
from typing import Any

from flask import Request

from backend.kit.errors import BodyTooLarge, NotJson, Unreadable

_DEEPEST = 32


def read(request: Request) -> Any:
    """Read the body; an empty one is `{}`.

    :raises BodyTooLarge: it is larger than we read
    :raises NotJson: it comes as something else
    :raises Unreadable: it is not the JSON that we take
    """
    body = request.get_data(cache=True)
    if not body:
        return {}
    if not request.content_length and len(body) == request.max_content_length:
        raise BodyTooLarge  # werkzeug reads a body of untold length so far and no further
    if not request.is_json:
        raise NotJson
    try:
        return read_json(body)
    except (ValueError, RecursionError):
        raise Unreadable from None


def read_json(body: bytes) -> Any:
    """Read JSON as RFC 8259 has it: UTF-8, no NaN, no number beyond a double, no key twice, not too deep.

    :raises ValueError: it is not
    """
    value = json.loads(
        body.decode(), parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_no_twins
    )
    if _depth(value) > _DEEPEST:
        raise ValueError("nested too deep")
    return value


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError("a number is too large")
    return number


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _depth(value: Any) -> int:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, children), default=0)
