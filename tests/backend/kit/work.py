"""Handlers that fail, wait or write, and a worker that knows them. What they write are notes."""

import sys
import time
from datetime import datetime

from sqlalchemy.orm import Session

from backend import worker
from backend.kit.jobs import handles, later
from tests.backend.kit.planted import FAR


@handles("kit.write")
def write(db: Session, *, district: str | None, at: datetime, words: str) -> None:
    """Write a note."""
    later(db, "note", {"words": words}, district=district, at=at, due_at=FAR)


@handles("kit.broken")
def fail(db: Session, *, district: str | None, at: datetime, words: str) -> None:
    """Write a note, then break."""
    write(db, district=district, at=at, words=words)
    raise RuntimeError(words)


@handles("kit.slow")
def write_slowly(db: Session, *, district: str | None, at: datetime, words: str) -> None:
    """Write a note in a second; the worker is told to stop meanwhile."""
    time.sleep(1)
    write(db, district=district, at=at, words=words)


@handles("kit.brief")
def write_and_rest(db: Session, *, district: str | None, at: datetime, words: str) -> None:
    """Write a note, then take a moment in which a worker may be killed."""
    write(db, district=district, at=at, words=words)
    time.sleep(0.2)


if __name__ == "__main__":
    worker.main(burst="burst" in sys.argv)
