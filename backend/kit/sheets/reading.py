"""How a spreadsheet is read that somebody made: everything that is wrong with it, each where it stands."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from backend.kit.clock import CITY
from backend.kit.fields import INT64_MAX, is_clean
from backend.kit.sentences import say
from backend.kit.sheets.layouts import DIGITS, Column, Kind, Layout, Value

_MOST_BYTES = 8 * 2**20
_MOST_UNPACKED_BYTES = 8 * 2**20
"""Cells are slow to look at, empty ones too: so many take seconds; a full catalogue has a sixth of them."""
_MOST_PARTS = 200
_MOST_COLUMNS = 64
_LAST_ROW = 2**20
"""Of a spreadsheet; a file may claim a row further down, and nobody would ever get there."""
_FIGURE = re.compile(r"-?[0-9]{1,24}(\.[0-9]{1,24})?")

_UNKNOWN_SHEET = say("There is no such sheet in this workbook's format.", "格式中没有这张工作表。")
_NO_SUCH_SHEET = say("This sheet is missing.", "缺少这张工作表。")
_UNKNOWN_COLUMN = say("There is no such column in this sheet's format.", "格式中没有这一列。")
_NO_SUCH_COLUMN = say("This column is missing.", "缺少这一列。")
_TWICE = say("This column stands twice.", "这一列重复出现。")
_TOO_MANY_ROWS = say("There are more rows than we read.", "行数超过上限。")
_FORMULA = say("A formula is not taken; enter its value.", "不接受公式，请填写数值。")
_PERCENT = say("A percentage is not taken; enter the figure itself.", "不接受百分比格式，请填写数值本身。")
_ERROR = say("The cell holds an error.", "单元格中是错误值。")
_NO_TEXT = say("Not a valid text.", "应为文本。")
_NO_NUMBER = say("Not a valid decimal number.", "应为十进制数字。")
_NO_INTEGER = say("Not a valid whole number.", "应为整数，不带小数。")
_NO_FEN = say("Not a valid amount of yuan with at most two decimals.", "应为金额（元），最多两位小数。")
_NO_MOMENT = say(
    "Not a valid date and time, such as 2026-03-02 08:00:00.", "应为日期和时间，如 2026-03-02 08:00:00。"
)


@dataclass(frozen=True)
class Row:
    """A row as it was read: where it stands in its sheet, and its values by the key of their column."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True, order=True)
class Flaw:
    """Something in a workbook that cannot be taken: where it stands, and why, as `say` knows it."""

    sheet: str
    row: int
    """As the spreadsheet counts; the headings are the first, and 0 is the whole sheet."""
    column: str
    """The key of its column, or the heading that nobody knows; empty is the whole row."""
    sentence: str

    @property
    def path(self) -> str:
        """Where it is, as problems have it: `materials.12.key`."""
        return ".".join(str(part) for part in (self.sheet, self.row, self.column) if part)


@dataclass(frozen=True)
class Contents:
    """What was read: the rows of each layout, by its key, and everything that is wrong."""

    rows: Mapping[str, tuple[Row, ...]]
    flaws: tuple[Flaw, ...]


