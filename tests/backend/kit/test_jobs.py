"""What is late happens once: with the real queue, real workers, and without either."""

import json
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from redis import Redis
from rq.registry import StartedJobRegistry
from sqlalchemy import select, update
from structlog.testing import capture_logs

from backend.kit import jobs
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.jobs import OutboxEvent, later
from backend.local.places import ROOT
from backend.settings import settings
from tests.backend.kit import work
from tests.backend.kit.planted import FAR, SECRET
from tests.conftest import NOWHERE

pytestmark = pytest.mark.usefixtures("emptied", "valkey")

WORKER = [sys.executable, "-m", work.__name__]


def an_event(words: str, topic: str = "kit.write", *, due_at: datetime | None = None) -> UUID:
    with transaction() as db:
        return later(db, topic, {"words": words}, district="330110", at=utc_now(), due_at=due_at)


def row(event: UUID) -> OutboxEvent:
    with transaction() as db:
        found = db.get_one(OutboxEvent, event)
        db.expunge(found)
    return found


def change(event: UUID, **values: object) -> None:
    with transaction() as db:
        db.execute(update(OutboxEvent).where(OutboxEvent.id == event).values(**values))


def written() -> list[str]:
    with transaction() as db:
        notes = select(OutboxEvent.payload["words"].astext).where(OutboxEvent.topic == "note")
        return sorted(db.scalars(notes))


