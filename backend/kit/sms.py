"""How a text message leaves the house: at least once.

It is an errand of the outbox. A worker that is killed between handing it over and writing that down hands it
over again, with the same `Idempotency-Key`: a gateway that heeds it sends one message, and a code or a notice
that arrives twice does no harm.
"""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol
from urllib.request import Request, urlopen

import structlog

from backend.settings import settings

log = structlog.get_logger()

_PATIENCE_SECONDS = 10


class Transport(Protocol):
    """Something that carries text messages."""

    def send(self, phone: str, text: str, *, key: str) -> None:
        """Carry a message to a number in E.164; raise if it did not leave.

        :param key: the same whenever it is the same message
        """


class Console:
    """Writes messages to the log, where a developer reads them. Production refuses to start with it."""

    def send(self, phone: str, text: str, *, key: str) -> None:
        """Write the message down."""
        log.info("text_message", to=phone, text=text)


@dataclass(frozen=True)
class Gateway:
    """Posts messages as JSON to an operator's gateway over HTTPS."""

    url: str
    token: str = field(repr=False)

    def send(self, phone: str, text: str, *, key: str) -> None:
        """Hand the message over.

        :raises OSError: the gateway is away, or refuses
        """
        request = Request(  # noqa: S310  # the settings take https only
            self.url,
            data=json.dumps({"to": phone, "text": text}).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            },
            method="POST",
        )
        urlopen(request, timeout=_PATIENCE_SECONDS).close()  # noqa: S310  # nosec B310


@lru_cache
def transport() -> Transport:
    """Return the transport that the settings choose."""
    chosen = settings()
    if chosen.sms_transport == "console":
        return Console()
    assert chosen.sms_gateway_url is not None
    assert chosen.sms_gateway_token is not None
    return Gateway(chosen.sms_gateway_url, chosen.sms_gateway_token.get_secret_value())
