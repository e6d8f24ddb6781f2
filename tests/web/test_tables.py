"""Wherever the console has a table, it can be had as Excel, or it is written down here why not."""

import re

import pytest

from backend.web.build import HERE

CONSOLE = HERE / "pages" / "console"
NOT_AS_EXCEL = {
    "parts/CatalogueFile.vue": "shows what is wrong with a spreadsheet that was just sent",
    "parts/FindPeople.vue": "personal data is looked up one by one, each look with its trace",
    "parts/RateEditor.vue": "is a form; the draft's rates are a file, out and in",
    "parts/Sides.vue": "stands in the workbook of its simulation, on the same page",
    "parts/SimulationResult.vue": "stands in the workbook of the simulation, on the same page",
    "views/Log.vue": "lists a handful of witnesses; what they signed, anybody reads as files",
    "views/Me.vue": "lists one's own devices",
    "views/Sheet.vue": "stands in the workbook of the settlement sheet, on the same page",
}


def tables() -> list[tuple[str, str]]:
    """List the tables of the console: the page's file, and the tag."""
    return [
        (str(file.relative_to(CONSOLE)), tag)
        for file in sorted(CONSOLE.rglob("*.vue"))
        for tag in re.findall(r"<Table .*?>\n", file.read_text())
    ]


def test_every_table_can_be_had_as_excel_or_it_is_known_why_not() -> None:
    without = {file for file, tag in tables() if ":excel=" not in tag}

    assert without == set(NOT_AS_EXCEL)


@pytest.mark.parametrize("file", ["parts/SimulationResult.vue", "views/Sheet.vue"])
def test_a_workbook_of_its_own_is_offered_on_the_page(file: str) -> None:
    assert "<Download " in (CONSOLE / file).read_text()


def test_no_table_is_made_by_hand() -> None:
    own = {str(file.relative_to(CONSOLE)) for file in CONSOLE.rglob("*.vue") if "<table" in file.read_text()}

    assert own == {"parts/Table.vue"}
