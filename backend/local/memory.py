"""What a set of servers must remember: ports, passwords, keys."""

import json
import os
from pathlib import Path
from typing import Any


def remembered(folder: Path) -> dict[str, Any]:
    """Read what this folder remembers."""
    try:
        known: dict[str, Any] = json.loads((folder / "state.json").read_text())
    except FileNotFoundError:
        return {}
    return known


def remember(folder: Path, **facts: Any) -> dict[str, Any]:
    """Add facts to what the folder remembers."""
    known = remembered(folder) | facts
    fresh = folder / "state.json.new"
    write_private(fresh, json.dumps(known, indent=2))
    fresh.replace(folder / "state.json")
    return known


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody but its owner may read at any moment of its life."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
