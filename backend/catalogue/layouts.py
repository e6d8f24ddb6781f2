"""What a catalogue looks like as a file: the same three tables in Excel and in TOML."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import tomli_w

from backend.catalogue.rules import Basis, Material, Rate, Synonym
from backend.kit.fields import INT64_MAX, is_clean
from backend.kit.sentences import say
from backend.kit.sheets import Column, Contents, Flaw, Kind, Layout, Row, Sheet, Unopenable, read, write

MOST_ROWS: Final = 2_000
"""Of a table: more than any district prices, and few enough to be judged within one request."""
YES, NO = "yes", "no"
_EXACT: Final = re.compile(r"-?[0-9]{1,24}(\.[0-9]{1,24})?", re.ASCII)
_MOST_DOTS: Final = 1_000
"""Of a line: for a key of many parts the parser takes the square of their number, half an hour for a file."""
_PLACE: Final = re.compile(r"\(at line ([0-9]+), column ([0-9]+)\)\Z", re.ASCII)

_NOT_A_TABLE = say("Not a valid list of tables.", "应为表的数组。")
_TOO_MANY = say("There are more rows than we read.", "行数超过上限。")
_UNKNOWN = say("There is no such column in this sheet's format.", "格式中没有这一列。")
_MISFIT: Final[Mapping[Kind, str]] = {
    Kind.TEXT: say("Not a valid text.", "应为文本。"),
    Kind.INTEGER: say("Not a valid whole number.", "应为整数，不带小数。"),
    Kind.RATE: say("Not a valid decimal number in a text.", "应为文本中的十进制数字。"),
}


_BASIS: Final[Mapping[str, tuple[str, str]]] = {
    "grade": ("{}依据等级", "grade of {}"),
    "source": ("{}来源", "source of {}"),
    "zh": ("{}依据", "basis of {}, zh"),
    "en": ("{}依据（英文）", "basis of {}, en"),
}


def _basis(of: str, *called: tuple[str, str]) -> Iterator[Column]:
    """Lay out on what a figure rests.

    :param called: what the figure is called in both languages, and what it was called before
    """
    for part, (zh, en) in _BASIS.items():
        now, *former = [(zh.format(in_zh), en.format(in_en)) for in_zh, in_en in called]
        width = 18 if part == "grade" else 40
        yield Column(
            f"{of}_{part}", *now, width=width, former=tuple(name for pair in former for name in pair)
        )


def _material(key: str) -> Column:
    return Column(key, "品类", "material", former=("物品",))


MATERIALS = Layout(
    "materials",
    "品类",
    "materials",
    (
        _material("key"),
        Column("name_zh", "名称", "name, zh"),
        Column("name_en", "英文名称", "name, en"),
        Column("category", "类别", "category"),
        Column("low_value", "低价值类别", "class of low value"),
        Column("accepted", "回收", "taken"),
        Column("refusal_zh", "不收原因", "why not, zh", width=40),
        Column("refusal_en", "不收原因（英文）", "why not, en", width=40),
        Column("goes_to", "应投放", "goes to"),
        Column("hint_zh", "投放提示", "hint, zh", width=52),
        Column("hint_en", "投放提示（英文）", "hint, en", width=52),
    ),
    former=("物品", "物品 materials"),
)
SYNONYMS = Layout(
    "synonyms",
    "叫法",
    "synonyms",
    (
        _material("material"),
        Column("word", "叫法", "word", width=30),
        Column("language", "语言", "language"),
    ),
)
RATES = Layout(
    "rates",
    "价目",
    "rates",
    (
        _material("material"),
        Column("accepted", "回收", "taken"),
        Column(
            "market_fen_per_kg",
            "市场价（分/公斤）",
            "market price, fen/kg",
            Kind.RATE,
            former=("回收价（分/公斤）", "price, fen/kg"),
        ),
        Column("subsidy_fen_per_kg", "居民补贴（分/公斤）", "subsidy to residents, fen/kg", Kind.RATE),
        Column(
            "operator_fen_per_tonne",
            "运营补贴（分/吨）",
            "subsidy to operators, fen/t",
            Kind.RATE,
            former=("企业补贴（分/吨）",),
        ),
        Column("ceiling_grams", "每户每月上限（克）", "ceiling, grams a household and month", Kind.INTEGER),
        Column("programme", "补贴项目", "programme", width=40),
        Column("needs_verified_scale", "须检定秤", "needs a verified scale"),
        Column(
            "needs_confirmation",
            "须居民确认",
            "needs the resident's confirmation",
            former=("须确认", "needs confirmation"),
        ),
        *_basis("market", ("市场价", "market price"), ("回收价", "price")),
        *_basis("subsidy", ("补贴", "subsidy")),
    ),
)
LAYOUTS: Final = (MATERIALS, SYNONYMS, RATES)


def tables(
    materials: Sequence[Material], synonyms: Sequence[Synonym], rates: Sequence[Rate]
) -> dict[str, list[dict[str, Any]]]:
    """Lay a catalogue out as rows, by the keys of the layouts."""
    return {
        MATERIALS.key: [material_row(each) for each in materials],
        SYNONYMS.key: [
            {"material": each.material, "word": each.word, "language": each.language} for each in synonyms
        ],
        RATES.key: [_rate_row(each) for each in rates],
    }


def material_row(material: Material) -> dict[str, Any]:
    """Lay a material out."""
    plain = {column.key: getattr(material, column.key) or None for column in MATERIALS.columns}
    return plain | {"accepted": _word(material.accepted)}


def _rate_row(rate: Rate) -> dict[str, Any]:
    return {
        "material": rate.material,
        "accepted": _word(rate.accepted),
        "market_fen_per_kg": rate.market_fen_per_kg,
        "subsidy_fen_per_kg": rate.subsidy_fen_per_kg,
        "operator_fen_per_tonne": rate.operator_fen_per_tonne,
        "ceiling_grams": rate.ceiling_grams,
        "programme": rate.programme and str(rate.programme),
        "needs_verified_scale": _word(rate.needs_verified_scale),
        "needs_confirmation": _word(rate.needs_confirmation),
        **_basis_row("market", rate.market_basis),
        **_basis_row("subsidy", rate.subsidy_basis),
    }


def _basis_row(of: str, basis: Basis | None) -> dict[str, str | None]:
    return {f"{of}_{part}": getattr(basis, part, None) for part in ("grade", "source", "zh", "en")}


def _word(holds: bool) -> str:
    return YES if holds else NO


def as_workbook(rows: Mapping[str, Sequence[Mapping[str, Any]]], *, at: datetime) -> bytes:
    """Write a catalogue as Excel."""
    sheets = [
        Sheet(layout, [[row[column.key] for column in layout.columns] for row in rows[layout.key]])
        for layout in LAYOUTS
    ]
    return write(sheets, at=at)


def as_toml(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    """Write a catalogue as TOML; rates are texts, which nothing rounds, and what is empty is left out."""
    told = {key: [_plain(row) for row in found] for key, found in rows.items()}
    return tomli_w.dumps(told).encode()


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: f"{value:f}" if isinstance(value, Decimal) else value
        for key, value in row.items()
        if value is not None
    }


def from_workbook(content: bytes) -> Contents:
    """Read a catalogue from Excel.

    :raises Unopenable: it is no workbook, or a larger one than we open
    """
    return read(content, LAYOUTS, most_rows=MOST_ROWS)


def from_toml(content: bytes) -> Contents:
    """Read a catalogue from TOML.

    :raises Unopenable: it is no TOML
    """
    try:
        text = content.decode("utf-8-sig")  # as some editors begin a file
    except UnicodeDecodeError as why:
        line, column = _end(content[: why.start].decode("utf-8-sig"))
        raise Unopenable(str(why), line=line, column=column) from None
    _must_be_parsed_soon(text)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        line, column = _told(str(why)) or _end(text)
        raise Unopenable(str(why), line=line, column=column) from None
    except (RecursionError, ValueError) as why:  # nested too deep, or a number of thousands of digits
        raise Unopenable(str(why)) from None
    flaws = [Flaw(key, 0, "", _UNKNOWN) for key in found.keys() - {layout.key for layout in LAYOUTS}]
    rows = {layout.key: tuple(_rows(found.get(layout.key, []), layout, flaws)) for layout in LAYOUTS}
    return Contents(rows, tuple(sorted(flaws)))


def _must_be_parsed_soon(text: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > _MOST_DOTS:
            raise Unopenable("a key has too many parts", line=number, column=1)


def _told(why: str) -> tuple[int, int] | None:
    """Read the line and the column out of what the parser says; it tells neither of the end of a file.

    What stands before may repeat any word of the file.
    """
    told = _PLACE.search(why)
    return (int(told[1]), int(told[2])) if told else None


def _end(text: str) -> tuple[int, int]:
    """Return the line and the column at which a text ends."""
    lines = text.split("\n")
    return len(lines), len(lines[-1]) + 1


def _rows(found: Any, layout: Layout, flaws: list[Flaw]) -> Iterator[Row]:
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        flaws.append(Flaw(layout.key, 0, "", _NOT_A_TABLE))
        return
    if len(found) > MOST_ROWS:
        flaws.append(Flaw(layout.key, MOST_ROWS + 1, "", _TOO_MANY))
        return
    columns = {column.key: column for column in layout.columns}
    for number, each in enumerate(found, start=1):
        flaws += [Flaw(layout.key, number, key[:40], _UNKNOWN) for key in each.keys() - columns.keys()]
        values: dict[str, Any] = dict.fromkeys(columns)
        for key in each.keys() & columns.keys():
            kind = columns[key].kind
            if (value := _value(each[key], kind)) is None:
                flaws.append(Flaw(layout.key, number, key, _MISFIT[kind]))
            values[key] = value if value != "" else None  # as a cell without a word is empty
        yield Row(number, values)


def _value(value: Any, kind: Kind) -> Any:
    """Take a value as its column has it; None does not fit."""
    match kind, value:
        case _, bool():
            return None
        case Kind.TEXT, str() if is_clean(value):
            return value.strip()
        case Kind.INTEGER, int() if abs(value) <= INT64_MAX:
            return value
        case Kind.RATE, int() if abs(value) <= INT64_MAX:
            return Decimal(value)
        case Kind.RATE, str() if _EXACT.fullmatch(value):
            return Decimal(value)
    return None
