"""A catalogue as a file: what goes out comes back without a difference, and nothing is half imported."""

import base64
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import tomli_w
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.catalogue import layouts, queries, service
from backend.catalogue.errors import ImportUnreadable
from backend.catalogue.importing import Imported
from backend.catalogue.models import SynonymRow
from backend.catalogue.queries import Rate
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.drafts import StepImpossible
from backend.kit.ids import new_id
from backend.kit.trail import TrailLine
from tests.makers import (
    CARDBOARD,
    DRAFTER,
    NOON,
    PROGRAMME,
    YUHANG,
    a_community,
    a_draft,
    a_material,
    a_programme,
    a_rate,
    a_synonym,
    a_token_of_staff,
    an_actor,
    as_it_is,
)

pytestmark = pytest.mark.usefixtures("introduced")
ADMIN = an_actor(DRAFTER)
WRITE: dict[str, Callable[..., bytes]] = {
    "xlsx": partial(layouts.as_workbook, at=NOON),
    "toml": layouts.as_toml,
}
BOTH = pytest.mark.parametrize("format", sorted(WRITE))
FIRST = {"xlsx": 2, "toml": 1}
"""The number of the first row."""


def tables(db: Session, *rates: Rate) -> dict[str, list[dict[str, Any]]]:
    return layouts.tables(list(queries.materials(db).values()), queries.all_synonyms(db), rates)


def take(db: Session, content: bytes, format: str, *, check_only: bool = False) -> Imported:
    draft = a_draft(db, a_rate("glass", market=1), simulated=False)
    said: dict[str, Any] = {"format": format, "content": content, "check_only": check_only}
    return service.take_file(db, draft, by=ADMIN, at=NOON, is_as_seen=as_it_is, **said)


def told(db: Session, format: str, **rows: list[dict[str, Any]]) -> set[tuple[str, int, str, str]]:
    """Import what has a flaw; nothing may come of it."""
    before = len(db.scalars(select(SynonymRow.id)).all())
    found = take(db, WRITE[format]({"materials": [], "synonyms": [], "rates": [], **rows}), format)
    assert not found.taken
    assert found.draft.rates["glass"].market_fen_per_kg == 1
    assert len(db.scalars(select(SynonymRow.id)).all()) == before
    assert all(flaw.zh != flaw.en for flaw in found.flaws)
    return {(flaw.sheet, flaw.row, flaw.column, flaw.code) for flaw in found.flaws}


def figures(most: int) -> some.SearchStrategy[Decimal]:
    return some.decimals(0, most, places=4)


@BOTH
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(data=some.data())
def test_what_goes_out_comes_back_without_a_difference(db: Session, format: str, data: some.DataObject):
    with db.begin_nested() as undone:
        a_programme(db)
        a_synonym(db, "glass", word="=1+1 酒瓶")
        subsidised = a_rate(
            "glass",
            market=data.draw(figures(100_000)),
            subsidy=data.draw(figures(99_999)) + 1,
            operator=data.draw(figures(100_000_000)),
            ceiling_grams=data.draw(some.none() | some.integers(0, 10**9)),
            programme=PROGRAMME,
            needs_verified_scale=data.draw(some.booleans()),
            needs_confirmation=data.draw(some.booleans()),
        )
        origin = queries.draft(db, YUHANG, a_draft(db, CARDBOARD, subsidised, simulated=False))

        rows = tables(db, *(line.rate for line in origin.lines))
        found = take(db, WRITE[format](rows), format)

        assert (found.taken, found.flaws, found.new_synonyms) == (True, (), 0)
        assert (found.draft.lines, found.draft.digest) == (origin.lines, origin.digest)
        assert tables(db, *(line.rate for line in found.draft.lines)) == rows
        undone.rollback()


