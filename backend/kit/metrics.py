"""What Prometheus reads: what was answered and how fast, and what waits.

Requests are counted where they are answered. With `PROMETHEUS_MULTIPROC_DIR` the workers of one server
add up through files in that folder. What waits is asked of the database and the queue at the moment of
reading, so it is right whoever answers.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.kit.jobs import queue
from backend.settings import settings

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

if _FOLDER in os.environ:
    Path(os.environ[_FOLDER]).mkdir(mode=0o700, parents=True, exist_ok=True)
_answered = Counter("lv_requests", "Requests answered.", ["method", "route", "status"])
_seconds = Histogram("lv_request_seconds", "How long an answer took.", ["method", "route"], buckets=_SECONDS)

_WAITING = text(
    "select count(*) filter (where dead_at is null and due_at <= :at) as due,"
    " extract(epoch from :at - min(due_at) filter (where dead_at is null and due_at <= :at)) as lag,"
    " count(*) filter (where dead_at is not null) as dead"
    " from outbox where done_at is null"
)
_CONNECTIONS = text(
    "select coalesce(state, 'unknown') as state, count(*) as number from pg_stat_activity"
    " where datname = current_database() and usename = current_user group by 1"
)


def count(*, method: str, route: str, status: int, seconds: float) -> None:
    """Count an answer."""
    _answered.labels(method, route, status).inc()
    _seconds.labels(method, route).observe(seconds)


class Waiting(Collector):
    """What waits at this moment."""

    def __init__(self, db: Session, at: datetime) -> None:
        self._db, self._at = db, at

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Ask the database and the queue."""
        waiting = self._db.execute(_WAITING, {"at": self._at}).one()
        yield _gauge("lv_outbox_due", "Events that are due and not done.", waiting.due)
        yield _gauge("lv_outbox_lag_seconds", "How late the latest of them is.", waiting.lag or 0)
        yield _gauge("lv_outbox_dead", "Events that were given up; staff may retry them.", waiting.dead)
        connections = GaugeMetricFamily("lv_connections", "Our connections by state.", labels=["state"])
        for row in self._db.execute(_CONNECTIONS):
            connections.add_metric([row.state], row.number)
        yield connections
        yield _gauge("lv_pool_size", "Connections that one worker may hold.", settings().database_pool)
        yield from _queue()


def _queue() -> Iterator[GaugeMetricFamily]:
    try:
        depth = int(queue().count)
    except RedisError:
        yield _gauge("lv_queue_up", "Whether the queue answers.", 0)
        return
    yield _gauge("lv_queue_up", "Whether the queue answers.", 1)
    yield _gauge("lv_queue_depth", "Jobs that no worker has begun.", depth)


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=float(value))


def told(db: Session, at: datetime) -> bytes:
    """Write everything down as Prometheus reads it."""
    waiting = CollectorRegistry()
    waiting.register(Waiting(db, at))
    return generate_latest(waiting) + generate_latest(_counted())


def _counted() -> CollectorRegistry:
    """Return what was counted by all workers, or by this one where they share no folder."""
    if _FOLDER not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # the library leaves it untyped
    return together
