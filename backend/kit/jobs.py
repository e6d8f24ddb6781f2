"""What may happen later. The outbox row is the truth, written with the work it follows; Redis only wakes.

A row is due at a time: at once (a notice), or at a deadline (silence). The sweep finds what is due
and not done, so whatever Redis forgets is found again, and a handler runs in the one transaction
that marks its row done: its effect happens exactly once.

What leaves the house, a text message or a webhook, is an errand. It is run with no transaction open, so
that nobody's slowness keeps a lock, and it happens at least once: whoever is killed between sending and
writing it down sends it again, under the same key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import Index, delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.kit.clock import utc_now
from backend.kit.db import Base, InCity, after_commit, see, transaction
from backend.kit.ids import new_id
from backend.settings import settings

log = structlog.get_logger()

QUEUE = "lvzhang"
GIVE_UP_AFTER = 12
_WAITS = tuple(timedelta(seconds=2**tries) for tries in range(1, GIVE_UP_AFTER))
"""How long a failed event rests before its next try; after the last of them it is given up."""
_ERRAND_TAKES = timedelta(minutes=1)
"""Longer than any errand may take: whoever has not come back by then was killed on the way."""
SWEEP_SECONDS = 5
_ONE_DAY = 86_400
_KEPT = timedelta(days=30)
_MOST_WAITING = 1000
"""The sweep adds nothing to a queue as long as this: what it found before is still in there."""


def _nothing(*_: Any) -> None:
    """Write nothing down."""


@dataclass(frozen=True)
class Errand:
    """What leaves the house: `go` with no transaction open, then one of the others in a transaction."""

    go: Callable[[], Any]
    """Raises if it did not leave."""
    done: Callable[[Session, Any, datetime], None] = _nothing
    """Told what `go` came back with, in the transaction that marks the event done."""
    failed: Callable[[Session, Exception, datetime], None] = _nothing
    """Told why it failed, in the transaction that puts the event off."""
    given_up: Callable[[Session, datetime], None] = _nothing
    """Told after the last failure, in the same transaction."""


Handler = Callable[..., Errand | None]
_handlers: dict[str, Handler] = {}
_waits: dict[str, Sequence[timedelta]] = {}


class OutboxEvent(InCity, Base):
    """Something that must happen, not before it is due. City register; it names its district."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "due_at", postgresql_where="done_at is null and dead_at is null"),
        Index("ix_outbox_dead", "district", "id", postgresql_where="dead_at is not null"),
    )

    topic: Mapped[str]
    district: Mapped[str | None]
    payload: Mapped[dict[str, Any]]
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]


class ClockRun(Base):
    """The claim of one run of the clock; a second clock finds it taken. City register."""

    __tablename__ = "clock_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True)


def handles(topic: str, *, waits: Sequence[timedelta] = _WAITS) -> Callable[[Handler], Handler]:
    """Register what happens for a topic: `handler(db, *, district, at, **payload)`, safe to run twice.

    :param waits: how long the event rests after each failure
    """

    def register(handler: Handler) -> Handler:
        _handlers[topic], _waits[topic] = handler, waits
        return handler

    return register


def later(
    db: Session,
    topic: str,
    payload: dict[str, Any],
    *,
    district: str | None,
    at: datetime,
    due_at: datetime | None = None,
) -> UUID:
    """Write down what must happen, now or when it is due; wake a worker once this is committed.

    :param payload: small JSON without personal data
    """
    event = new_id(at)
    db.execute(
        insert(OutboxEvent).values(
            id=event,
            topic=topic,
            district=district,
            payload=payload,
            created_at=at,
            due_at=due_at or at,
            attempts=0,
        )
    )
    if due_at is None or due_at <= at:
        after_commit(db, partial(wake, [event]))
    return event


@lru_cache
def _queue_at(url: str) -> Queue:
    redis = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=2)
    return Queue(QUEUE, connection=redis, serializer=JSONSerializer)


def queue() -> Queue:
    """Return the one queue that a worker listens to."""
    return _queue_at(settings().redis_url)


def wake(events: list[UUID]) -> None:
    """Tell a worker; if Redis is away, the sweep will find the rows."""
    try:
        for event in events:
            queue().enqueue(run, str(event), result_ttl=0, failure_ttl=86_400)
    except RedisError as error:
        log.warning("redis_away", error=type(error).__name__)


