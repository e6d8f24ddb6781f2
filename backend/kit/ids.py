"""Identifiers: UUIDv7 (RFC 9562), made here because the oldest supported database cannot."""

import secrets
from datetime import UTC, datetime
from uuid import UUID


def new_id(at: datetime | None = None) -> UUID:
    """Make an id that sorts by the time of its making, in milliseconds."""
    moment = at or datetime.now(UTC)
    milliseconds = int(moment.timestamp() * 1000)
    head = milliseconds << 16 | 0x7000 | secrets.randbits(12)
    tail = 1 << 63 | secrets.randbits(62)
    return UUID(int=head << 64 | tail)
