"""Secrets of staff: how strong, how often guessed at, and from where."""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal
from uuid import UUID

from backend.identity.rules.residents import HOUR
from backend.kit.envelope import mac

FREE_FAILURES = 5
FREE_FAILURES_OF_STRANGERS = 50
LONGEST_DELAY = HOUR
GUESSES_COUNT_FOR = timedelta(days=1)
PASSWORD_MIN = 12
PHONE_CODE_LIVES = timedelta(hours=24)
SecretKind = Literal["password", "pin"]


@dataclass(frozen=True)
class Source:
    """Where a guess comes from, as it is counted, and how many are free."""

    key: bytes
    free: int


def delay_after(failures: int, free: int = FREE_FAILURES) -> timedelta:
    """Tell how long a source rests after so many wrong secrets in a row: a minute, then twice as long."""
    if failures < free:
        return timedelta(0)
    return min(timedelta(minutes=1 << min(failures - free, 10)), LONGEST_DELAY)


def sources_of(what: str, *, device: UUID | None, address: str) -> tuple[Source, ...]:
    """Tell against what a guess counts: a known device for itself, a stranger's address and all strangers.

    Who knows a login can therefore make strangers wait, and never its owner on a device of theirs.

    :param what: what is guessed at, the secret or the second factor
    """
    if device is not None:
        return (Source(mac("guess", what, "device", str(device)), FREE_FAILURES),)
    return (
        Source(mac("guess", what, "address", address), FREE_FAILURES),
        Source(mac("guess", what, "strangers"), FREE_FAILURES_OF_STRANGERS),
    )


def device_token(device: UUID, *, credential: UUID, kept: str) -> str:
    """Write what a device is known by for as long as the secret stays the same."""
    mark = mac("known-device", str(device), str(credential), kept)[:26]  # 42 bytes in all need no padding
    return base64.urlsafe_b64encode(device.bytes + mark).decode()


def device_of(token: str | None, *, credential: UUID, kept: str) -> UUID | None:
    """Read which known device a token stands for."""
    try:
        device = UUID(bytes=base64.urlsafe_b64decode((token or "").encode())[:16])
    except ValueError:
        return None
    known = device_token(device, credential=credential, kept=kept)
    return device if hmac.compare_digest(known.encode(), (token or "").encode()) else None


def phone_token(district: str, phone: UUID) -> str:
    """Write what a phone that is bound to an operator shows at each sign-in."""
    mark = mac("bound-phone", district, str(phone))[:26]  # 42 bytes in all need no padding
    return f"{district}-{base64.urlsafe_b64encode(phone.bytes + mark).decode()}"


def phone_of(token: str) -> tuple[str, UUID] | None:
    """Read in which district a token stands for which phone, if it is one of ours."""
    district, _, rest = token.partition("-")
    try:
        phone = UUID(bytes=base64.urlsafe_b64decode(rest.encode())[:16])
    except ValueError:
        return None
    known = phone_token(district, phone)
    return (district, phone) if hmac.compare_digest(known.encode(), token.encode()) else None


def is_strong(kind: SecretKind, secret: str) -> bool:
    """Tell whether a secret is long enough to be kept as one."""
    return (
        len(secret) >= PASSWORD_MIN if kind == "password" else re.fullmatch(r"[0-9]{6}", secret) is not None
    )


def is_common(kind: SecretKind, secret: str, *, login: str) -> bool:
    """Tell whether a secret is among the first that anybody would try."""
    if kind == "pin":
        steps = {int(right) - int(left) for left, right in pairwise(secret)}
        return len(set(secret)) < 3 or steps in ({1}, {-1}) or secret[:3] == secret[3:]
    plain = secret.casefold()
    return plain in _leaked() or len(set(plain)) < 5 or (len(login) >= 4 and login.casefold() in plain)


@lru_cache
def _leaked() -> frozenset[str]:
    lines = Path(__file__).with_name("common_secrets.txt").read_text().splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
