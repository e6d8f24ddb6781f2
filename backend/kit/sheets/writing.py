"""How a spreadsheet is written: a text stays a text, and a figure loses no digit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from xlsxwriter import Workbook

from backend.kit.clock import CITY
from backend.kit.sheets.layouts import DIGITS, Kind, Sheet, Value

_LONGEST_TEXT = 32_767
_MOST_ROWS = 1_048_575
_FORMULAS = ("=", "+", "-", "@")

_SHOWN: Final[Mapping[Kind, str]] = {
    Kind.TEXT: "@",
    Kind.INTEGER: "#,##0",
    Kind.FEN: "#,##0.00",
    Kind.MOMENT: "yyyy-mm-dd hh:mm:ss",
    Kind.RATE: "General",
}


def write(sheets: Sequence[Sheet], *, at: datetime) -> bytes:
    """Write a workbook; the same sheets at the same time are the same bytes.

    :param at: when it was made, as its properties say
    :raises ValueError: there are more rows, or longer texts, than a spreadsheet holds
    """
    out = BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": at.astimezone(CITY).replace(tzinfo=None)})
        formats: dict[str, Any] = {
            kind: book.add_format({"num_format": shown}) for kind, shown in _SHOWN.items()
        }
        formats["heading"] = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        # Or a person who edits such a text would make a formula of it.
        formats["quoted"] = book.add_format({"num_format": "@", "quote_prefix": True})
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.layout.title), sheet, formats)
    return out.getvalue()


def _write_sheet(page: Any, sheet: Sheet, formats: Mapping[str, Any]) -> None:
    page.freeze_panes(1, 0)
    for place, column in enumerate(sheet.layout.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.heading, formats["heading"])
    for number, row in enumerate(sheet.rows, start=1):
        if number > _MOST_ROWS:
            raise ValueError(f"{sheet.layout.key} has more rows than a spreadsheet holds")
        for place, (column, value) in enumerate(zip(sheet.layout.columns, row, strict=True)):
            shown, form = _cell(column.kind, value)
            if isinstance(shown, str):
                page.write_string(number, place, shown, formats[form])
            elif shown is not None:
                page.write(number, place, shown, formats[form])


def _cell(kind: Kind, value: Value) -> tuple[Value, str]:
    """Return what stands in a cell, and the name of its format."""
    match kind, value:
        case _, None:
            return None, kind
        case Kind.TEXT, str():
            if len(value) > _LONGEST_TEXT:
                raise ValueError("a text is longer than a cell of a spreadsheet")
            return value, "quoted" if value.startswith(_FORMULAS) else kind
        case Kind.MOMENT, datetime():
            return value.astimezone(CITY).replace(tzinfo=None, microsecond=0), kind
        case Kind.INTEGER, int():
            return _figure(Decimal(value), kind)
        case Kind.RATE, Decimal():
            return _figure(value, kind)
        case Kind.FEN, int():
            return _figure(Decimal(value).scaleb(-2), kind)
    raise TypeError(f"a column of {kind} cannot hold {value!r}")


def _figure(figure: Decimal, kind: Kind) -> tuple[Value, str]:
    if len(figure.normalize().as_tuple().digits) > DIGITS:
        return f"{figure:f}", Kind.TEXT
    return figure, kind
