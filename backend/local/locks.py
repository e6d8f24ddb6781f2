"""Locks that end with their holder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from backend.local.places import LOCAL


@contextmanager
def alone(name: str, *, shared: bool = False, wait: bool = True) -> Iterator[None]:
    """Hold a lock that the system takes back when we die, however we die.

    :raises BlockingIOError: somebody holds it and we shall not wait
    """
    LOCAL.mkdir(mode=0o700, exist_ok=True)
    with (LOCAL / f"{name}.lock").open("a+") as guard:
        fcntl.flock(guard, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        yield


def names() -> list[str]:
    """List the locks that this checkout has ever used."""
    return [lock.stem for lock in LOCAL.glob("*.lock")]