@BOTH
def test_every_flaw_of_every_row_is_told_where_it_stands(db: Session, format: str):
    for key in ("glass", "foam"):
        a_material(db, key)
    a_material(db, "lamp", accepted=False)
    rows = tables(
        db, a_rate("glass", market=-1), a_rate("foam", market=10**9), a_rate("lamp"), a_rate("gold")
    )
    rows["rates"].append(rows["rates"][0])
    rows["rates"].append(
        {**rows["rates"][0], "material": "foam", "accepted": "maybe", "market_zh": None, "market_en": " "}
    )
    rows["materials"][0]["name_zh"] = "别的"
    said = {"material": "glass", "word": "酒瓶", "language": "zh"}
    rows["synonyms"] = [said, {**said, "word": "酒-瓶"}, {**said, "word": "-"}, {**said, "language": "fr"}]

    first = FIRST[format]
    assert told(db, format, **rows) == {
        ("materials", first, "name_zh", "material_differs"),
        ("synonyms", first + 1, "material", "row_twice"),
        ("synonyms", first + 2, "word", "cell_unfit"),
        ("synonyms", first + 3, "language", "cell_unfit"),
        ("synonyms", first + 3, "material", "row_twice"),
        ("rates", first, "market_fen_per_kg", "rate_negative"),
        ("rates", first + 1, "market_fen_per_kg", "rate_absurd"),
        ("rates", first + 2, "accepted", "material_refused"),
        ("rates", first + 3, "material", "material_unknown"),
        ("rates", first + 4, "market_fen_per_kg", "rate_negative"),
        ("rates", first + 4, "material", "row_twice"),
        ("rates", first + 5, "accepted", "cell_unfit"),
        ("rates", first + 5, "market_zh", "cell_unfit"),
        ("rates", first + 5, "market_en", "cell_unfit"),
        ("rates", first + 5, "material", "row_twice"),
    }


@BOTH
def test_a_programme_that_the_district_does_not_have_is_told_by_its_row(db: Session, format: str):
    for key in ("glass", "foam"):
        a_material(db, key)
    a_programme(db)
    paid, unpaid = (
        a_rate(key, subsidy=1, programme=whose) for key, whose in (("glass", PROGRAMME), ("foam", new_id()))
    )

    assert told(db, format, **tables(db, paid, unpaid)) == {
        ("rates", FIRST[format] + 1, "programme", "programme_unknown")
    }


@BOTH
def test_the_file_holds_all_that_is_said_of_a_material_and_changes_none_of_it(db: Session, format: str):
    a_material(db, "lamp", accepted=False)
    rows = tables(db, CARDBOARD)
    (lamp,) = (row for row in rows["materials"] if row["key"] == "lamp")
    known = queries.materials(db)["lamp"]
    said = ("category", "refusal_zh", "refusal_en", "hint_zh", "hint_en")
    assert {name: lamp[name] for name in said} == {name: getattr(known, name) or None for name in said}
    assert known.refusal_zh

    lamp |= {"refusal_zh": "改成别的", "hint_en": "Something else."}
    first = FIRST[format] + rows["materials"].index(lamp)
    assert {("materials", first, name, "material_differs") for name in ("refusal_zh", "hint_en")} <= told(
        db, format, **rows
    )


def test_a_file_that_was_kept_is_read_under_its_former_headings(db: Session):
    a_material(db)
    rows = tables(db, a_rate("glass", market=80))
    book = load_workbook(BytesIO(WRITE["xlsx"](rows)))
    former = {
        "品类\nmaterial": "物品\nmaterial",
        "市场价（分/公斤）\nmarket price, fen/kg": "回收价（分/公斤）\nprice, fen/kg",
        "市场价依据等级\ngrade of market price": "回收价依据等级\ngrade of price",
        "须居民确认\nneeds the resident's confirmation": "须确认\nneeds confirmation",
    }
    book["品类 materials"].title = "物品 materials"
    renamed = [cell for page in book.worksheets for cell in page[1] if cell.value in former]
    for cell in renamed:
        cell.value = former[str(cell.value)]
    book.save(kept := BytesIO())

    assert len(renamed) == 6
    assert layouts.from_workbook(kept.getvalue()) == layouts.from_workbook(WRITE["xlsx"](rows))


def test_toml_may_begin_as_some_editors_write_it(db: Session):
    a_material(db, "glass")
    content = b"\xef\xbb\xbf" + layouts.as_toml(tables(db, a_rate("glass", market=7)))

    assert take(db, content, "toml").taken


@BOTH
def test_an_empty_table_of_rates_is_no_price_list(db: Session, format: str):
    assert told(db, format) == {("rates", 0, "", "nothing_priced")}


@BOTH
def test_a_table_is_read_no_further_than_anybody_needs(db: Session, format: str):
    row = {"material": "glass", "word": "a", "language": "en"}
    a_material(db, "glass")
    found = told(db, format, synonyms=[row] * (layouts.MOST_ROWS + 1))

    assert ("synonyms", layouts.MOST_ROWS + FIRST[format], "", "cell_unreadable") in found


