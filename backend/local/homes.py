"""A private folder for each set of servers.

PostgreSQL refuses to run as root. Root's servers run as nobody, and rather than open a private checkout
to nobody, their folder is a link to one outside, which lives and dies with that link.
"""

import hashlib
import shutil
from pathlib import Path

from backend.local import locks, places, processes
from backend.local.places import LOCAL, ROOT, SHARED
from backend.local.voice import Trouble

DISPOSABLE = ("test", "test-debian", "bench", "bench-debian")
"""The purposes whose data nobody misses."""


def home(purpose: str) -> Path:
    """Return the folder that keeps the servers of one purpose ("run", "test") and what only they may know."""
    LOCAL.mkdir(mode=0o700, exist_ok=True)
    here = LOCAL / purpose
    if not places.is_root():
        here.mkdir(mode=0o700, exist_ok=True)
        return here
    with locks.alone("homes"):
        return here.resolve() if here.is_symlink() else _new_outside(here)


def _new_outside(here: Path) -> Path:
    if here.exists():
        raise Trouble(f"{here} belongs to servers of another user: run as that user, or `make reset` first.")
    there = _outside() / here.name
    remove(there)
    places.passages(SHARED, there.parent, there)
    _sweep()
    (there.parent / "checkout").unlink(missing_ok=True)
    (there.parent / "checkout").symlink_to(ROOT)
    here.symlink_to(there)
    return there


def forget_all() -> None:
    """Delete the servers of every purpose with all their data."""
    for here in LOCAL.glob("*"):
        if here.is_symlink():
            remove(here.resolve())
            here.unlink()
            _forget_if_empty(_outside())
        elif here.is_dir():
            remove(here)


def remove(folder: Path) -> None:
    """Delete a folder of servers, ending first whatever still works in it."""
    if folder.exists():
        processes.end(processes.working_below(folder))
        shutil.rmtree(folder)


def _outside() -> Path:
    return SHARED / hashlib.sha256(str(ROOT).encode()).hexdigest()[:16]


def _sweep() -> None:
    """Delete what tests of vanished checkouts left behind; no more of theirs, for a disk may be away."""
    for checkout in SHARED.glob("*/checkout"):
        if not checkout.exists():
            for purpose in DISPOSABLE:
                remove(checkout.parent / purpose)
            _forget_if_empty(checkout.parent)


def _forget_if_empty(folder: Path) -> None:
    if [path.name for path in folder.iterdir()] == ["checkout"]:
        (folder / "checkout").unlink()
        folder.rmdir()
