"""A folder that must not forget: its files are written in one step, and by one process at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def keep(file: Path, content: str) -> None:
    """Write a file for its owner: after a crash it is there whole, or as it was before."""
    draft = file.with_name(f"{file.name}.draft")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
    ) as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
    with _opened(file.parent) as folder:
        os.fsync(folder)


@contextmanager
def alone(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a folder; the system takes it back when we die, however we die.

    :raises BlockingIOError: somebody holds it and we shall not wait
    """
    with _opened(folder) as held:
        fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
