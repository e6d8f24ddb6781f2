"""One delivery, try by try: what is sent, what came of it, and when an endpoint is left alone."""

from datetime import datetime
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, exists, update
from sqlalchemy.orm import Session

from backend.identity import queries as identity
from backend.kit import outgoing
from backend.kit.jobs import Errand
from backend.notices import service as notices
from backend.webhooks import queries
from backend.webhooks.models import WebhookDelivery, WebhookEndpoint
from backend.webhooks.rules import (
    FAILING_FOR,
    KEPT,
    MOST_TRIES_SHOWN,
    PING,
    Cause,
    Parcel,
    State,
    Try,
    Way,
    judge,
    sign,
)


class NotTaken(OSError):
    """The receiver did not take a delivery."""

    def __init__(self, tried: Try) -> None:
        super().__init__(tried.reason)
        self.tried = tried


def errand(db: Session, delivery_id: UUID, *, district: str, at: datetime) -> Errand | None:
    """Prepare the next try of a delivery, or leave it where its endpoint is paused or gone."""
    delivery = queries.delivery_locked(db, district, delivery_id)
    if delivery is None or delivery.state not in (Way.WAITING, Way.FAILED):
        return None
    endpoint = queries.of_delivery(db, delivery)
    if endpoint.state == State.ENDED:
        delivery.state = Way.FAILED
        return None
    is_test = delivery.type == PING
    if endpoint.state == State.PAUSED and not is_test:
        delivery.state = Way.HELD
        return None
    delivery.state = Way.WAITING
    headers = sign(endpoint.secrets(at), id=delivery.id, body=delivery.body, at=at)
    parcel = Parcel(endpoint.url, delivery.body, headers)
    if is_test:
        return Errand(partial(attempt, parcel), done=partial(_tested, district, delivery_id))
    return Errand(
        partial(carry, parcel),
        done=partial(_taken, district, delivery_id),
        failed=partial(_not_taken, district, delivery_id),
        given_up=partial(_given_up, district, delivery_id),
    )


def attempt(parcel: Parcel) -> Try:
    """Send a parcel once."""
    try:
        answer = outgoing.post(parcel.url, parcel.body.encode(), parcel.headers)
    except outgoing.Unreached as error:
        return Try(None, error.duration_ms, error.reason)
    return judge(answer.status, answer.duration_ms)


def carry(parcel: Parcel) -> Try:
    """Send a parcel.

    :raises NotTaken: it must be tried again
    """
    tried = attempt(parcel)
    if tried.reason is not None:
        raise NotTaken(tried)
    return tried


def _tested(district: str, delivery_id: UUID, db: Session, tried: Try, at: datetime) -> None:
    """Note what came of a test; it is tried once and says nothing of the endpoint's health."""
    if delivery := queries.delivery_locked(db, district, delivery_id):
        _note(delivery, tried, at=at)
        delivery.state = Way.FAILED if tried.reason else Way.DELIVERED


def _taken(district: str, delivery_id: UUID, db: Session, tried: Try, at: datetime) -> None:
    if delivery := queries.delivery_locked(db, district, delivery_id):
        _note(delivery, tried, at=at)
        delivery.state = Way.DELIVERED
        db.execute(
            update(WebhookEndpoint)
            .where(WebhookEndpoint.district == district, WebhookEndpoint.id == delivery.endpoint)
            .where(WebhookEndpoint.failing_since.is_not(None))
            .values(failing_since=None)
        )


def _not_taken(district: str, delivery_id: UUID, db: Session, error: Exception, at: datetime) -> None:
    delivery = queries.delivery_locked(db, district, delivery_id)
    if delivery is None or not isinstance(error, NotTaken):
        return
    _note(delivery, error.tried, at=at)
    endpoint = queries.of_delivery(db, delivery)
    endpoint.failing_since = endpoint.failing_since or at
    if endpoint.state != State.ACTIVE:
        return
    if error.tried.is_gone:
        _leave_alone(db, endpoint, Cause.GONE, at=at)
    elif at - endpoint.failing_since >= FAILING_FOR:
        _leave_alone(db, endpoint, Cause.FAILING, at=at)


def _given_up(district: str, delivery_id: UUID, db: Session, at: datetime) -> None:
    if delivery := queries.delivery_locked(db, district, delivery_id):
        delivery.state = Way.FAILED


def _note(delivery: WebhookDelivery, tried: Try, *, at: datetime) -> None:
    """Write a try down; of what the receiver said only the status is kept."""
    said = {
        "at": at.isoformat(),
        "response_status": tried.response_status,
        "duration_ms": tried.duration_ms,
        "reason": tried.reason,
    }
    delivery.tries += 1
    delivery.history = [*delivery.history, said][-MOST_TRIES_SHOWN:]


def _leave_alone(db: Session, endpoint: WebhookEndpoint, cause: Cause, *, at: datetime) -> None:
    """Pause an endpoint that does not answer, and tell the managers of its operator."""
    endpoint.pause(cause, at=at)
    facts = {"endpoint": str(endpoint.id), "host": urlsplit(endpoint.url).hostname or ""}
    for manager in identity.managers(db, endpoint.district, operator=endpoint.operator):
        notices.tell(db, manager, f"webhook.{cause}", facts, district=endpoint.district, at=at)


def forget(db: Session, *, at: datetime) -> int:
    """Delete what came to rest long ago in the districts in sight, and then endpoints that have ended."""
    gone = db.scalars(
        delete(WebhookDelivery)
        .where(WebhookDelivery.occurred_at < at - KEPT, WebhookDelivery.state != Way.WAITING)
        .returning(WebhookDelivery.id)
    ).all()
    left = exists().where(
        WebhookDelivery.district == WebhookEndpoint.district, WebhookDelivery.endpoint == WebhookEndpoint.id
    )
    db.execute(delete(WebhookEndpoint).where(WebhookEndpoint.state == State.ENDED, ~left))
    return len(gone)
