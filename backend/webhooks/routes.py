"""An operator's endpoints, and what was delivered to them."""

from typing import Any
from uuid import UUID

from backend.kit.api import Event, Room
from backend.kit.auth import refuses, requires
from backend.kit.etag import edits, expected, tagged
from backend.kit.http import actor, now, session
from backend.kit.idempotency import idempotent
from backend.kit.paging import CursorUnreadable, Page
from backend.kit.tables import also_as_table
from backend.webhooks import queries, service
from backend.webhooks.errors import (
    DeliveryNotFound,
    DeliveryOnItsWay,
    EndpointNotFound,
    EndpointPaused,
    TooManyEndpoints,
)
from backend.webhooks.examples import (
    DATA,
    DELIVERY,
    ENDPOINT,
    OPENED,
    PAUSED,
    PINGED,
    RENEWED,
    WAITING,
    WANTED,
)
from backend.webhooks.models import WebhookDelivery
from backend.webhooks.rules import VERSION, Endpoint, Opened
from backend.webhooks.schemas import (
    BODIES,
    DeliveriesIn,
    DeliveryOut,
    DeliveryPageOut,
    EndpointIn,
    EndpointOut,
    EndpointsOut,
    OpenedOut,
    RenewedOut,
    ReplayIn,
)
from backend.webhooks.tables import DELIVERIES, ENDPOINTS

blp = Room(
    "webhooks",
    __name__,
    url_prefix="/v1/webhooks",
    description="What an operator's own systems are told, signed as Standard Webhooks has it.",
)

_BODY = {
    "version": VERSION,
    "timestamp": "2026-11-16T02:12:00+00:00",
    "district": "330110",
    "operator_id": "0192f0c4-5a2c-7b11-9d03-7e8f1a2b3c4d",
}
EVENTS = [
    Event(kind, about, body, {"type": kind, **_BODY, "data": DATA[kind]})
    for kind, (body, about) in BODIES.items()
]
"""What an operator's systems receive."""


@blp.get("/endpoints")
@requires("webhook:manage")
@blp.response(200, EndpointsOut, example={"items": [ENDPOINT]})
@also_as_table(ENDPOINTS, EndpointsOut)
def list_endpoints() -> dict[str, Any]:
    """List the endpoints of your operator in this district."""
    return {"items": queries.endpoints(session(), by=actor())}


@blp.post("/endpoints")
@requires("webhook:manage")
@idempotent
@blp.arguments(EndpointIn, example=WANTED)
@blp.response(201, OpenedOut, example=OPENED)
@refuses(TooManyEndpoints)
def register(body: dict[str, Any]) -> dict[str, Any]:
    """Register an endpoint; the answer holds its secret, which is never shown again."""
    return _told(service.register(session(), by=actor(), at=now(), **body))


@blp.get("/endpoints/<uuid:endpoint_id>")
@requires("webhook:manage")
@blp.response(200, EndpointOut, example=ENDPOINT)
@refuses(EndpointNotFound)
@tagged
def show_endpoint(endpoint_id: UUID) -> Endpoint:
    """Show an endpoint."""
    return queries.endpoint(session(), endpoint_id, by=actor())


@blp.put("/endpoints/<uuid:endpoint_id>")
@requires("webhook:manage")
@edits
@blp.arguments(EndpointIn, example=WANTED)
@blp.response(200, EndpointOut, example=ENDPOINT)
@refuses(EndpointNotFound)
@tagged
def change_endpoint(body: dict[str, Any], endpoint_id: UUID) -> Endpoint:
    """Change where an endpoint is and what it hears of; what is on its way goes to the new address."""
    return service.change(session(), endpoint_id, by=actor(), at=now(), is_as_seen=expected(), **body)


@blp.delete("/endpoints/<uuid:endpoint_id>")
@requires("webhook:manage")
@blp.response(204)
@refuses(EndpointNotFound)
def remove_endpoint(endpoint_id: UUID) -> None:
    """Remove an endpoint; nothing more is sent there."""
    service.remove(session(), endpoint_id, by=actor(), at=now())


@blp.post("/endpoints/<uuid:endpoint_id>/secret")
@requires("webhook:manage")
@idempotent
@blp.response(200, RenewedOut, example=RENEWED)
@refuses(EndpointNotFound)
def renew_secret(endpoint_id: UUID) -> dict[str, Any]:
    """Make a new secret, shown this once; for 24 hours the old one signs besides."""
    return _told(service.renew_secret(session(), endpoint_id, by=actor(), at=now()))


@blp.post("/endpoints/<uuid:endpoint_id>/pause")
@requires("webhook:manage")
@blp.response(200, EndpointOut, example=PAUSED)
@refuses(EndpointNotFound)
def pause(endpoint_id: UUID) -> Endpoint:
    """Hold what happens until the endpoint is resumed."""
    return service.pause(session(), endpoint_id, by=actor(), at=now())


@blp.post("/endpoints/<uuid:endpoint_id>/resumption")
@requires("webhook:manage")
@blp.response(200, EndpointOut, example=ENDPOINT)
@refuses(EndpointNotFound)
def resume(endpoint_id: UUID) -> Endpoint:
    """Send again, and first what was held meanwhile."""
    return service.resume(session(), endpoint_id, by=actor(), at=now())


@blp.post("/endpoints/<uuid:endpoint_id>/ping")
@requires("webhook:manage")
@idempotent
@blp.response(202, DeliveryOut, example=PINGED)
@refuses(EndpointNotFound)
def ping(endpoint_id: UUID) -> WebhookDelivery:
    """Send a test event, once; the list of deliveries shows what came of it."""
    return service.ping(session(), endpoint_id, by=actor(), at=now())


@blp.get("/endpoints/<uuid:endpoint_id>/deliveries")
@requires("webhook:manage")
@blp.arguments(DeliveriesIn, location="query")
@blp.response(200, DeliveryPageOut, example={"items": [DELIVERY], "next_cursor": None})
@refuses(EndpointNotFound, CursorUnreadable)
@also_as_table(DELIVERIES, DeliveryPageOut)
def list_deliveries(args: dict[str, Any], endpoint_id: UUID) -> Page[WebhookDelivery]:
    """List what was sent to an endpoint or is to be, the newest first; kept for 30 days."""
    return queries.deliveries(session(), endpoint_id, by=actor(), **args)


@blp.post("/endpoints/<uuid:endpoint_id>/replay")
@requires("webhook:manage")
@idempotent
@blp.arguments(ReplayIn, example={"since": "2026-11-16T00:00:00+00:00"})
@blp.response(202)
@refuses(EndpointNotFound, EndpointPaused)
def replay_since(body: dict[str, Any], endpoint_id: UUID) -> None:
    """Send everything again that happened since a time, delivered or not, each under its own id."""
    service.replay_since(session(), endpoint_id, by=actor(), at=now(), **body)


@blp.post("/deliveries/<uuid:delivery_id>/replay")
@requires("webhook:manage")
@idempotent
@blp.response(202, DeliveryOut, example=WAITING)
@refuses(DeliveryNotFound, DeliveryOnItsWay, EndpointPaused)
def replay(delivery_id: UUID) -> WebhookDelivery:
    """Send one delivery again, under the same id."""
    return service.replay(session(), delivery_id, by=actor(), at=now())


def _told(opened: Opened) -> dict[str, Any]:
    """Lay the secret beside its endpoint."""
    return {
        **vars(opened.endpoint),
        "secret": opened.secret,
        "old_secret_until": opened.old_secret_until,
    }