def work_off(workers: int = 1) -> None:
    crew = [subprocess.Popen([*WORKER, "burst"], cwd=ROOT) for _ in range(workers)]
    assert [each.wait(60) for each in crew] == [0] * workers


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let so many seconds go by; what a test writes at first is due by then."""
    clock = {"now": utc_now() + timedelta(seconds=1)}
    monkeypatch.setattr(jobs, "utc_now", lambda: clock["now"])

    def go_by(seconds: float) -> None:
        clock["now"] += timedelta(seconds=seconds)

    return go_by


def test_an_event_runs_once_however_many_workers_are_woken():
    event = an_event("a")
    for _ in range(20):
        jobs.wake([event])
    assert jobs.queue().count == 21

    work_off(workers=3)

    assert written() == ["a"]
    assert row(event).done_at is not None
    assert jobs.queue().count == 0


def test_an_event_runs_once_even_at_the_same_moment():
    event = an_event("a", "kit.slow")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(jobs.run, [str(event)] * 4))

    assert written() == ["a"]


def test_what_redis_is_told_is_json_and_holds_no_payload():
    event = an_event("nothing personal")
    (job,) = jobs.queue().jobs
    function, _, arguments, _ = json.loads(zlib.decompress(job.to_dict()["data"]))

    assert (function, arguments) == ("backend.kit.jobs.run", [str(event)])


def test_a_handler_that_breaks_leaves_neither_its_work_nor_its_mark():
    event = an_event(SECRET, "kit.broken")
    with capture_logs():
        jobs.run(str(event))

    assert written() == []
    found = row(event)
    assert (found.done_at, found.attempts, found.last_error) == (None, 1, "RuntimeError")


def test_a_handler_that_breaks_is_tried_again_ever_later_and_then_given_up():
    event = an_event("a", "kit.broken")
    waits = []
    with capture_logs() as logged:
        for _ in range(jobs.GIVE_UP_AFTER - 1):
            change(event, due_at=utc_now() - timedelta(minutes=1))
            jobs.run(str(event))
            waits.append(round((row(event).due_at - utc_now()).total_seconds()))
        change(event, due_at=utc_now() - timedelta(minutes=1))
        jobs.run(str(event))

    assert waits == pytest.approx([2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048], abs=1)
    assert row(event).attempts == jobs.GIVE_UP_AFTER
    assert row(event).dead_at is not None
    assert [line["event"] for line in logged].count("event_given_up") == 1


def test_what_broke_is_done_when_it_works_again():
    event = an_event("a", "kit.broken")
    with capture_logs():
        jobs.run(str(event))
    change(event, topic="kit.write", due_at=utc_now())
    jobs.run(str(event))

    assert written() == ["a"]


def test_a_topic_that_nobody_knows_is_tried_again_like_any_failure():
    event = an_event("a", "kit.unheard_of")
    with capture_logs():
        jobs.run(str(event))

    assert (row(event).attempts, row(event).last_error) == (1, "KeyError")


def test_what_redis_forgot_is_found_by_the_sweep(valkey: str):
    event = an_event("a")
    with Redis.from_url(valkey) as redis:
        redis.flushdb()

    assert jobs.sweep() == 1
    work_off()

    assert written() == ["a"]
    assert row(event).done_at is not None


def test_with_redis_away_the_work_is_done_and_its_event_follows_later(
    valkey: str, monkeypatch: pytest.MonkeyPatch, pass_time: Callable[[float], None]
):
    monkeypatch.setenv("REDIS_URL", f"redis://{NOWHERE}")
    settings.cache_clear()
    with capture_logs() as logged:
        an_event("a")
        assert jobs.sweep() == 0
    assert [line["event"] for line in logged] == ["redis_away"] * 2

    monkeypatch.setenv("REDIS_URL", valkey)
    settings.cache_clear()
    pass_time(jobs.SWEEP_SECONDS)
    assert jobs.sweep() == 1
    work_off()
    assert written() == ["a"]


def test_what_is_not_due_is_left_alone(pass_time: Callable[[float], None]):
    event = an_event("a", due_at=utc_now() + timedelta(hours=1))

    assert jobs.queue().count == 0
    assert jobs.sweep() == 0
    jobs.run(str(event))
    assert written() == []

    pass_time(3601)
    assert jobs.sweep() == 1
    jobs.run(str(event))
    assert written() == ["a"]


def test_what_is_done_or_given_up_is_not_woken_again():
    done, dead = an_event("done"), an_event("dead")
    change(done, done_at=utc_now())
    change(dead, dead_at=utc_now())

    assert jobs.sweep() == 0
    for event in (done, dead):
        jobs.run(str(event))
    assert written() == []


@pytest.mark.usefixtures("pass_time")
def test_of_two_clocks_one_gets_through():
    for number in range(3):
        an_event(str(number))
    with ThreadPoolExecutor(4) as clocks:
        woken = list(clocks.map(lambda _: jobs.sweep(), range(4)))

    assert sorted(woken) == [0, 0, 0, 3]


def test_a_clock_comes_again_in_the_next_slot(pass_time: Callable[[float], None]):
    an_event("a")

    assert (jobs.sweep(), jobs.sweep()) == (1, 0)
    pass_time(jobs.SWEEP_SECONDS)
    assert jobs.sweep() == 1


def test_the_sweep_does_not_flood_a_queue_that_nobody_empties(
    monkeypatch: pytest.MonkeyPatch, pass_time: Callable[[float], None]
):
    monkeypatch.setattr(jobs, "_MOST_WAITING", 3)
    for number in range(5):
        an_event(str(number), due_at=utc_now() + timedelta(seconds=1))
    pass_time(10)

    assert jobs.sweep() == 3
    pass_time(10)
    assert jobs.sweep() == 0
    assert jobs.queue().count == 3


def test_an_event_sees_its_own_district_and_no_other():
    seen: list[str] = []

    @jobs.handles("kit.look")
    def look(db, *, district, at):
        seen.append(db.connection().exec_driver_sql("select current_setting('lv.districts')").scalar_one())

    with transaction() as db:
        event = later(db, "kit.look", {}, district="330106", at=utc_now())
    jobs.run(str(event))

    assert seen == ["330106"]


def test_a_worker_that_is_told_to_stop_finishes_what_it_has_begun():
    worker = subprocess.Popen(WORKER, cwd=ROOT)
    event, after = an_event("begun", "kit.slow"), an_event("after")
    started = StartedJobRegistry(queue=jobs.queue())
    deadline = time.monotonic() + 30
    while not started.count and time.monotonic() < deadline:
        time.sleep(0.02)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(20) == 0
    assert written() == ["begun"]
    assert row(event).done_at is not None
    assert row(after).done_at is None


def test_an_event_goes_as_its_transaction_goes():
    def write_and_break() -> None:
        with transaction() as db:
            later(db, "kit.write", {"words": "a"}, district=None, at=utc_now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_break()

    assert jobs.queue().count == 0
    assert jobs.sweep() == 0


def test_two_nights_are_never_claimed_as_one(pass_time: Callable[[float], None]):
    with transaction() as db:
        claims = [
            jobs.claimed(db, "nightly", every_seconds=86_400, at=FAR + timedelta(hours=hours))
            for hours in (0, 1, 23, 24, 24)
        ]

    assert claims == [True, False, False, True, False]
