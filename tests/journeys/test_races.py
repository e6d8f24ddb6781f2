"""Many at once: one weighing is posted once, however many agree to it in the same moment."""

from functools import partial
from uuid import UUID

import psycopg

from backend.accounts import queries as accounts
from backend.identity import queries as identity
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.errors import Problem
from backend.weighing import service
from tests.crowd import PROCESSES, Crowd, wait_until_all_wait
from tests.journeys.conftest import quoted

CROWD = 200
YUHANG = "330110"


def agree(token: str, weighing: UUID) -> str:
    """Agree once, in a transaction of its own."""
    with transaction() as db:
        by = identity.authenticate(db, token, utc_now())
        try:
            service.confirm(db, weighing, by=by, at=utc_now())
        except Problem as refusal:
            return refusal.code
    return "confirmed"


def test_two_hundred_agree_at_once_and_it_is_posted_once(city, database, monkeypatch, record_property):
    monkeypatch.setenv("LV_DATABASE_POOL", str(CROWD // PROCESSES))
    bag = quoted(city, city.zhang())

    # While this row is held, whoever agrees queues up behind it.
    with psycopg.connect(database.admin_url) as gate:
        gate.execute("select from weighing where id = %s for update", (bag.weighing,))
        crowd = Crowd(partial(agree, bag.resident.token, UUID(bag.weighing)), times=CROWD)
        waiting = wait_until_all_wait(database.admin_url, CROWD)
    outcomes = crowd.outcomes()

    record_property("connections_that_waited_for_one_weighing", waiting)
    assert waiting == CROWD
    assert outcomes == {"confirmed": 1, "weighing_already_confirmed": CROWD - 1}
    household = UUID(bag.resident.get("/v1/me")["household"])
    with transaction(districts=[YUHANG], read_only=True) as db:
        assert accounts.household_balances(db, YUHANG, household).green.posted == 292
