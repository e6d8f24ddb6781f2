"""The questions that are asked of webhooks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.kit.auth import Actor
from backend.kit.paging import Page, cut, key_of
from backend.kit.written import Written
from backend.webhooks.errors import DeliveryNotFound, EndpointNotFound
from backend.webhooks.models import WebhookDelivery, WebhookEndpoint
from backend.webhooks.rules import Endpoint, State, Way

_LISTENING = Written(
    """
    select id from webhook_endpoint
     where district = %(district)s and operator = %(operator)s and state <> 'ended' and event_types ? %(kind)s
     order by id
    """
)


def _of(district: str, operator: UUID) -> Select[WebhookEndpoint]:
    return select(WebhookEndpoint).where(
        WebhookEndpoint.district == district,
        WebhookEndpoint.operator == operator,
        WebhookEndpoint.state != State.ENDED,
    )


def endpoints(db: Session, *, by: Actor) -> list[Endpoint]:
    """List the endpoints of the manager's operator in this district, the oldest first."""
    rows = db.scalars(_of(by.district, by.organisation_id()).order_by(WebhookEndpoint.id))
    return [row.shown() for row in rows]


def endpoint(db: Session, endpoint_id: UUID, *, by: Actor) -> Endpoint:
    """Show an endpoint.

    :raises EndpointNotFound: it is not of the manager's operator in this district
    """
    query = _of(by.district, by.organisation_id()).where(WebhookEndpoint.id == endpoint_id)
    if (row := db.scalars(query).one_or_none()) is None:
        raise EndpointNotFound
    return row.shown()


def endpoint_locked(db: Session, endpoint_id: UUID, *, by: Actor) -> WebhookEndpoint:
    """Find an endpoint and keep others from changing it; what is delivered to it waits for nobody.

    :raises EndpointNotFound: it is not of the manager's operator in this district
    """
    query = _of(by.district, by.organisation_id()).where(WebhookEndpoint.id == endpoint_id)
    if (row := db.scalars(query.with_for_update(key_share=True)).one_or_none()) is None:
        raise EndpointNotFound
    return row


def all_locked(db: Session, *, by: Actor) -> Sequence[WebhookEndpoint]:
    """List an operator's endpoints and keep others from changing them."""
    return db.scalars(_of(by.district, by.organisation_id()).with_for_update(key_share=True)).all()


def listening(db: Session, district: str, *, operator: UUID, kind: str) -> list[UUID]:
    """Find the endpoints that want to hear of something, the paused ones too."""
    return _LISTENING.column(db, district=district, operator=operator, kind=kind)


def of_delivery(db: Session, delivery: WebhookDelivery) -> WebhookEndpoint:
    """Find where a delivery goes, and keep others from changing it."""
    key = (delivery.district, delivery.endpoint)
    return db.get_one(WebhookEndpoint, key, with_for_update={"key_share": True})


def delivery_locked(db: Session, district: str, delivery_id: UUID) -> WebhookDelivery | None:
    """Find a delivery and keep others from changing it; old ones are forgotten."""
    return db.get(WebhookDelivery, (district, delivery_id), with_for_update=True)


def own_delivery_locked(db: Session, delivery_id: UUID, *, by: Actor) -> WebhookDelivery:
    """Find a delivery of the manager's operator and keep others from changing it.

    :raises DeliveryNotFound: there is none
    """
    query = (
        select(WebhookDelivery)
        .where(WebhookDelivery.district == by.district, WebhookDelivery.id == delivery_id)
        .where(WebhookDelivery.endpoint.in_(_ids(by)))
        .with_for_update()
    )
    if (row := db.scalars(query).one_or_none()) is None:
        raise DeliveryNotFound
    return row


def _ids(by: Actor) -> Select[UUID]:
    return _of(by.district, by.organisation_id()).with_only_columns(WebhookEndpoint.id)


def deliveries(
    db: Session, endpoint_id: UUID, *, by: Actor, state: str | None, cursor: str | None, limit: int
) -> Page[WebhookDelivery]:
    """List what was delivered to an endpoint, or is to be, the newest first.

    :raises EndpointNotFound: it is not of the manager's operator in this district
    """
    endpoint(db, endpoint_id, by=by)
    query = _to(by.district, endpoint_id)
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    if (before := key_of(cursor, UUID)) is not None:
        query = query.where(WebhookDelivery.id < before[0])
    rows = db.scalars(query.order_by(WebhookDelivery.id.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: (row.id,))


def to_send_again(
    db: Session,
    district: str,
    endpoint_id: UUID,
    *,
    since: datetime | None,
    until: datetime,
    after: UUID | None,
    limit: int,
) -> Sequence[WebhookDelivery]:
    """Lock some deliveries that came to rest, in the order of their events.

    :param since: from this moment on whatever became of them; without it only those that were held
    """
    query = _to(district, endpoint_id).where(WebhookDelivery.occurred_at <= until)
    if since is None:
        query = query.where(WebhookDelivery.state == Way.HELD)
    else:
        query = query.where(WebhookDelivery.state != Way.WAITING, WebhookDelivery.occurred_at >= since)
    if after is not None:
        query = query.where(WebhookDelivery.id > after)
    return db.scalars(query.order_by(WebhookDelivery.id).limit(limit).with_for_update()).all()


def _to(district: str, endpoint_id: UUID) -> Select[WebhookDelivery]:
    return select(WebhookDelivery).where(
        WebhookDelivery.district == district, WebhookDelivery.endpoint == endpoint_id
    )
