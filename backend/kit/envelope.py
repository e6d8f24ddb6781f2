"""Personal data at rest: AES-256-GCM with a key per owner, wrapped by the master key.

Destroying an owner's key makes all that was sealed with it unreadable. What is sealed is bound to
its place, so a value copied to another row or column does not open.
"""

import hmac
import secrets
from functools import lru_cache
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend.settings import settings

_VERSION = b"\x01"
_NONCE_BYTES = 12


@lru_cache
def derive(purpose: str) -> bytes:
    """Derive a 32-byte key of its own for one purpose from the master key."""
    return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(settings().master_key_bytes)


def _encrypt(key: bytes, plain: bytes, place: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def _decrypt(key: bytes, sealed: bytes, place: str) -> bytes:
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    return AESGCM(key).decrypt(nonce, body, place.encode())


def new_key() -> bytes:
    """Make a key for a new owner, already wrapped."""
    return _encrypt(derive("wrap"), secrets.token_bytes(32), "key")


@lru_cache(maxsize=4096)
def _unwrap(wrapped: bytes) -> bytes:
    return _decrypt(derive("wrap"), wrapped, "key")


def seal(wrapped: bytes, plain: str, *, place: str) -> bytes:
    """Encrypt a text for its owner.

    :param wrapped: the owner's key as stored
    :param place: table, column and row, such as `person.phone/018f…`; needed again to open it
    """
    return _encrypt(_unwrap(wrapped), plain.encode(), place)


def unseal(wrapped: bytes, sealed: bytes, *, place: str) -> str:
    """Decrypt what `seal` made.

    :raises cryptography.exceptions.InvalidTag: another key, another place, or changed bytes
    """
    return _decrypt(_unwrap(wrapped), sealed, place).decode()


def mac(purpose: str, *parts: str) -> bytes:
    """Return HMAC-SHA-256 over length-prefixed parts with the key of one purpose."""
    message = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)
    return hmac.new(derive(purpose), message, sha256).digest()


def blind_index(value: str) -> bytes:
    """Return what a personal value is looked up by, without storing it."""
    return mac("blind-index", value)


def six_digits(purpose: str, *parts: str) -> str:
    """Derive a code that a person can read out; it need not be stored."""
    return f"{int.from_bytes(mac(purpose, *parts)[:8]) % 1_000_000:06d}"
