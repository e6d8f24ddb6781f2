"""What is told and how it is signed (Standard Webhooks), and how patiently. No database, no clock."""

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from uuid import UUID

from standardwebhooks import Webhook

from backend.kit import outgoing

VERSION = 1
"""Of the payloads: a field may come, none goes or changes its meaning."""

PING = "webhook.ping"

EVENTS: Mapping[str, frozenset[str]] = {
    "pickup.assigned": frozenset(
        {"pickup_id", "collector_id", "community", "window_start", "window_end", "materials"}
    ),
    "pickup.cancelled": frozenset({"pickup_id", "collector_id"}),
    "pickup.missed": frozenset({"pickup_id", "collector_id"}),
    "weighing.quoted": frozenset(
        {"weighing_id", "pickup_id", "collector_id", "revision", "answer_by", "lines"}
    ),
    "weighing.confirmed": frozenset(
        {"weighing_id", "pickup_id", "collector_id", "revision", "entry_id", "confirmed_by", "lines"}
    ),
    "weighing.returned": frozenset({"weighing_id", "pickup_id", "collector_id", "revision"}),
}
"""What an operator may hear of, and the facts of each: ids and amounts, and nothing of a person's."""

REASONS = (*outgoing.REASONS, "redirected", "refused")
"""Why a try counts as failed: nobody was reached, or what they answered."""
MOST_ENDPOINTS = 10
OVERLAP = timedelta(hours=24)
"""How long both secrets sign after a rotation."""
FAILING_FOR = timedelta(days=3)
"""After so long without one success an endpoint is paused."""
KEPT = timedelta(days=30)
MOST_TRIES_SHOWN = 20

_MINUTES = (0.1, 0.5, 2, 10, 30, 60, 120, 240, 360, 600)
WAITS: Sequence[timedelta] = tuple(timedelta(minutes=minutes) for minutes in _MINUTES)
"""Between the eleven tries of a delivery: a day, all in all."""


class State(StrEnum):
    """Whether an endpoint is sent to."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class Way(StrEnum):
    """How far a delivery has come."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    HELD = "held"


class Cause(StrEnum):
    """Why an endpoint is paused."""

    MANAGER = "manager"
    FAILING = "failing"
    GONE = "gone"


@dataclass(frozen=True)
class Endpoint:
    """An endpoint as its operator's managers see it."""

    id: UUID
    url: str
    description: str
    event_types: tuple[str, ...]
    state: str
    paused_at: datetime | None
    paused_because: str | None
    created_at: datetime


@dataclass(frozen=True)
class Opened:
    """An endpoint with its new secret, the only time that is seen."""

    endpoint: Endpoint
    secret: str = field(repr=False)
    old_secret_until: datetime | None = None


@dataclass(frozen=True)
class Try:
    """One attempt at a delivery."""

    response_status: int | None
    duration_ms: int
    reason: str | None
    """Why it counts as failed; nothing where it does not."""

    @property
    def is_gone(self) -> bool:
        """Tell whether the receiver says that it is no more."""
        return self.response_status == HTTPStatus.GONE


@dataclass(frozen=True)
class Parcel:
    """What is sent, and where to."""

    url: str = field(repr=False)
    body: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


def new_secret() -> str:
    """Make a secret as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def body_of(
    kind: str, data: Mapping[str, Any], *, district: str, operator: UUID, occurred_at: datetime
) -> str:
    """Write an event once; every try sends these same bytes."""
    missing = EVENTS.get(kind, frozenset()) ^ data.keys()
    assert not missing, f"{kind} has other facts: {sorted(missing)}"
    event = {
        "type": kind,
        "version": VERSION,
        "timestamp": occurred_at.isoformat(),
        "district": district,
        "operator_id": str(operator),
        "data": data,
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def sign(secrets_in_use: Sequence[str], *, id: UUID, body: str, at: datetime) -> dict[str, str]:
    """Return the headers of a try: its id is the delivery's, and each secret in use signs."""
    signatures = (Webhook(secret).sign(str(id), at, body) for secret in secrets_in_use)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Lvzhang-Webhooks/1",
        "webhook-id": str(id),
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def judge(status: int, duration_ms: int) -> Try:
    """Tell what an answer means: any 2xx is a yes, a redirect is not followed, all else is a no."""
    if 200 <= status < 300:
        return Try(status, duration_ms, None)
    return Try(status, duration_ms, "redirected" if 300 <= status < 400 else "refused")
