"""What webhooks do later: deliver, send again what came to rest, and forget."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.clock import utc_now
from backend.kit.db import see, transaction
from backend.kit.jobs import Errand, claimed, handles, later
from backend.network import queries as network
from backend.webhooks import delivering, service
from backend.webhooks.rules import WAITS

_ONE_DAY = 86_400


@handles("webhooks.deliver", waits=WAITS)
def deliver(db: Session, *, district: str, at: datetime, delivery: str) -> Errand | None:
    """Try a delivery."""
    return delivering.errand(db, UUID(delivery), district=district, at=at)


@handles("webhooks.send_again")
def send_again(
    db: Session,
    *,
    district: str,
    at: datetime,
    endpoint: str,
    since: str | None,
    until: str,
    after: str | None,
) -> None:
    """Send a batch again, and leave the rest to the next event."""
    last = service.send_batch_again(
        db,
        UUID(endpoint),
        district=district,
        at=at,
        since=datetime.fromisoformat(since) if since else None,
        until=datetime.fromisoformat(until),
        after=UUID(after) if after else None,
    )
    if last is not None:
        facts = {"endpoint": endpoint, "since": since, "until": until, "after": str(last)}
        later(db, "webhooks.send_again", facts, district=district, at=at)


def forget() -> int:
    """Delete what was delivered long ago; the clock calls it, and once a day it works."""
    at = utc_now()
    with transaction() as db:
        if not claimed(db, "forget_webhooks", every_seconds=_ONE_DAY, at=at):
            return 0
        see(db, *(district.code for district in network.districts(db)))
        return delivering.forget(db, at=at)
