"""Every effect happens exactly once, though Valkey is emptied and stopped and workers are killed at work."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from threading import Event, Thread

import psutil
import pytest
import redis
from sqlalchemy import func, select

from backend.kit import jobs
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.jobs import OutboxEvent, later
from backend.local.places import ROOT
from tests.backend.kit import work
from tests.backend.kit.conftest import OwnValkey

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("emptied")]

WORKERS, BATCHES, AT_ONCE = 3, 20, 8


class Crew:
    """Workers that a supervisor starts again, whatever ends them."""

    def __init__(self) -> None:
        self._members = [self._hire() for _ in range(WORKERS)]
        self.killed = 0

    def _hire(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-m", work.__name__], cwd=ROOT)

    def look_after(self) -> None:
        """Replace who has ended."""
        self._members = [each if each.poll() is None else self._hire() for each in self._members]

    def kill_one(self) -> None:
        """Kill a worker and the process of its job, in the middle of whatever they do."""
        with suppress(psutil.NoSuchProcess):
            worker = psutil.Process(random.choice(self._members).pid)
            for each in (*worker.children(recursive=True), worker):
                each.kill()
            self.killed += 1

    def dismiss(self) -> None:
        """End them all."""
        for each in self._members:
            with suppress(psutil.NoSuchProcess):
                for process in (*psutil.Process(each.pid).children(recursive=True), psutil.Process(each.pid)):
                    process.kill()
            each.wait()


@pytest.fixture
def crew(own_valkey: OwnValkey) -> Iterator[Crew]:
    """Workers, and a clock that sweeps."""
    hired, over = Crew(), Event()
    clock = Thread(target=sweep_until, args=(over,))
    clock.start()
    yield hired
    over.set()
    clock.join()
    hired.dismiss()


def sweep_until(over: Event) -> None:
    while not over.wait(0.5):
        jobs.sweep()


def outage(nth: int, crew: Crew, own_valkey: OwnValkey) -> None:
    """Do something bad to the queue or to a worker."""
    match nth % 5:
        case 0:
            with suppress(redis.RedisError), redis.Redis.from_url(own_valkey.url) as client:
                client.flushall()
        case 2:
            own_valkey.stop()
        case 3:
            own_valkey.restart()
        case _:
            crew.kill_one()


def undone() -> int:
    with transaction() as db:
        pending = select(func.count()).where(OutboxEvent.done_at.is_(None), OutboxEvent.topic == "kit.brief")
        return db.scalar(pending) or 0


def test_every_effect_happens_exactly_once(crew: Crew, own_valkey: OwnValkey):
    expected = []
    for batch in range(BATCHES):
        with transaction() as db:
            for nth in range(AT_ONCE):
                expected.append(f"{batch:03}/{nth}")
                later(db, "kit.brief", {"words": expected[-1]}, district="330110", at=utc_now())
        outage(batch, crew, own_valkey)
        crew.look_after()
        time.sleep(0.5)
    deadline = time.monotonic() + 240
    while undone() and time.monotonic() < deadline:
        crew.look_after()
        time.sleep(0.5)

    with transaction() as db:
        notes = select(OutboxEvent.payload["words"].astext).where(OutboxEvent.topic == "note")
        assert sorted(db.scalars(notes)) == expected
    assert undone() == 0
    assert crew.killed >= BATCHES // 5
