"""Personal data at rest: AES-256-GCM with a key per owner, wrapped by the master key.

Destroying an owner's key makes all that was sealed with it unreadable. What is sealed is bound to
its place, so a value copied to another row or column does not open. The header of a wrapped key names
the master key that wraps it, so several stand side by side while keys are wrapped anew; whatever is
derived, such as the blind index, hangs on a root that never changes (ADR 7).
"""

import base64
import hmac
import secrets
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend.settings import settings

_UNNAMED, _NAMED = b"\x01", b"\x02"
_NONCE_BYTES = 12
_NAME_BYTES = 4
_KEY_BYTES = 32
_HEADER_BYTES = 1 + _NAME_BYTES


class MasterKeyMissing(Exception):
    """A key is wrapped by a master key that the settings do not hold."""


def derive(purpose: str) -> bytes:
    """Derive a 32-byte key of its own for one purpose from the root; it survives a new master key."""
    return _derived(_root(), purpose)


@lru_cache
def _derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=purpose.encode()).derive(secret)


def _root() -> bytes:
    """Return what everything derived hangs on: the root key, or in development the master key itself."""
    wrapped = settings().root_key
    return (
        settings().master_key_bytes
        if wrapped is None
        else _unwrap(base64.b64decode(wrapped.get_secret_value()))
    )


def root_key() -> str:
    """Write the root wrapped by the current master key, as the settings take it."""
    return base64.b64encode(wrap(_root())).decode()


def root_is_current() -> bool:
    """Tell whether the root can be opened without an old master key."""
    wrapped = settings().root_key
    return wrapped is None or base64.b64decode(wrapped.get_secret_value()).startswith(current_header())


def _name_of(master: bytes) -> bytes:
    """Return the name of a master key, which tells nothing of it."""
    return _derived(master, "name")[:_NAME_BYTES]


def current_header() -> bytes:
    """Return how every key begins that the current master key wraps."""
    return _NAMED + _name_of(settings().master_key_bytes)


def _encrypt(key: bytes, plain: bytes, place: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def _decrypt(key: bytes, sealed: bytes, place: str) -> bytes:
    nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    return AESGCM(key).decrypt(nonce, body, place.encode())


def wrap(key: bytes) -> bytes:
    """Wrap a key with the current master key; the header is sealed in."""
    header = current_header()
    return header + _encrypt(_derived(settings().master_key_bytes, "wrap"), key, f"key/{header.hex()}")


def new_key() -> bytes:
    """Make a key for a new owner, already wrapped."""
    return wrap(secrets.token_bytes(_KEY_BYTES))


@lru_cache(maxsize=4096)
def _unwrap(wrapped: bytes) -> bytes:
    header, body = wrapped[:_HEADER_BYTES], wrapped[_HEADER_BYTES:]
    for master in settings().master_keys:
        if header == _NAMED + _name_of(master):
            return _decrypt(_derived(master, "wrap"), body, f"key/{header.hex()}")
        if header[:1] == _UNNAMED:
            try:
                return _decrypt(_derived(master, "wrap"), wrapped[1:], "key")
            except InvalidTag:
                continue
    raise MasterKeyMissing


def secret(wrapped: bytes) -> bytes:
    """Return what `new_key` has made, for what signs with it rather than seals.

    :raises MasterKeyMissing: the master key that wraps it is not among ours
    """
    return _unwrap(wrapped)


def rewrap(wrapped: bytes) -> bytes:
    """Wrap a key anew with the current master key; what it seals stays as it is.

    :raises MasterKeyMissing: the master key that wraps it now is not among ours
    """
    return wrap(_unwrap(wrapped))


def seal(wrapped: bytes, plain: str, *, place: str) -> bytes:
    """Encrypt a text for its owner.

    :param wrapped: the owner's key as stored
    :param place: table, column and row, such as `person.phone/018f…`; needed again to open it
    """
    return _UNNAMED + _encrypt(_unwrap(wrapped), plain.encode(), place)


def unseal(wrapped: bytes, sealed: bytes, *, place: str) -> str:
    """Decrypt what `seal` made.

    :raises cryptography.exceptions.InvalidTag: another key, another place, or changed bytes
    """
    return _decrypt(_unwrap(wrapped), sealed[1:], place).decode()


def mac(purpose: str, *parts: str) -> bytes:
    """Return HMAC-SHA-256 over length-prefixed parts with the key of one purpose."""
    message = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)
    return hmac.new(derive(purpose), message, sha256).digest()


def blind_index(value: str) -> bytes:
    """Return what a personal value is looked up by, without storing it."""
    return mac("blind-index", value)


def six_digits(purpose: str, *parts: str) -> str:
    """Derive a code that a person can read out; it need not be stored."""
    return digits(6, purpose, *parts)


def digits(count: int, purpose: str, *parts: str) -> str:
    """Derive a code of so many digits."""
    return f"{int.from_bytes(mac(purpose, *parts)[:8]) % 10**count:0{count}d}"