def test_a_formula_and_a_word_for_a_number_are_no_figures(db: Session):
    a_material(db, "glass")
    book = load_workbook(BytesIO(WRITE["xlsx"](tables(db, a_rate("glass"), a_rate("glass")))))
    page = book.worksheets[2]
    page["C2"], page["C3"] = "=1+1", "many"
    page["Z1"] = "surprise"
    book.save(out := BytesIO())

    flaws = take(db, out.getvalue(), "xlsx").flaws
    assert {(flaw.row, flaw.column, flaw.code) for flaw in flaws} >= {
        (1, "surprise", "cell_unreadable"),
        (2, "market_fen_per_kg", "cell_unreadable"),
        (3, "market_fen_per_kg", "cell_unreadable"),
    }


def test_wrong_types_and_unknown_names_in_toml_are_told(db: Session):
    a_material(db, "glass")
    rows = tables(db, a_rate("glass"))
    (rate,) = rows["rates"]
    rate |= {"market_fen_per_kg": "1e3", "ceiling_grams": 1}
    content = layouts.as_toml(rows) + tomli_w.dumps({"surprise": {}}).encode()

    found = take(db, content, "toml")

    assert not found.taken
    assert {(flaw.sheet, flaw.row, flaw.column) for flaw in found.flaws} == {
        ("rates", 1, "market_fen_per_kg"),
        ("surprise", 0, ""),
    }


def a_bomb() -> bytes:
    """Pack a sheet of a million rows' worth of blanks into a few kilobytes."""
    with ZipFile(out := BytesIO(), "w", ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (49 * 2**20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("format", "content"),
    [
        pytest.param("xlsx", b"", id="empty"),
        pytest.param("xlsx", b"PK\x03\x04nonsense", id="no-zip"),
        pytest.param("xlsx", a_bomb(), id="bomb"),
        pytest.param("toml", b"rates = [", id="no-toml"),
        pytest.param("toml", b"\xff", id="no-text"),
        pytest.param("toml", b"rates = " + b"[" * 100_000, id="too-deep"),
        pytest.param("toml", b"rates = " + b"9" * 5_000, id="too-many-digits"),
    ],
)
def test_what_is_no_such_file_is_refused_whole(db: Session, format: str, content: bytes):
    with pytest.raises(ImportUnreadable):
        take(db, content, format)


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        pytest.param("# 价目\n[[rates]]\nmaterial = @\n".encode(), 3, 12, id="a value"),
        pytest.param("# 价目\r\n[[rates]]\r\nmaterial = @\r\n".encode(), 3, 12, id="as on Windows"),
        pytest.param(
            b'x = {"(at line 9, column 9)" = 1, "(at line 9, column 9)" = 2}', 1, 62, id="a key like it"
        ),
        pytest.param("# 价目\nrates = [\n".encode(), 3, 1, id="the end"),
        pytest.param('# 价目\nrates = "'.encode() + b"\xff\n", 2, 10, id="no UTF-8"),
        pytest.param("价目 = 1".encode("gbk"), 1, 1, id="GBK"),
        pytest.param(b"# a\nrates" + b".a" * 1_001 + b" = 1\n", 2, 1, id="a key of many parts"),
    ],
)
def test_where_a_text_is_broken_is_told(db: Session, content: bytes, line: int, column: int):
    with pytest.raises(ImportUnreadable) as told:
        take(db, content, "toml")

    assert (told.value.facts["line"], told.value.facts["column"]) == (line, column)
    assert (
        told.value.sentence("en") == f"The file cannot be read: it is broken at line {line}, column {column}."
    )
    assert told.value.sentence("zh-CN") == f"无法读取文件：第 {line} 行第 {column} 列不符合格式。"


@BOTH
def test_blanks_around_a_word_are_cut_as_they_are_in_a_request(db: Session, format: str):
    a_material(db, "glass")
    rows = tables(db, a_rate("glass", market=7))
    rows["rates"][0] |= {"material": " glass ", "market_zh": " 行情 "}

    found = take(db, WRITE[format](rows), format)

    assert (found.taken, found.draft.rates["glass"].market_basis.zh) == (True, "行情")


