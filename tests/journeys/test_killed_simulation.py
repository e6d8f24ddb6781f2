"""Workers are killed in the middle of a simulation: others go on where it was, and come to the same.

The first story's week is told over and over, until a simulation of it takes several pieces.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select

from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.jobs import OutboxEvent
from backend.local.roles import Database
from seeds.stories import yuhang_week
from tests import outages, small_pieces
from tests.journeys.conftest import Caller, City
from tests.outages import Crew

pytestmark = pytest.mark.long

COPIES = 2_000
WEEK = {"since": "2026-11-09T00:00:00+08:00", "until": "2026-11-16T00:00:00+08:00"}
DEARER = {
    "material": "glass",
    "market_fen_per_kg": "0",
    "subsidy_fen_per_kg": "12.5",
    "operator_fen_per_tonne": "20000",
}
_WEIGHINGS = """
insert into weighing
select copy.*
  from weighing w
 cross join generate_series(1, %(copies)s) n
 cross join lateral jsonb_populate_record(w, jsonb_build_object(
            'id', md5(w.id::text || n)::uuid, 'pickup', md5(w.pickup::text || n)::uuid,
            'household', md5(w.household::text || n)::uuid,
            'opened_at', w.opened_at + n * interval '1 ms',
            'ended_at', w.ended_at + n * interval '1 ms')) copy
 where w.state = 'confirmed'
"""
_STEPS = """
insert into quote_step
select copy.*
  from quote_step s
  join weighing w on w.district = s.district and w.id = s.weighing
 cross join generate_series(1, %(copies)s) n
 cross join lateral jsonb_populate_record(s, jsonb_build_object(
            'seq', s.seq * 1000000 + n, 'line', md5(s.line::text || n)::uuid,
            'weighing', md5(s.weighing::text || n)::uuid, 'at', s.at + n * interval '1 ms')) copy
 where w.state = 'confirmed'
"""
_WAITS = """
select exists (select from pg_locks where relation = 'quote_step'::regclass and not granted and pid <> %s)
"""


@pytest.fixture
def told(city: City, database: Database) -> City:
    """The story, so often that it is as long as a month of a district."""
    yuhang_week.play(say=lambda _: None)
    with psycopg.connect(database.admin_url) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute(_STEPS, {"copies": COPIES})
        admin.execute(_WEIGHINGS, {"copies": COPIES})
    return city


@pytest.fixture
def crew(told: City) -> Iterator[Crew]:
    with outages.crew(small_pieces.__name__) as hired:
        yield hired


def test_a_simulation_goes_on_where_its_worker_was_killed_and_comes_to_the_same(
    told: City, crew: Crew, database: Database
):
    admin = told.admin
    undisturbed = done(admin, asked(admin))

    this = asked(admin)
    until(lambda: shown(admin, this)["lines_done"])
    with nobody_reads_on(database):
        event = until(taken)
        crew.kill_all()
    killed = shown(admin, this)
    assert killed["state"] == "running"
    assert 0 < killed["lines_done"] < killed["lines"]
    assert taken() == event, "somebody was at it, and nobody will hear of that"

    crew.look_after()
    found = done(admin, this, since=killed["lines_done"])
    assert found["lines"] == found["lines_done"] == undisturbed["lines"]
    assert found["started_at"] == killed["started_at"], "it did not begin anew"
    assert found["summary"] == undisturbed["summary"]
    assert found["summary"]["unexplained"]["lines"] == 0
    for by in ("material", "community", "community_material", "day"):
        assert groups(admin, this, by) == groups(admin, undisturbed["id"], by)


def asked(admin: Caller) -> str:
    """Ask what a dearer subsidy for glass would have cost."""
    programme = admin.get("/v1/programmes")["items"][0]["id"]
    found = admin.post("/v1/simulations", {**WEEK, "changes": [{**DEARER, "programme": programme}]}, 202)
    return str(found["id"])


def shown(admin: Caller, simulation: str) -> Any:
    return admin.get(f"/v1/simulations/{simulation}")


def groups(admin: Caller, simulation: str, by: str) -> Any:
    return admin.get(f"/v1/simulations/{simulation}/groups?by={by}")["items"]


def done(admin: Caller, simulation: str, *, since: int = 0) -> Any:
    """Wait for its end; of what was written down nothing is ever done again."""

    def is_done() -> Any:
        found = shown(admin, simulation)
        assert found["state"] != "failed"
        assert found["lines_done"] >= since
        return found if found["state"] == "done" else None

    return until(is_done)


def taken() -> UUID | None:
    """Return the event of a piece that somebody is at, and that nobody else takes for a minute."""
    at_work = OutboxEvent.done_at.is_(None), OutboxEvent.due_at > utc_now()
    with transaction() as db:
        query = select(OutboxEvent.id).where(OutboxEvent.topic == "simulation.go_on", *at_work)
        return db.scalars(query).one_or_none()


@contextmanager
def nobody_reads_on(database: Database) -> Iterator[None]:
    """Stop whoever replays quotes, in the middle of that."""
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("lock table quote_step in access exclusive mode")
        until(lambda: owner.execute(_WAITS, (owner.info.backend_pid,)).fetchall() == [(True,)] or None)
        yield


def until(is_there: Callable[[], Any], *, seconds: float = 240) -> Any:
    """Wait until there is something."""
    deadline = time.monotonic() + seconds
    while not (found := is_there()):
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.05)
    return found
