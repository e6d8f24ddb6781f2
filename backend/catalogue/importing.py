"""How a catalogue comes back from a file: all of it is judged, and either all of it is taken or nothing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from backend.catalogue import layouts, payers, queries
from backend.catalogue.drafting import edit
from backend.catalogue.errors import (
    CellUnfit,
    CellUnreadable,
    ImportUnreadable,
    MaterialDiffers,
    MaterialUnknown,
    NothingPriced,
    ProgrammeUnknown,
    RowTwice,
)
from backend.catalogue.rules import Basis, Draft, Material, Rate, flaws
from backend.catalogue.synonyms import add_synonyms
from backend.kit.auth import Actor
from backend.kit.drafts import IsAsSeen
from backend.kit.errors import Problem
from backend.kit.fields import MOST_DECIMALS
from backend.kit.sentences import in_language
from backend.kit.sheets import Flaw, Row, Unopenable

_READERS = {"xlsx": layouts.from_workbook, "toml": layouts.from_toml}
_GRADES = ("A", "B", "C", "assumption")
_LONGEST_WORD = 40
_LONGEST_BASIS = 500
_FLAGS = ("accepted", "needs_verified_scale", "needs_confirmation")
_FIGURES = ("market_fen_per_kg", "subsidy_fen_per_kg", "operator_fen_per_tonne")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_COLUMNS = {"subsidy_basis": "subsidy_zh"}
"""Where a flaw of a rate stands that has no column of its own."""


@dataclass(frozen=True, order=True)
class RowFlaw:
    """What keeps a file from being taken: where it stands, and why."""

    sheet: str
    row: int
    column: str
    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Imported:
    """What came of a file."""

    taken: bool
    flaws: tuple[RowFlaw, ...]
    new_synonyms: int
    """How many words are new, or would be."""
    draft: Draft


@dataclass(frozen=True)
class _Read:
    rates: tuple[Rate, ...]
    words: tuple[Mapping[str, str], ...]
    flaws: tuple[RowFlaw, ...]


def take_file(
    db: Session,
    draft_id: UUID,
    *,
    by: Actor,
    at: datetime,
    is_as_seen: IsAsSeen[Draft],
    format: str,
    content: bytes,
    check_only: bool,
) -> Imported:
    """Write a draft's rates anew from a file, and add the words that are new; a flaw keeps all of it out.

    :raises DraftNotFound: the district has none with this id
    :raises ImportUnreadable: it is no file of this format
    :raises Problem: as `edit` says
    """
    found = queries.draft(db, by.district, draft_id)
    is_as_seen(found)
    read = _read(db, by.district, format, content)
    new = queries.unheard(db, read.words)
    if check_only or read.flaws:
        return Imported(False, read.flaws, len(new), found)
    draft = edit(
        db,
        draft_id,
        by=by,
        at=at,
        is_as_seen=is_as_seen,
        title=found.title,
        note=found.note,
        rates=read.rates,
    )
    add_synonyms(db, new, draft=draft_id, by=by, at=at)
    return Imported(True, (), len(new), draft)


def _read(db: Session, district: str, format: str, content: bytes) -> _Read:
    """Read a file, and judge every row by itself; a row with a cell that cannot be read is told once."""
    try:
        contents = _READERS[format](content)
    except Unopenable as why:
        raise ImportUnreadable(why.line, why.column) from None
    register = queries.materials(db)
    found = [_unreadable(flaw) for flaw in contents.flaws]
    broken = {(flaw.sheet, flaw.row) for flaw in contents.flaws}
    # Of what could not be read whole, more flaws would only repeat that.
    rows = {
        layout.key: [
            row
            for row in contents.rows[layout.key]
            if (layout.key, row.number) not in broken and len(row.values) == len(layout.columns)
        ]
        for layout in layouts.LAYOUTS
    }
    found += _of_materials(rows["materials"], register)
    plain = queries.plain_words(db, [row.values["word"] or "" for row in rows["synonyms"]])
    found += _of_words(rows["synonyms"], register, plain)
    rates = []
    for row in rows["rates"]:
        flawed = list(_of_rate(row, register))
        found += flawed
        if not flawed:
            rates.append(_rate(row.values))
    found += _twice("rates", rows["rates"], ("material",))
    found += _unpaid(db, district, rows["rates"])
    if not contents.rows["rates"] and not found:
        found.append(_told("rates", 0, "", NothingPriced()))
    words = tuple({**row.values, "plain": plain[row.values["word"] or ""]} for row in rows["synonyms"])
    return _Read(tuple(rates), words, tuple(sorted(found)))


def _told(sheet: str, row: int, column: str, problem: Problem) -> RowFlaw:
    return RowFlaw(sheet, row, column, problem.code, problem.sentence("zh-CN"), problem.sentence("en"))


def _unreadable(flaw: Flaw) -> RowFlaw:
    zh, en = (in_language(flaw.sentence, language) for language in ("zh-CN", "en"))
    return RowFlaw(flaw.sheet, flaw.row, flaw.column, CellUnreadable.code, zh, en)


def _of_materials(rows: Sequence[Row], register: Mapping[str, Material]) -> Iterator[RowFlaw]:
    """The register is the city's: a file may repeat it and change nothing in it."""
    for row in rows:
        key = (row.values["key"] or "")[:_LONGEST_WORD]
        if key not in register:
            yield _told("materials", row.number, "key", MaterialUnknown(material=key))
            continue
        for column, value in layouts.material_row(register[key]).items():
            if row.values[column] != value:
                yield _told("materials", row.number, column, MaterialDiffers(material=key, field=column))
    yield from _twice("materials", rows, ("key",))


