"""Identifiers: UUIDv7 (RFC 9562), made here because the oldest supported database cannot."""

from datetime import datetime
from os import urandom
from time import time_ns
from uuid import UUID

_VERSION, _VARIANT = 0x7 << 76, 0b10 << 62
_FREE = (1 << 80) - 1 - (0xF << 76) - (0b11 << 62)
"""Of the 80 bits behind the time, those that are random."""


def new_id(at: datetime | None = None) -> UUID:
    """Make an id that sorts by the time of its making, in milliseconds."""
    milliseconds = time_ns() // 1_000_000 if at is None else int(at.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | _VERSION | _VARIANT | int.from_bytes(urandom(10)) & _FREE)
