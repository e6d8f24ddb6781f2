"""The verbs of webhooks: what an operator's managers may do, and how other rooms announce an event."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.envelope import new_key
from backend.kit.ids import new_id
from backend.kit.jobs import later, retry
from backend.webhooks import queries
from backend.webhooks.errors import DeliveryOnItsWay, EndpointPaused, TooManyEndpoints
from backend.webhooks.models import WebhookDelivery, WebhookEndpoint
from backend.webhooks.rules import (
    MOST_ENDPOINTS,
    OVERLAP,
    PING,
    Cause,
    Endpoint,
    Opened,
    State,
    Way,
    body_of,
    new_secret,
)

_AT_ONCE = 200


def announce(
    db: Session, kind: str, data: Mapping[str, Any], *, operator: UUID, district: str, at: datetime
) -> None:
    """Tell an operator's endpoints what happened, in the transaction in which it does.

    :param data: small JSON without personal data; ids as text, times in ISO 8601
    """
    listening = queries.listening(db, district, operator=operator, kind=kind)
    if not listening:
        return
    body = body_of(kind, data, district=district, operator=operator, occurred_at=at)
    for endpoint in listening:
        _dispatch(db, kind, body, endpoint=endpoint, district=district, at=at)


def _dispatch(
    db: Session, kind: str, body: str, *, endpoint: UUID, district: str, at: datetime
) -> WebhookDelivery:
    delivery = new_id(at)
    row = WebhookDelivery(
        district=district,
        id=delivery,
        endpoint=endpoint,
        type=kind,
        body=body,
        occurred_at=at,
        state=Way.WAITING,
        event=_post(db, delivery, district=district, at=at),
        tries=0,
        history=[],
    )
    db.add(row)
    return row


def _post(db: Session, delivery: UUID, *, district: str, at: datetime) -> UUID:
    return later(db, "webhooks.deliver", {"delivery": str(delivery)}, district=district, at=at)


def register(
    db: Session, *, by: Actor, at: datetime, url: str, event_types: Sequence[str], description: str
) -> Opened:
    """Tell an address of what happens from now on; its secret is shown this once.

    :raises TooManyEndpoints: the operator has enough of them
    """
    if len(queries.all_locked(db, by=by)) >= MOST_ENDPOINTS:
        raise TooManyEndpoints(most=MOST_ENDPOINTS)
    secret = new_secret()
    row = WebhookEndpoint(
        district=by.district,
        id=new_id(at),
        operator=by.organisation_id(),
        url=url,
        description=description,
        event_types=sorted(event_types),
        state=State.ACTIVE,
        vault_key=new_key(),
        created_at=at,
    )
    row.renew_secret(secret)
    db.add(row)
    _note(db, "webhook.registered", row, by=by, at=at, after=_facts(row))
    return Opened(row.shown(), secret)


def change(
    db: Session,
    endpoint_id: UUID,
    *,
    by: Actor,
    at: datetime,
    is_as_seen: Callable[[Endpoint], None],
    url: str,
    event_types: Sequence[str],
    description: str,
) -> Endpoint:
    """Send elsewhere, or of other things, from now on; what waits goes to the new address.

    :param is_as_seen: refuses a state that the manager has not seen
    :raises EndpointNotFound: it is not the operator's
    """
    row = queries.endpoint_locked(db, endpoint_id, by=by)
    is_as_seen(row.shown())
    before = _facts(row)
    row.url, row.event_types, row.description = url, sorted(event_types), description
    row.failing_since = None
    _note(db, "webhook.changed", row, by=by, at=at, before=before, after=_facts(row))
    return row.shown()


def renew_secret(db: Session, endpoint_id: UUID, *, by: Actor, at: datetime) -> Opened:
    """Make a new secret; for a day the old one signs too, and the one before it no more.

    :raises EndpointNotFound: it is not the operator's
    """
    row = queries.endpoint_locked(db, endpoint_id, by=by)
    row.old_secret_sealed, row.old_secret_until = row.secret_sealed, at + OVERLAP
    secret = new_secret()
    row.renew_secret(secret)
    facts = {"old_secret_until": row.old_secret_until.isoformat()}
    _note(db, "webhook.secret_renewed", row, by=by, at=at, after=facts)
    return Opened(row.shown(), secret, row.old_secret_until)


def pause(db: Session, endpoint_id: UUID, *, by: Actor, at: datetime) -> Endpoint:
    """Hold what happens until the endpoint is resumed; safe to say again.

    :raises EndpointNotFound: it is not the operator's
    """
    row = queries.endpoint_locked(db, endpoint_id, by=by)
    before = _facts(row)
    if row.state == State.ACTIVE:
        row.pause(Cause.MANAGER, at=at)
    _note(db, "webhook.paused", row, by=by, at=at, before=before, after=_facts(row))
    return row.shown()


def resume(db: Session, endpoint_id: UUID, *, by: Actor, at: datetime) -> Endpoint:
    """Send again, and first what was held; safe to say again.

    :raises EndpointNotFound: it is not the operator's
    """
    row = queries.endpoint_locked(db, endpoint_id, by=by)
    before = _facts(row)
    if row.state == State.PAUSED:
        row.wake()
        send_again_later(db, row.id, district=by.district, at=at)
    _note(db, "webhook.resumed", row, by=by, at=at, before=before, after=_facts(row))
    return row.shown()


def remove(db: Session, endpoint_id: UUID, *, by: Actor, at: datetime) -> None:
    """Send nothing more, and forget the secrets.

    :raises EndpointNotFound: it is not the operator's
    """
    row = queries.endpoint_locked(db, endpoint_id, by=by)
    before = _facts(row)
    row.end()
    _note(db, "webhook.removed", row, by=by, at=at, before=before)


def ping(db: Session, endpoint_id: UUID, *, by: Actor, at: datetime) -> WebhookDelivery:
    """Send a test event, once; a paused endpoint gets it too.

    :raises EndpointNotFound: it is not the operator's
    """
    row = queries.endpoint_locked(db, endpoint_id, by=by)
    body = body_of(PING, {}, district=by.district, operator=row.operator, occurred_at=at)
    delivery = _dispatch(db, PING, body, endpoint=row.id, district=by.district, at=at)
    _note(db, "webhook.tested", row, by=by, at=at, after={"delivery": str(delivery.id)})
    return delivery


def replay(db: Session, delivery_id: UUID, *, by: Actor, at: datetime) -> WebhookDelivery:
    """Send what came to rest once more, under the same id.

    :raises DeliveryNotFound: it is not the operator's
    :raises DeliveryOnItsWay: it is still being tried
    :raises EndpointPaused: nothing is sent there now
    """
    delivery = queries.own_delivery_locked(db, delivery_id, by=by)
    if delivery.state == Way.WAITING:
        raise DeliveryOnItsWay
    row = queries.of_delivery(db, delivery)
    if row.state != State.ACTIVE:
        raise EndpointPaused
    before = {"delivery": str(delivery.id), "state": delivery.state}
    send_again(db, delivery, at=at)
    after = {**before, "state": delivery.state}
    _note(db, "webhook.replayed", row, by=by, at=at, before=before, after=after)
    return delivery


def replay_since(db: Session, endpoint_id: UUID, *, by: Actor, at: datetime, since: datetime) -> None:
    """Send everything once more that happened since then and came to rest, batch by batch.

    :raises EndpointNotFound: it is not the operator's
    :raises EndpointPaused: nothing is sent there now
    """
    row = queries.endpoint_locked(db, endpoint_id, by=by)
    if row.state != State.ACTIVE:
        raise EndpointPaused
    send_again_later(db, row.id, district=by.district, at=at, since=since)
    _note(db, "webhook.replayed", row, by=by, at=at, after={"since": since.isoformat()})


def send_again_later(
    db: Session, endpoint: UUID, *, district: str, at: datetime, since: datetime | None = None
) -> None:
    """Have a worker send again what came to rest; without a time, what was held."""
    facts = {"endpoint": str(endpoint), "since": since and since.isoformat(), "until": at.isoformat()}
    later(db, "webhooks.send_again", {**facts, "after": None}, district=district, at=at)


def send_batch_again(
    db: Session,
    endpoint: UUID,
    *,
    district: str,
    at: datetime,
    since: datetime | None,
    until: datetime,
    after: UUID | None,
) -> UUID | None:
    """Send some deliveries again; return the last of them where there may be more."""
    row = db.get_one(WebhookEndpoint, (district, endpoint))
    if row.state != State.ACTIVE:
        return None
    batch = queries.to_send_again(
        db, district, endpoint, since=since, until=until, after=after, limit=_AT_ONCE
    )
    for delivery in batch:
        send_again(db, delivery, at=at)
    return batch[-1].id if len(batch) == _AT_ONCE else None


def send_again(db: Session, delivery: WebhookDelivery, *, at: datetime) -> None:
    """Put a delivery on its way once more; what staff saw as given up is so no longer."""
    delivery.state = Way.WAITING
    if retry(db, delivery.event, district=delivery.district, at=at) is None:
        delivery.event = _post(db, delivery.id, district=delivery.district, at=at)


def _facts(row: WebhookEndpoint) -> trail.Facts:
    """Say how an endpoint stands; of its address the host, as the rest may be a secret."""
    return {
        "host": urlsplit(row.url).hostname,
        "event_types": list(row.event_types),
        "state": row.state,
    }


def _note(
    db: Session,
    kind: str,
    row: WebhookEndpoint,
    *,
    by: Actor,
    at: datetime,
    before: trail.Facts | None = None,
    after: trail.Facts | None = None,
) -> None:
    trail.note(db, kind, f"webhook/{row.id}", by=by, before=before, after=after, at=at)