def _of_words(
    rows: Sequence[Row], register: Mapping[str, Material], plain: Mapping[str, str]
) -> Iterator[RowFlaw]:
    """A word is compared as the search compares it.

    :param plain: each word as it is compared
    """
    for row in rows:
        said = row.values
        if said["material"] not in register:
            yield _told(
                "synonyms",
                row.number,
                "material",
                MaterialUnknown(material=(said["material"] or "")[:_LONGEST_WORD]),
            )
        if not 1 <= len(said["word"] or "") <= _LONGEST_WORD or not plain[said["word"]]:
            yield _told("synonyms", row.number, "word", CellUnfit())
        if said["language"] not in ("zh", "en"):
            yield _told("synonyms", row.number, "language", CellUnfit())
    compared = [Row(row.number, {**row.values, "word": plain[row.values["word"] or ""]}) for row in rows]
    yield from _twice("synonyms", compared, ("material", "word"))


def _twice(sheet: str, rows: Sequence[Row], columns: tuple[str, ...]) -> Iterator[RowFlaw]:
    """Find the rows that say again what an earlier one said."""
    seen = set()
    for row in rows:
        key = tuple(row.values[column] for column in columns)
        if key in seen:
            yield _told(sheet, row.number, columns[0], RowTwice())
        seen.add(key)


def _of_rate(row: Row, register: Mapping[str, Material]) -> Iterator[RowFlaw]:
    """Find what is wrong with a rate: first what its cells say, then what they come to."""
    unfit = list(_unfit(row.values))
    yield from (_told("rates", row.number, column, CellUnfit()) for column in unfit)
    if not unfit:
        known = {key: material.accepted for key, material in register.items()}
        for flaw in flaws(_rate(row.values), known):
            yield _told("rates", row.number, _COLUMNS.get(flaw.field, flaw.field), flaw.problem)


def _unpaid(db: Session, district: str, rows: Sequence[Row]) -> Iterator[RowFlaw]:
    """Find the rates that name a programme which the district does not have."""
    named = {
        row.number: UUID(row.values["programme"])
        for row in rows
        if _UUID.fullmatch(row.values["programme"] or "")
    }
    known = payers.known(db, district, set(named.values()))
    for number, programme in named.items():
        if programme not in known:
            yield _told("rates", number, "programme", ProgrammeUnknown())


def _unfit(said: Mapping[str, Any]) -> Iterator[str]:
    """Name the cells that hold what their column never does."""
    yield from (name for name in _FLAGS if said[name] not in (layouts.YES, layouts.NO))
    yield from (name for name in _FIGURES if said[name] is None or _is_too_fine(said[name]))
    if not 1 <= len(said["material"] or "") <= _LONGEST_WORD:
        yield "material"
    if said["programme"] is not None and not _UUID.fullmatch(said["programme"]):
        yield "programme"
    for of in ("market", "subsidy"):
        parts = [said[f"{of}_{part}"] for part in ("grade", "zh", "en")]
        if of == "subsidy" and not any(parts) and not said["subsidy_source"]:
            continue
        if parts[0] not in _GRADES:
            yield f"{of}_grade"
        yield from (
            f"{of}_{part}"
            for part in ("zh", "en")
            if not 1 <= len(said[f"{of}_{part}"] or "") <= _LONGEST_BASIS
        )
        if len(said[f"{of}_source"] or "") > _LONGEST_BASIS:
            yield f"{of}_source"


def _is_too_fine(figure: Decimal) -> bool:
    """Tell whether a rate has more decimals than whoever edits the draft afterwards could send."""
    exponent = figure.as_tuple().exponent
    return isinstance(exponent, int) and -exponent > MOST_DECIMALS


def _rate(said: Mapping[str, Any]) -> Rate:
    market = _basis("market", said)
    assert market is not None
    return Rate(
        **{name: said[name] for name in ("material", "ceiling_grams", *_FIGURES)},
        **{name: said[name] == layouts.YES for name in _FLAGS},
        programme=UUID(said["programme"]) if said["programme"] else None,
        market_basis=market,
        subsidy_basis=_basis("subsidy", said),
    )


def _basis(of: str, said: Mapping[str, Any]) -> Basis | None:
    if said[f"{of}_grade"] is None:
        return None
    return Basis(*(said[f"{of}_{part}"] for part in ("grade", "source", "zh", "en")))
