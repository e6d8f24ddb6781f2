"""A code that a person types and that opens something once: where it leads, and 80 random bits."""

import base64
import re
import secrets

from backend.kit.envelope import mac

_TICKET = re.compile(r"([0-9]{6})-[A-Z2-7]{16}")


def draw(district: str) -> str:
    """Make a code that leads into a district."""
    return f"{district}-{base64.b32encode(secrets.token_bytes(10)).decode()}"


def district_of(ticket: str) -> str | None:
    """Read where a code leads."""
    found = _TICKET.fullmatch(ticket)
    return found[1] if found else None


def kept(what: str, ticket: str) -> bytes:
    """Return what is kept of a code, by which it is found again.

    :param what: what it opens, so that it opens nothing else
    """
    return mac(what, ticket)
