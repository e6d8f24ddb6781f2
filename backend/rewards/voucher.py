"""A voucher as a code that only we can make, and as a picture that any till can scan.

`LV1.<district>.<redemption>.<signature>`, the last two in base32: capital letters, digits and full
stops are what a QR code packs tightest.
"""

import base64
from functools import lru_cache
from io import BytesIO
from uuid import UUID

import segno
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.kit.envelope import derive
from backend.rewards.errors import VoucherForged

_VERSION = "LV1"


@lru_cache
def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive("voucher"))


def _written(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")


def _read(text: str) -> bytes:
    """Read base32 in its one spelling; leftover bits would allow a second one."""
    raw = base64.b32decode(text + "=" * (-len(text) % 8))
    if _written(raw) != text:
        raise ValueError("not as we write it")
    return raw


def code_of(district: str, redemption: UUID) -> str:
    """Write and sign the code of a redemption's voucher."""
    signed = f"{_VERSION}.{district}.{_written(redemption.bytes)}"
    return f"{signed}.{_written(_key().sign(signed.encode()))}"


def read(code: str) -> tuple[str, UUID]:
    """Read which district and redemption a code names, once its signature fits.

    :raises VoucherForged: it does not
    """
    signed, _, signature = code.rpartition(".")
    try:
        _key().public_key().verify(_read(signature), signed.encode())
    except (InvalidSignature, ValueError):
        raise VoucherForged from None
    _, district, redemption = signed.split(".")
    return district, UUID(bytes=_read(redemption))


def picture(code: str) -> bytes:
    """Draw a code as a QR picture, an SVG on white."""
    svg = BytesIO()
    segno.make_qr(code, error="m").save(svg, kind="svg", scale=4, light="#fff")
    return svg.getvalue()