def run(event_id: str) -> None:
    """Do one event, if it is still to be done and nobody else is at it."""
    event, errand = UUID(event_id), None
    try:
        with transaction() as db:
            errand = _do(db, event, utc_now())
        if errand is not None:
            _carry(event, errand)
    except Exception as error:
        # That the world outside does not answer is no fault of ours, and needs no trace of our calls.
        log.warning(
            "event_failed",
            event_id=event_id,
            error=type(error).__name__,
            exc_info=not isinstance(error, OSError),
        )
        with transaction() as db:
            _failed(db, event, error, utc_now(), errand)


def _do(db: Session, event: UUID, at: datetime) -> Errand | None:
    row = db.scalars(
        select(OutboxEvent)
        .where(OutboxEvent.id == event, OutboxEvent.done_at.is_(None), OutboxEvent.dead_at.is_(None))
        .where(OutboxEvent.due_at <= at)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    if row.district is not None:
        see(db, row.district)
    row.done_at = at
    db.flush()
    errand = _handlers[row.topic](db, district=row.district, at=at, **row.payload)
    if errand is not None:
        row.done_at, row.due_at = None, at + _ERRAND_TAKES
    return errand


def _carry(event: UUID, errand: Errand) -> None:
    """Run an errand, and write down that it is done."""
    came = errand.go()
    at = utc_now()
    with transaction() as db:
        row = _pending(db, event)
        if row is not None:
            row.done_at = at
            errand.done(db, came, at)


def _pending(db: Session, event: UUID) -> OutboxEvent | None:
    """Lock an event that nobody has done meanwhile, and see what it sees."""
    row = db.get(OutboxEvent, event, with_for_update=True)
    if row is None or row.done_at is not None:
        return None
    if row.district is not None:
        see(db, row.district)
    return row


def _failed(db: Session, event: UUID, error: Exception, at: datetime, errand: Errand | None) -> None:
    """Try again later, each time later still, and give up where only a person can help."""
    row = _pending(db, event)
    if row is None:
        return
    row.attempts += 1
    row.last_error = type(error).__name__
    waits = _waits.get(row.topic, _WAITS)
    if errand is not None:
        errand.failed(db, error, at)
    if row.attempts <= len(waits):
        row.due_at = at + waits[row.attempts - 1]
        return
    row.dead_at = at
    log.error("event_given_up", event_id=str(event), topic=row.topic, last_error=row.last_error)
    if errand is not None:
        errand.given_up(db, at)


def retry(db: Session, event: UUID, *, district: str, at: datetime) -> OutboxEvent | None:
    """Have an event of a district that was given up tried again; None where there is none."""
    row = db.get(OutboxEvent, event, with_for_update=True)
    if row is None or row.district != district or row.dead_at is None:
        return None
    row.dead_at, row.attempts, row.due_at = None, 0, at
    after_commit(db, partial(wake, [event]))
    return row


def forget() -> int:
    """Delete what was done long ago; the clock calls it, and once a day it works. Dead letters stay."""
    at = utc_now()
    with transaction() as db:
        if not claimed(db, "forget_events", every_seconds=_ONE_DAY, at=at):
            return 0
        gone = delete(OutboxEvent).where(OutboxEvent.done_at < at - _KEPT)
        return len(db.scalars(gone.returning(OutboxEvent.id)).all())


def claimed(db: Session, name: str, *, every_seconds: int, at: datetime) -> bool:
    """Claim a run of the clock, once in so many seconds; of several clocks one gets it."""
    slot = int(at.timestamp()) // every_seconds
    claim = upsert(ClockRun).values(name=name, slot=slot).on_conflict_do_nothing().returning(ClockRun.slot)
    if db.execute(claim).first() is None:
        return False
    db.execute(delete(ClockRun).where(ClockRun.name == name, ClockRun.slot < slot - 100))
    return True


def _room() -> int:
    """Return how many more events the queue takes: none while Redis is away."""
    try:
        return max(0, _MOST_WAITING - int(queue().count))
    except RedisError as error:
        log.warning("redis_away", error=type(error).__name__)
        return 0


def sweep() -> int:
    """Wake whatever is due; the clock calls it every few seconds, and one clock at a time gets through."""
    at = utc_now()
    with transaction() as db:
        if not claimed(db, "sweep", every_seconds=SWEEP_SECONDS, at=at):
            return 0
        due = db.scalars(
            select(OutboxEvent.id)
            .where(OutboxEvent.done_at.is_(None), OutboxEvent.dead_at.is_(None), OutboxEvent.due_at <= at)
            .order_by(OutboxEvent.due_at)
            .limit(_room())
        ).all()
        after_commit(db, partial(wake, list(due)))
    return len(due)
