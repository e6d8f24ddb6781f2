"""A simulation as a worker does it: each piece an event of the outbox, given up after four tries."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from backend.kit import jobs as kit
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.jobs import OutboxEvent
from backend.simulation import jobs, queries, service
from backend.simulation.rules import Simulation
from tests.backend.simulation.test_replay import ADMIN
from tests.makers import YUHANG

assert jobs.go_on.__name__ == "go_on", "it has registered its handler"


@pytest.fixture
def asked(database, valkey) -> UUID:
    at = utc_now()
    with transaction(districts=[YUHANG]) as db:
        return service.ask(db, by=ADMIN, at=at, since=at - timedelta(days=30), until=at).id


def pending() -> UUID:
    with transaction() as db:
        return db.scalars(select(OutboxEvent.id).where(OutboxEvent.done_at.is_(None))).one()


def as_it_is(simulation: UUID) -> Simulation:
    with transaction(districts=[YUHANG], read_only=True) as db:
        return queries.simulation(db, YUHANG, simulation)


def test_an_event_that_is_run_twice_does_it_once(asked):
    event = pending()
    kit.run(str(event))
    kit.run(str(event))

    found = as_it_is(asked)
    assert (found.state, found.percent, found.ends_by(utc_now())) == ("done", 100, None)
    assert found.started_at is not None
    assert found.ended_at is not None
    assert found.requested_at <= found.started_at <= found.ended_at


def test_what_fails_again_and_again_has_failed(asked, monkeypatch):
    def break_down(*_, **__):
        raise RuntimeError("a defect")

    monkeypatch.setattr(service, "replay", break_down)
    event = pending()
    for _ in range(4):
        assert as_it_is(asked).state == "queued"
        with transaction() as db:
            db.execute(update(OutboxEvent).values(due_at=utc_now()))
        kit.run(str(event))
    assert as_it_is(asked).state == "failed"
