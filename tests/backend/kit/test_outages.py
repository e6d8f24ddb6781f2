"""Every effect happens exactly once, though Valkey is emptied and stopped and workers are killed at work."""

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.jobs import OutboxEvent, later
from tests import outages
from tests.backend.kit import work
from tests.outages import Crew, OwnValkey, outage

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("emptied")]

BATCHES, AT_ONCE = 20, 8


@pytest.fixture
def crew(own_valkey: OwnValkey) -> Iterator[Crew]:
    with outages.crew(work.__name__) as hired:
        yield hired


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
    crew.work_until(lambda: undone() == 0)

    with transaction() as db:
        notes = select(OutboxEvent.payload["words"].astext).where(OutboxEvent.topic == "note")
        assert sorted(db.scalars(notes)) == expected
    assert undone() == 0
    assert crew.killed >= BATCHES // 5
