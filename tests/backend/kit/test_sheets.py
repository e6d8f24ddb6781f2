"""Spreadsheets: what was written comes back, and whatever is wrong with one is told where it stands."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from openpyxl import Workbook, load_workbook

from backend.kit.clock import CITY
from backend.kit.fields import INT64_MAX, is_clean
from backend.kit.sentences import in_language
from backend.kit.sheets import Column, Flaw, Kind, Layout, Sheet, Unopenable, Value, read, write

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
NAME = Column("name", "名称", "Name")
GRAMS = Column("grams", "克", "Grams", Kind.INTEGER)
PAID = Column("fen", "金额（元）", "Amount in yuan", Kind.FEN)
RATE = Column("rate", "费率", "Rate", Kind.RATE)
WHEN = Column("at", "时间", "Time", Kind.MOMENT)
BAGS = Layout("bags", "袋", "Bags", (NAME, GRAMS, PAID, RATE, WHEN))
A_BAG: tuple[Value, ...] = ("glass", 5_200, 1_05, Decimal("0.52"), NOON)

texts = some.text(max_size=60).filter(lambda text: is_clean(text) and "x005F_" not in text)
whole = some.integers(-INT64_MAX, INT64_MAX)
seconds = some.datetimes(datetime(2000, 1, 2), datetime(2199, 12, 30), timezones=some.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=0)
)
rates = some.decimals(-(10**6), 10**6, places=9)
bags = some.tuples(*(some.none() | cell for cell in (texts, whole, whole, rates, seconds)))


def made(*rows: tuple[Any, ...], title: str = "Bags", headings: tuple[str, ...] | None = None) -> bytes:
    """Make a workbook as somebody would by hand."""
    book, out = Workbook(), BytesIO()
    assert book.active is not None
    book.active.title = title
    book.active.append(headings or [column.en for column in BAGS.columns])
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def flaws(content: bytes, **limits: int) -> dict[str, str]:
    return {flaw.path: flaw.sentence for flaw in read(content, [BAGS], **limits).flaws}


def cell(content: bytes, place: str) -> Any:
    return load_workbook(BytesIO(content)).worksheets[0][place]


def without_blanks(value: Value) -> Value:
    return (value.strip() or None) if isinstance(value, str) else value


class TestThereAndBack:
    @settings(max_examples=30)
    @given(some.lists(bags, max_size=5))
    def test_what_was_written_is_read(self, rows: list[tuple[Value, ...]]):
        back = read(write([Sheet(BAGS, rows)], at=NOON), [BAGS])

        assert back.flaws == ()
        told = [tuple(map(without_blanks, row)) for row in rows]
        assert [tuple(row.values.values()) for row in back.rows["bags"]] == [
            row for row in told if any(value is not None for value in row)
        ]

    def test_a_row_of_blanks_is_no_row(self):
        blank: tuple[Value, ...] = (" \n", None, None, None, None)
        by_hand = made(("glass ", 1, 1, 1, NOON.replace(tzinfo=None)), ("\n", " ", "", None, "\t"))

        assert read(write([Sheet(BAGS, [blank])], at=NOON), [BAGS]).rows["bags"] == ()
        assert [row.values["name"] for row in read(by_hand, [BAGS]).rows["bags"]] == ["glass"]

    def test_the_same_is_the_same_to_the_byte(self):
        assert write([Sheet(BAGS, [A_BAG])], at=NOON) == write([Sheet(BAGS, [A_BAG])], at=NOON)

    def test_a_row_knows_where_it_stands(self):
        empty: tuple[Value, ...] = (None, None, None, None, None)
        back = read(write([Sheet(BAGS, [A_BAG, empty, A_BAG])], at=NOON), [BAGS])

        assert [row.number for row in back.rows["bags"]] == [2, 4]


class TestWriting:
    @pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "{=1}"])
    def test_a_text_never_becomes_a_formula(self, text: str):
        written = cell(write([Sheet(BAGS, [(text, None, None, None, None)])], at=NOON), "A2")

        assert (written.value, written.data_type) == (text, "s")
        assert written.quotePrefix or text[0] == "{"

    def test_fen_are_shown_as_yuan_and_moments_as_the_city_has_them(self):
        written = write([Sheet(BAGS, [A_BAG])], at=NOON)

        assert (cell(written, "C2").value, cell(written, "C2").number_format) == (1.05, "#,##0.00")
        assert cell(written, "E2").value == datetime(2026, 3, 2, 12)  # noqa: DTZ001 - as a spreadsheet has it

    def test_headings_stand_still_in_both_languages(self):
        page = load_workbook(BytesIO(write([Sheet(BAGS, [])], at=NOON))).worksheets[0]

        assert (page.title, page.freeze_panes, page["B1"].value) == ("袋 Bags", "A2", "克\nGrams")

    @pytest.mark.parametrize(
        "row", [(5, 1, 1, None, None), ("a", "1", 1, None, None), ("a", 1, 1, 0.5, None)]
    )
    def test_a_column_holds_what_it_says(self, row: tuple[Any, ...]):
        with pytest.raises(TypeError):
            write([Sheet(BAGS, [row])], at=NOON)

    def test_what_a_cell_cannot_hold_is_not_cut(self):
        with pytest.raises(ValueError, match="longer"):
            write([Sheet(BAGS, [("a" * 32_768, None, None, None, None)])], at=NOON)


class TestReading:
    @pytest.mark.parametrize("headings", [("name", "GRAMS", " Amount in yuan ", "费率", "时间\nTime")])
    def test_a_heading_may_be_typed_in_either_language(self, headings: tuple[str, ...]):
        back = read(made(("glass", 1, 2, 3, None), headings=headings, title="袋"), [BAGS])

        assert back.flaws == ()
        assert back.rows["bags"][0].values == {
            "name": "glass",
            "grams": 1,
            "fen": 200,
            "rate": Decimal(3),
            "at": None,
        }

    def test_figures_and_times_may_be_typed_as_texts(self):
        back = read(made((7, "12", "0.05", "0.10", "2026-03-02T04:00:00Z")), [BAGS])

        assert back.flaws == ()
        assert tuple(back.rows["bags"][0].values.values()) == ("7", 12, 5, Decimal("0.10"), NOON)

    @pytest.mark.parametrize(
        ("name", "was", "kept", "meant"),
        [
            ("grams", b"<v>5</v>", b"<v>5610.0000000000009</v>", 5_610),
            ("fen", b"<v>1</v>", b"<v>37.019999999999996</v>", 37_02),
            ("rate", b"<v>0.5</v>", b"<v>3.3000000000000003</v>", Decimal("3.3")),
        ],
    )
    def test_a_product_is_the_figure_that_is_shown(self, name: str, was: bytes, kept: bytes, meant: Value):
        """A spreadsheet keeps two digits more than it shows, and of what it reckons they are noise."""
        back = read(changed(was, kept), [BAGS])

        assert (back.flaws, back.rows["bags"][0].values[name]) == ((), meant)

    def test_a_time_without_offset_is_the_citys(self):
        back = read(made(("a", None, None, None, "2026-03-02 12:00")), [BAGS])

        assert back.rows["bags"][0].values["at"] == datetime(2026, 3, 2, 12, tzinfo=CITY) == NOON

    @pytest.mark.parametrize(
        ("row", "path", "sentence"),
        [
            (("=1+1", 1, 1, 1, None), "bags.2.name", "A formula is not taken; enter its value."),
            (("#DIV/0!", 1, 1, 1, None), "bags.2.name", "The cell holds an error."),
            ((True, 1, 1, 1, None), "bags.2.name", "Not a valid text."),
            (("a", 1.5, 1, 1, None), "bags.2.grams", "Not a valid whole number."),
            (("a", 10**20, 1, 1, None), "bags.2.grams", "Not a valid whole number."),
            (("a", True, 1, 1, None), "bags.2.grams", "Not a valid decimal number."),
            (("a", "1e3", 1, 1, None), "bags.2.grams", "Not a valid decimal number."),
            (
                ("a", 1, 1.005, 1, None),
                "bags.2.fen",
                "Not a valid amount of yuan with at most two decimals.",
            ),
            (("a", 1, 1, "NaN", None), "bags.2.rate", "Not a valid decimal number."),
            (
                ("a", 1, 1, 1, "yesterday"),
                "bags.2.at",
                "Not a valid date and time, such as 2026-03-02 08:00:00.",
            ),
            (
                ("a", 1, 1, 1, datetime(1950, 1, 1)),  # noqa: DTZ001
                "bags.2.at",
                "Not a valid date and time, such as 2026-03-02 08:00:00.",
            ),
        ],
    )
    def test_a_cell_that_does_not_fit_is_told_with_its_place(self, row: Any, path: str, sentence: str):
        assert flaws(made(row)) == {path: sentence}
        assert in_language(sentence, "zh") != sentence

    def test_what_is_shown_as_a_percentage_is_not_taken_for_the_hundredth_that_it_is(self):
        book = load_workbook(BytesIO(made(("glass", 1, 1, 0.8, None))))
        book.worksheets[0]["D2"].number_format = "0.00%"
        book.save(out := BytesIO())

        assert flaws(out.getvalue()) == {"bags.2.rate": "A percentage is not taken; enter the figure itself."}

    def test_all_that_is_wrong_is_told_together_in_order(self):
        found = read(made(("a", 1.5, "x", 1, None), ("b", 1, 1, "x", None)), [BAGS]).flaws

        assert [flaw.path for flaw in found] == ["bags.2.fen", "bags.2.grams", "bags.3.rate"]

    def test_a_heading_of_two_columns_is_none(self):
        found = flaws(made(headings=("名称\nGrams", "Grams", "Amount in yuan", "Rate", "Time")))

        assert set(found) == {"bags.1.名称", "bags.1.name"}

    def test_headings_are_looked_at(self):
        found = flaws(made(headings=("Name", "Name", "Weight", "Rate", "Time")))

        assert found == {
            "bags.1.name": "This column stands twice.",
            "bags.1.Weight": "There is no such column in this sheet's format.",
            "bags.1.grams": "This column is missing.",
            "bags.1.fen": "This column is missing.",
        }

    def test_so_are_sheets(self):
        assert read(made(title="Boxes"), [BAGS]).flaws == (
            Flaw("Boxes", 0, "", "There is no such sheet in this workbook's format."),
            Flaw("bags", 0, "", "This sheet is missing."),
        )

    def test_no_more_rows_are_read_than_asked_for(self):
        content = made(*[("a", 1, 1, 1, None)] * 3)

        assert flaws(content, most_rows=3) == {}
        assert flaws(content, most_rows=2) == {"bags.4": "There are more rows than we read."}

    def test_a_row_far_below_is_not_overlooked(self):
        book = Workbook()
        assert book.active is not None
        book.active.title = "Bags"
        book.active.append([column.en for column in BAGS.columns])
        book.active["A1048576"] = "far"
        out = BytesIO()
        book.save(out)

        assert flaws(out.getvalue(), most_rows=5) == {"bags.1048576": "There are more rows than we read."}


class TestWhatIsNoWorkbook:
    @pytest.mark.parametrize(
        "content", [b"", b"name,grams\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" + b"\0" * 600]
    )
    def test_it_is_refused(self, content: bytes):
        with pytest.raises(Unopenable):
            read(content, [BAGS])

    def test_so_is_an_archive_of_something_else(self):
        out = BytesIO()
        with ZipFile(out, "w") as packed:
            packed.writestr("readme.txt", "hello")

        with pytest.raises(Unopenable):
            read(out.getvalue(), [BAGS])

    def test_so_is_what_unpacks_to_too_much(self):
        out = BytesIO(made())
        with ZipFile(out, "a", ZIP_DEFLATED) as packed:
            packed.writestr("xl/media/image1.png", b"\0" * (9 * 2**20))

        with pytest.raises(Unopenable, match="unpacks"):
            read(out.getvalue(), [BAGS])

    def test_so_is_a_large_one(self):
        with pytest.raises(Unopenable, match="large"):
            read(b"PK" + b"\0" * (8 * 2**20), [BAGS])

    def test_no_entity_is_expanded(self):
        fine = changed(b"<v>5", b"<v>6")
        assert read(fine, [BAGS]).rows["bags"][0].values["grams"] == 6

        with pytest.raises(Unopenable):
            read(changed(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "1">]><worksheet'), [BAGS])

    def test_a_row_that_no_spreadsheet_has_is_not_walked_to(self):
        far = changed(b'<row r="2"', b'<row r="99999999999"')

        assert read(far, [BAGS]).rows["bags"] == ()


def changed(before: bytes, after: bytes) -> bytes:
    """Make a workbook of one row and change what stands in its sheet."""
    content, out = made(("a", 5, 1, 0.5, None)), BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(out, "w") as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                assert before in text
                text = text.replace(before, after, 1)
            new.writestr(part, text)
    return out.getvalue()
