"""How the registers are read: tables of plain values, each figure with its basis."""

import csv
import tomllib
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.catalogue.queries import Basis
from backend.kit.clock import CITY

BEGINS = datetime(2026, 11, 1, tzinfo=CITY)
"""When the demo opens: before the first story, however late it is planted."""

REGISTERS = Path(__file__).parent / "registers"

Entry = dict[str, Any]


@cache
def register(name: str) -> Entry:
    """Read a register; ids become UUIDs."""
    read = tomllib.loads((REGISTERS / name).read_text(encoding="utf-8"))
    return {kind: [_with_id(entry) for entry in found] for kind, found in _listed(read)}


def _listed(read: Entry) -> list[tuple[str, list[Entry]]]:
    return [(kind, found if isinstance(found, list) else [found]) for kind, found in read.items()]


def _with_id(entry: Entry) -> Entry:
    return {**entry, "id": UUID(entry["id"])} if "id" in entry else entry


def table(name: str) -> list[dict[str, str]]:
    """Read a table of divisions."""
    with (REGISTERS / "divisions" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def sources() -> dict[str, Entry]:
    """Return where figures were read, by key."""
    return by_key(register("sources.toml")["source"])


def by_key(entries: list[Entry]) -> dict[str, Entry]:
    """Index entries by their key."""
    return {entry["key"]: entry for entry in entries}


def named(source: str) -> str:
    """Name a source in both languages, and say where it is."""
    found = sources()[source]
    return f"{found['name_zh']} / {found['name_en']} ({found['location']})"


def grade(entry: Entry) -> str:
    """Return the grade of an entry's source; a source beside an assumption proves nothing."""
    return "assumption" if entry["basis"] == "assumption" else str(sources()[entry["source"]]["grade"])


def basis(entry: Entry) -> Basis:
    """Say where an entry's figure comes from."""
    cited = None if entry["basis"] == "assumption" else f"{named(entry['source'])}: {entry['where']}"
    return Basis(grade(entry), cited, entry["basis_zh"], entry["basis_en"])


def said(entry: Entry) -> dict[str, str]:
    """Return the two sentences about an entry's basis, as the rooms take them."""
    return {"basis_zh": entry["basis_zh"], "basis_en": entry["basis_en"]}


@cache
def cast(name: str) -> Entry:
    """Find an entry of Yuhang's registers by its key, or somebody by their number."""
    for file in sorted((REGISTERS / "districts" / "330110").glob("*.toml")):
        entries: Iterable[Entry] = chain(*register(file.relative_to(REGISTERS).as_posix()).values())
        for entry in entries:
            if name in (entry.get("key"), entry.get("number")):
                return entry
    raise KeyError(name)