class Unopenable(ValueError):
    """It is no workbook, or a larger one than we open; of a text that is broken, it may say where."""

    def __init__(self, why: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(why)
        self.line, self.column = line, column


class _Misfit(ValueError):
    """A cell holds something else than its column does."""


def read(content: bytes, layouts: Sequence[Layout], *, most_rows: int = 10_000) -> Contents:
    """Read a workbook that has these sheets and no others; whatever is wrong with it is told together.

    :param most_rows: of each sheet
    :raises Unopenable: it is no workbook, or a larger one than we open
    """
    _must_be_small(content)
    rows: dict[str, tuple[Row, ...]] = {layout.key: () for layout in layouts}
    flaws: list[Flaw] = []
    try:
        book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
        missing = {layout.key: layout for layout in layouts}
        for page in book.worksheets:
            layout = next((one for one in missing.values() if one.is_called(page.title)), None)
            if layout is None:
                flaws.append(Flaw(page.title, 0, "", _UNKNOWN_SHEET))
            else:
                del missing[layout.key]
                rows[layout.key] = _read_sheet(page, layout, most_rows, flaws)
    except Exception as why:  # what the library meets in a file that somebody made, it raises as it comes
        raise Unopenable(f"{type(why).__name__}: {why}") from None
    flaws += [Flaw(key, 0, "", _NO_SUCH_SHEET) for key in missing]
    return Contents(rows, tuple(sorted(flaws)))


def _must_be_small(content: bytes) -> None:
    if len(content) > _MOST_BYTES:
        raise Unopenable("it is too large")
    try:
        with ZipFile(BytesIO(content)) as packed:
            parts = packed.infolist()
    except (BadZipFile, ValueError, NotImplementedError) as why:
        raise Unopenable(str(why)) from None
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED_BYTES:
        raise Unopenable("it unpacks to too much")


def _read_sheet(page: Any, layout: Layout, most_rows: int, flaws: list[Flaw]) -> tuple[Row, ...]:
    page.reset_dimensions()  # they are the file's word, and nothing holds it to that
    lines = page.iter_rows(max_row=_LAST_ROW, max_col=_MOST_COLUMNS)
    columns = _read_headings(next(lines, ()), layout, flaws)
    rows, gap = [], None
    for number, cells in enumerate(lines, start=2):
        if cells is gap or all(_is_empty(cell) for cell in cells):
            gap = cells  # rows that the file leaves out are one and the same
            continue
        if number > most_rows + 1:
            flaws.append(Flaw(layout.key, number, "", _TOO_MANY_ROWS))
            break
        rows.append(Row(number, dict(_read_row(cells, columns, layout, number, flaws))))
    return tuple(rows)


def _read_headings(cells: Sequence[Any], layout: Layout, flaws: list[Flaw]) -> dict[int, Column]:
    found: dict[int, Column] = {}
    for place, cell in enumerate(cells):
        if _is_empty(cell):
            continue
        heading = str(cell.value)
        column = next((one for one in layout.columns if one.is_called(heading)), None)
        if column is None:
            flaws.append(Flaw(layout.key, 1, heading.partition("\n")[0][:40], _UNKNOWN_COLUMN))
        elif column in found.values():
            flaws.append(Flaw(layout.key, 1, column.key, _TWICE))
        else:
            found[place] = column
    missing = [column.key for column in layout.columns if column not in found.values()]
    flaws += [Flaw(layout.key, 1, key, _NO_SUCH_COLUMN) for key in missing]
    return found


def _read_row(
    cells: Sequence[Any], columns: Mapping[int, Column], layout: Layout, number: int, flaws: list[Flaw]
) -> Iterator[tuple[str, Value]]:
    for place, column in columns.items():
        cell = cells[place] if place < len(cells) else None
        try:
            yield column.key, None if _is_empty(cell) else _READ[column.kind](_plain(cell))
        except _Misfit as why:
            flaws.append(Flaw(layout.key, number, column.key, str(why)))


def _is_empty(cell: Any) -> bool:
    return cell is None or cell.value is None or (isinstance(cell.value, str) and not cell.value.strip())


def _plain(cell: Any) -> Any:
    """Return what somebody typed and sees; what a formula once came to is nobody's word."""
    if cell.data_type == "f":
        raise _Misfit(_FORMULA)
    if cell.data_type == "e":
        raise _Misfit(_ERROR)
    if cell.data_type == "n" and "%" in cell.number_format:
        raise _Misfit(_PERCENT)
    return cell.value


def _text(value: Any) -> str:
    if isinstance(value, str) and is_clean(value):
        return value.strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{_decimal(value).normalize():f}"
    raise _Misfit(_NO_TEXT)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, str) and _FIGURE.fullmatch(value.strip()):
        return Decimal(value.strip())
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, float):  # with what reckoning left beyond the digits that are shown
        return Decimal(f"{value:.{DIGITS}g}")
    raise _Misfit(_NO_NUMBER)


def _integer(value: Any) -> int:
    figure = _decimal(value)
    if figure != figure.to_integral_value() or abs(figure) > INT64_MAX:
        raise _Misfit(_NO_INTEGER)
    return int(figure)


def _fen(value: Any) -> int:
    fen = _decimal(value).scaleb(2)
    if fen != fen.to_integral_value() or abs(fen) > INT64_MAX:
        raise _Misfit(_NO_FEN)
    return int(fen)


def _moment(value: Any) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise _Misfit(_NO_MOMENT) from None
    if not isinstance(value, datetime) or not 2000 <= value.year < 2200:
        raise _Misfit(_NO_MOMENT)
    if value.tzinfo is None:
        # A spreadsheet counts days with fractions, which come back a little beside the second.
        whole = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return whole.replace(tzinfo=CITY)
    return value


_READ: Final[Mapping[Kind, Any]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.FEN: _fen,
    Kind.MOMENT: _moment,
    Kind.RATE: _decimal,
}
