"""Where things are kept: the checkout, and a private folder for each set of servers."""

import fcntl
import hashlib
import json
import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from backend.local import processes
from backend.local.voice import Trouble

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
SHARED = Path("/var/lib/lvzhang")
"""Where root's servers live: they run as nobody, who must not be let into a private checkout."""


def is_root() -> bool:
    """Tell whether everything on this machine is ours to break."""
    return os.geteuid() == 0


def home(purpose: str) -> Path:
    """Return the folder that keeps the servers of one purpose ("run", "test") and what only they may know.

    For root it is a link out of the checkout, and lives and dies with that link.
    """
    LOCAL.mkdir(mode=0o700, exist_ok=True)
    here = LOCAL / purpose
    if not is_root():
        here.mkdir(mode=0o700, exist_ok=True)
        return here
    there = _outside(purpose)
    if not here.is_symlink():
        if here.exists():
            raise Trouble(
                f"{here} was made by another user: run as that user, or `make reset` as root first."
            )
        remove(there)
        passages(SHARED, there.parent, there)
        here.symlink_to(there)
    return there


def passages(*folders: Path) -> None:
    """Make folders of our own that root's servers may pass through, and not look into."""
    for folder in folders:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)


def uses() -> list[str]:
    """List what this checkout's servers have been used for."""
    return [lock.stem for lock in LOCAL.glob("*.lock")]


def forget_all() -> None:
    """Delete the servers of every purpose with all their data."""
    for here in LOCAL.iterdir():
        if here.is_symlink():
            remove(here.resolve())
            here.unlink()
        elif here.is_dir():
            remove(here)


def remove(folder: Path) -> None:
    """Delete a folder of servers, ending first whatever still works in it."""
    if folder.exists():
        processes.end(processes.working_below(folder))
        shutil.rmtree(folder)


def _outside(purpose: str) -> Path:
    return SHARED / hashlib.sha256(str(ROOT).encode()).hexdigest()[:16] / purpose


def remembered(folder: Path) -> dict[str, Any]:
    """Read what this folder's servers must remember: ports, passwords, keys."""
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


def give_to_servers(path: Path) -> None:
    """Let root's servers own this path; they run as nobody."""
    if is_root():
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


@contextmanager
def alone(name: str, *, shared: bool = False, wait: bool = True) -> Iterator[IO[str]]:
    """Hold a lock that the system takes back when we die, however we die.

    :raises BlockingIOError: somebody holds it and we shall not wait
    """
    LOCAL.mkdir(mode=0o700, exist_ok=True)
    with (LOCAL / f"{name}.lock").open("a+") as guard:
        fcntl.flock(guard, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        yield guard
