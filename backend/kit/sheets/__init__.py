"""Spreadsheets: tables of typed columns, written as Excel and read back, each heading in Chinese and English.

A text is a text, whatever it begins with, and a figure never loses a digit: what has more of them than a
spreadsheet keeps is written as text, and read from text as well.
"""

from typing import Final

from backend.kit.sheets.layouts import Column, Kind, Layout, Sheet, Value
from backend.kit.sheets.reading import Contents, Flaw, Row, Unopenable, read
from backend.kit.sheets.writing import write

__all__ = [
    "CONTENT_TYPE",
    "Column",
    "Contents",
    "Flaw",
    "Kind",
    "Layout",
    "Row",
    "Sheet",
    "Unopenable",
    "Value",
    "read",
    "write",
]

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
