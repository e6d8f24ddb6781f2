"""Lists as spreadsheets: whoever asks a list for one gets all that fits the query, not only a page of it.

A table is the same answer in another media type, made of what the list shows and of nothing else, so that it
tells nobody more than the list does.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import wraps
from typing import Any

from flask import Response, request
from marshmallow import Schema

from backend.kit.auth import View, mark, refuses
from backend.kit.errors import Unprocessable
from backend.kit.http import now
from backend.kit.sheets import CONTENT_TYPE, Column, Kind, Layout, Sheet, Value, write

MOST_ROWS = 10_000
_AT_ONCE = 100
_YES, _NO = "是 yes", "否 no"


class TableTooLong(Unprocessable):
    """A table has so many rows and no more; what the list is asked for can be narrowed."""

    code = "table_too_long"
    zh = "符合条件的超过 {most} 行，请缩小范围后再下载。"
    en = "More than {most} rows fit; ask for fewer, then download."


def also_as_table(layout: Layout, shown: type[Schema], *, of: str = "items") -> Callable[[View], View]:
    """Answer with a spreadsheet whoever asks for one with `Accept`, and document it.

    :param shown: the schema of the answer, whose fields the columns name, such as `programme.name_zh`
    :param of: where in the answer the rows stand
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def answer(*args: Any, **named: Any) -> Any:
            if not _is_wanted():
                return view(*args, **named)
            rows = [_row(layout, found) for found in _all(view, shown(), of, args, named)]
            return _file(layout, rows)

        return refuses(TableTooLong)(mark(answer, table=layout))  # type: ignore[return-value]  # as the view

    return wrap


def _is_wanted() -> bool:
    return request.accept_mimetypes.best_match(["application/json", CONTENT_TYPE]) == CONTENT_TYPE


def _all(
    view: View, shown: Schema, of: str, args: tuple[Any, ...], named: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Read a list to its end, or the one answer of what has no pages."""
    is_paged = bool(args) and "cursor" in args[0]
    cursor, count = None, 0
    while True:
        given = ({**args[0], "cursor": cursor, "limit": _AT_ONCE}, *args[1:]) if is_paged else args
        answered = view(*given, **named)
        read: Any = shown.dump(answered[0] if isinstance(answered, tuple) else answered)
        rows = _at(read, of) or []
        count += len(rows)
        if count > MOST_ROWS:
            raise TableTooLong(most=MOST_ROWS)
        yield from rows
        cursor = read.get("next_cursor") if is_paged else None
        if cursor is None:
            return


def _at(read: Any, path: str) -> Any:
    """Follow a path such as `programme.name_zh`; behind what is null there is nothing."""
    for name in path.split("."):
        read = None if read is None else read[name]
    return read


def _row(layout: Layout, read: dict[str, Any]) -> list[Value]:
    return [_value(column, _at(read, column.key)) for column in layout.columns]


def _value(column: Column, found: Any) -> Value:
    """Write what the wire says as its column holds it."""
    if found is None:
        return None
    match column.kind:
        case Kind.MOMENT:
            return datetime.fromisoformat(found)
        case Kind.INTEGER | Kind.FEN:
            return int(found)
        case Kind.RATE:
            return Decimal(found)
    return _words(column, found)


def _words(column: Column, found: Any) -> str:
    if isinstance(found, bool):
        return _YES if found else _NO
    if isinstance(found, dict):
        return json.dumps(found, ensure_ascii=False, sort_keys=True)
    said = found if isinstance(found, list) else [found]
    return ", ".join(column.words.get(str(each), str(each)) for each in said)


def _file(layout: Layout, rows: list[list[Value]]) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{layout.key}.xlsx"', "Vary": "Accept"}
    return Response(write([Sheet(layout, rows)], at=now()), content_type=CONTENT_TYPE, headers=headers)
