"""What a spreadsheet is made of: columns that know what they hold, each with a heading in both languages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

DIGITS = 15
"""So many a spreadsheet shows of a number."""


class Kind(StrEnum):
    """What a column holds, and as what it comes and goes here; an empty cell is None."""

    TEXT = "text"
    """`str`"""
    INTEGER = "integer"
    """`int`"""
    FEN = "fen"
    """`int`, shown as yuan"""
    MOMENT = "moment"
    """An aware `datetime`, shown in the city's time to the second"""
    RATE = "rate"
    """`Decimal`"""


Value = str | int | Decimal | datetime | None


@dataclass(frozen=True)
class Column:
    """A column: what it is called in code, and above it in both languages."""

    key: str
    zh: str
    en: str
    kind: Kind = Kind.TEXT
    width: int = 18
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    """How it says in both languages what the wire calls by a word of its own."""
    former: tuple[str, ...] = ()
    """What it was called before, in either language: somebody may have kept a file."""

    @property
    def heading(self) -> str:
        """What stands above it."""
        return f"{self.zh}\n{self.en}"

    def is_called(self, heading: str) -> bool:
        """Tell whether a heading that somebody may have typed means it, in one language or in both."""
        names = {name.casefold() for name in (self.key, self.zh, self.en, *self.former)}
        return all(line.strip() in names for line in heading.strip().casefold().split("\n"))


@dataclass(frozen=True)
class Layout:
    """A sheet before anything stands in it."""

    key: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    former: tuple[str, ...] = ()
    """What its tab said before."""

    @property
    def title(self) -> str:
        """What its tab says."""
        return f"{self.zh} {self.en}"

    def is_called(self, title: str) -> bool:
        """Tell whether a tab that somebody may have renamed means it."""
        names = (self.key, self.zh, self.en, self.title, *self.former)
        return title.strip().casefold() in {name.casefold() for name in names}


@dataclass(frozen=True)
class Sheet:
    """A layout with its rows; each has a value for every column."""

    layout: Layout
    rows: Iterable[Sequence[Value]]
