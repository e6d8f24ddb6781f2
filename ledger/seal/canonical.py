"""Canonical bytes: one meaning, one spelling, for fingerprints and leaves alike.

A value is a tag, the length of what follows in four bytes, and that many bytes::

    n  nothing       -                            u  UUID        its 16 bytes
    f  false         -                            b  bytes       as they are
    t  true          -                            m  moment      microseconds since 1970 UTC, in decimal
    i  integer       in decimal, no leading zero  l  list        its values, one after the other
    s  text          UTF-8                        d  dictionary  key, value, ...; keys in order of their UTF-8

Lengths go first, so no text can be mistaken for a separator, and integers are decimal text, so none is too
large. The first byte of a whole is the version of this format.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID

Value: TypeAlias = "str | int | bool | bytes | UUID | datetime | Sequence[Value] | dict[str, Value] | None"

VERSION = b"\x01"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def canonical(value: Value) -> bytes:
    """Spell a value in bytes.

    :raises TypeError: the value is, or holds, something that has no canonical spelling, such as a float
    """
    return VERSION + _spell(value)


def digest(value: Value) -> bytes:
    """Hash a value's canonical bytes with SHA-256."""
    return sha256(canonical(value)).digest()


def _spell(value: Value) -> bytes:
    tag, content = _tagged(value)
    return tag + len(content).to_bytes(4, "big") + content


def _tagged(value: Value) -> tuple[bytes, bytes]:  # noqa: PLR0911 - one line for each kind of value
    match value:
        case str():
            return b"s", value.encode()
        case None:
            return b"n", b""
        case bool():
            return b"t" if value else b"f", b""
        case int():
            return b"i", b"%d" % value
        case UUID():
            return b"u", value.bytes
        case datetime():
            return b"m", b"%d" % ((value - _EPOCH) // _MICROSECOND)
        case list() | tuple():
            return b"l", b"".join(map(_spell, value))
        case dict():
            return b"d", b"".join(
                _spell(part) for key in sorted(value, key=str.encode) for part in (key, value[key])
            )
        case bytes():
            return b"b", value
    raise TypeError(f"{type(value).__name__} has no canonical bytes")
