"""The tokens of a session, and how long they live."""

import base64
import hmac
from datetime import timedelta
from uuid import UUID

from backend.kit.envelope import mac

ACCESS_LIVES = timedelta(minutes=15)
REFRESH_LIVES = timedelta(days=30)
REFRESH_GRACE = timedelta(seconds=30)
"""An answer lost on the way may be asked for again, until the token it held is first used."""
STEP_LIVES = timedelta(minutes=15)
"""A sign-in that is not finished by then begins anew."""


def refresh_token(family: UUID, nonce: bytes) -> str:
    """Write a refresh token: its family, 256 random bits, and our mark.

    With the mark, any token that was ever issued is recognised when it comes back, and one that
    somebody made up ends nobody's session.
    """
    body = family.bytes + nonce
    return base64.urlsafe_b64encode(body + _mark(body)).decode()


def family_of(token: str) -> UUID | None:
    """Read which family a refresh token belongs to, if it is one of ours."""
    try:
        raw = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
    except ValueError:
        return None
    body, mark = raw[:48], raw[48:]
    return UUID(bytes=body[:16]) if hmac.compare_digest(mark, _mark(body)) else None


def _mark(body: bytes) -> bytes:
    return mac("refresh-token", body.hex())[:15]  # 63 bytes in all need no padding
