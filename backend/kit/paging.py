"""Lists in pages. A cursor is the sort key of the last item, so a page costs the same anywhere."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from marshmallow import Schema, fields, validate

from backend.kit.errors import BadRequest
from backend.kit.fields import INT64_MAX, Words, is_clean

Item = TypeVar("Item")


class CursorUnreadable(BadRequest):
    """A cursor is passed back as it came; nobody makes one."""

    code = "cursor_unreadable"
    zh = "翻页标记无效，请从第一页重新开始。"
    en = "The cursor cannot be read; start again from the first page."


class PageIn(Schema):
    """Which page of a list."""

    cursor = Words(
        maximum=400, load_default=None, metadata={"description": "`next_cursor` of the page before"}
    )
    limit = fields.Integer(
        validate=validate.Range(1, 100), load_default=20, metadata={"description": "items on a page"}
    )


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some items and where to go on."""

    items: Sequence[Item]
    next_cursor: str | None


def page_out(item: type[Schema]) -> type[Schema]:
    """Make the schema of a page of these items."""
    name = item.__name__.removesuffix("Out") + "PageOut"
    return Schema.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next_cursor": fields.String(required=True, allow_none=True),
        },
        name=name,
    )


def whole(text: str) -> int:
    """Read a number of a sort key, one that the database can hold."""
    number = int(text)
    if abs(number) > INT64_MAX:
        raise ValueError("larger than any number we wrote")
    return number


def key_of(cursor: str | None, *shape: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """Read a cursor back into the sort key it stands for.

    :param shape: one parser for each part, such as `UUID` or `whole`
    :raises CursorUnreadable: it was not made by `cut`
    """
    if cursor is None:
        return None
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(parts, list) or not all(isinstance(part, str) and is_clean(part) for part in parts):
            raise CursorUnreadable
        return tuple(parse(part) for parse, part in zip(shape, parts, strict=True))
    except (ValueError, TypeError, RecursionError):
        raise CursorUnreadable from None


def cut(rows: Sequence[Item], limit: int, key: Callable[[Item], tuple[Any, ...]]) -> Page[Item]:
    """Cut a page from rows that were asked for with `limit + 1`."""
    if len(rows) <= limit:
        return Page(rows, None)
    last = json.dumps([str(part) for part in key(rows[limit - 1])])
    return Page(rows[:limit], base64.urlsafe_b64encode(last.encode()).decode().rstrip("="))