@BOTH
def test_a_text_of_blanks_is_none(db: Session, format: str):
    a_material(db, "glass")
    rows = tables(db, a_rate("glass", market=7))
    rows["rates"][0] |= {"programme": " ", "subsidy_grade": "\n", "subsidy_source": "", "subsidy_zh": "\t"}

    found = take(db, WRITE[format](rows), format)

    assert (found.taken, found.draft.rates["glass"].subsidy_basis) == (True, None)


@BOTH
def test_a_rate_that_its_draft_could_not_be_sent_back_with_is_told(db: Session, format: str):
    a_material(db, "glass")
    rows = tables(db, a_rate("glass", market=Decimal("0.3333333333333")))

    assert told(db, format, **rows) == {("rates", FIRST[format], "market_fen_per_kg", "cell_unfit")}


def test_a_number_of_thousands_of_digits_in_toml_is_told(db: Session):
    a_material(db, "glass")
    content = layouts.as_toml(tables(db, a_rate("glass", market=7)))

    found = take(db, content.replace(b'"7"', b"0x" + b"f" * 5_000), "toml")

    assert [(flaw.row, flaw.column, flaw.code) for flaw in found.flaws] == [
        (1, "market_fen_per_kg", "cell_unreadable")
    ]


@BOTH
def test_a_check_changes_nothing(db: Session, format: str):
    a_material(db, "glass")
    rows = tables(db, a_rate("glass", market=7))
    rows["synonyms"] = [{"material": "glass", "word": "酒瓶", "language": "zh"}]
    content = WRITE[format](rows)

    checked = take(db, content, format, check_only=True)
    assert (checked.taken, checked.flaws, checked.new_synonyms) == (False, (), 1)
    assert checked.draft.rates["glass"].market_fen_per_kg == 1
    assert queries.all_synonyms(db) == []

    taken = take(db, content, format)
    assert (taken.taken, taken.new_synonyms) == (True, 1)
    assert taken.draft.rates["glass"].market_fen_per_kg == 7
    assert [(each.word, each.district) for each in queries.all_synonyms(db)] == [("酒瓶", YUHANG)]
    lines = db.scalars(select(TrailLine).where(TrailLine.kind == "synonym.imported")).all()
    assert [line.after for line in lines] == [{"words": ["glass: 酒瓶"]}]


def test_what_is_published_is_written_anew_by_no_file(db: Session):
    draft = a_draft(db, a_rate("glass", market=1), state="published")
    content = layouts.as_toml(tables(db, a_rate("glass", market=2)))

    with pytest.raises(StepImpossible):
        service.take_file(
            db,
            draft,
            by=ADMIN,
            at=NOON,
            is_as_seen=as_it_is,
            format="toml",
            content=content,
            check_only=False,
        )


def test_over_http_it_needs_the_state_that_was_seen_and_changes_it_once(app: Flask):
    with transaction(districts=[YUHANG]) as db:
        a_community(db)
        token = a_token_of_staff(db, at=utc_now())
        draft = f"/v1/price-list-drafts/{a_draft(db, CARDBOARD, simulated=False)}"
    client = app.test_client()
    signed = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    tag = client.get(draft, headers=signed).headers["ETag"]
    for ending in ("xlsx", "toml"):
        content = client.get(f"{draft}/catalogue.{ending}", headers=signed).get_data()
        assert content.startswith(b"PK") == (ending == "xlsx")
    body = {"format": "toml", "content": base64.b64encode(content.replace(b'"80"', b'"90"')).decode()}
    sent = {**signed, "If-Match": tag, "Idempotency-Key": str(uuid4())}

    first = client.post(f"{draft}/import", json=body, headers=sent)
    again = client.post(f"{draft}/import", json=body, headers=sent)
    late = client.post(f"{draft}/import", json=body, headers={**sent, "Idempotency-Key": str(uuid4())})
    torn = client.post(
        f"{draft}/import", json={**body, "content": "%"}, headers={**sent, "Idempotency-Key": "torn"}
    )

    assert (first.status_code, first.get_json()["taken"]) == (200, True)
    assert first.get_json()["draft"]["rates"][0]["market_fen_per_kg"] == "90"
    assert (again.get_json(), again.headers["Idempotent-Replayed"]) == (first.get_json(), "true")
    assert (late.status_code, late.get_json()["code"]) == (412, "changed_meanwhile")
    assert torn.get_json()["errors"] == {"content": ["Not valid base64."]}
