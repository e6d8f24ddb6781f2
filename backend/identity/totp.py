"""The second factor: time-based codes (RFC 6238) and the codes for who lost their phone. Pure; no clock."""

import hmac
import io
import secrets
from datetime import datetime
from uuid import UUID

import pyotp
import segno

from backend.kit.envelope import mac

STEP_SECONDS = 30
WINDOW = 1
"""A phone's clock may be a step early or late."""
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What nobody takes for another when it is read from paper."""


def new_secret() -> str:
    """Make 160 random bits, in base32 as an authenticator takes them."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, *, after: int, at: datetime) -> int | None:
    """Find the time step that a code belongs to, if it is near and later than the last that was used.

    :param after: the last step that was used; a code is good once
    """
    now, clock = int(at.timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    for step in range(now - WINDOW, now + WINDOW + 1):
        if step > after and hmac.compare_digest(clock.generate_otp(step).encode(), code.encode()):
            return step
    return None


def code_at(secret: str, at: datetime) -> str:
    """Return what an authenticator shows at a moment."""
    return pyotp.TOTP(secret).generate_otp(int(at.timestamp()) // STEP_SECONDS)


def address_of(secret: str, *, login: str) -> str:
    """Write the `otpauth:` address that an authenticator reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Lvzhang")


def qr_of(address: str) -> str:
    """Draw an address as a QR code, in SVG."""
    drawn = io.BytesIO()
    segno.make_qr(address, error="m").save(drawn, kind="svg", scale=4, xmldecl=False, nl=False)
    return drawn.getvalue().decode()


def new_recovery_codes() -> tuple[str, ...]:
    """Make ten codes of 49 random bits, each good once."""
    return tuple(f"{_word()}-{_word()}" for _ in range(RECOVERY_CODES))


def _word() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(5))


def kept_of(recovery_code: str, *, person: UUID) -> bytes:
    """Return what is kept of a recovery code, however it was typed."""
    letters = "".join(letter for letter in recovery_code.casefold() if letter.isalnum())
    return mac("recovery-code", str(person), letters)
