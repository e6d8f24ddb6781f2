"""Points that lapse: told in time, taken once, and not before."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts import audit, jobs, lapsing, queries, service
from backend.accounts.postings import (
    GREEN,
    Reserve,
    green,
    green_retired,
    merchant_green,
    move,
)
from backend.accounts.rules import title
from backend.kit.auth import Actor
from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.kit.jobs import OutboxEvent, run
from backend.notices import queries as notices
from tests.makers import BOB, NOON, XIHU, YUHANG, a_community, a_resident, some_points

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SOON = NOON + 10 * DAY
LATE = NOON + 200 * DAY


def dated_points(db: Session, household: UUID, points: int, at: datetime, *, district: str = YUHANG) -> None:
    """Credit a household with points that lapse at a time."""
    some_points(db, household, points, district=district, lapses_at=at)


@pytest.fixture
def alice(db) -> Actor:
    """A resident with 50 points that lapse soon and 30 that lapse late."""
    who = a_resident(db)
    dated_points(db, who.home(), 50, SOON)
    dated_points(db, who.home(), 30, LATE)
    return who


def expire(db: Session, at: datetime, **others: str) -> str | None:
    return lapsing.expire(db, district=YUHANG, night=at.date(), at=at, **others)


def points(db: Session, household: UUID) -> int:
    return queries.household_balances(db, YUHANG, household).green.posted


def spend(db: Session, household: UUID, amount: int, *, key: str = "spent") -> None:
    moved = move(green(household), merchant_green(household), GREEN, amount)
    service.entry_of(service.post(db, district=YUHANG, key=key, kind="test", at=NOON, postings=moved))


def hold(db: Session, household: UUID, amount: int) -> UUID:
    held = new_id(NOON)
    reserve = Reserve(hold=held, account=green(household), asset=GREEN, amount=amount)
    service.entry_of(service.post(db, district=YUHANG, key="held", kind="test", at=NOON, reserves=[reserve]))
    return held


def inbox(db: Session, who: Actor) -> list[tuple[str, Any]]:
    page = notices.inbox(db, YUHANG, person=who.id, language="en", cursor=None, limit=20)
    return [(told.template, told.params["points"]) for told in page.items]


def test_what_has_lapsed_goes_and_the_rest_stays_backed(db, alice):
    assert expire(db, SOON - MINUTE) is None
    assert points(db, alice.home()) == 80

    expire(db, SOON)

    assert points(db, alice.home()) == 30
    assert queries.backing(db, YUHANG).is_exact
    (line, *_) = queries.statement(db, YUHANG, green(alice.home()), GREEN, cursor=None, limit=1).items
    assert (line.amount, line.counterpart, title(line.kind).en) == (-50, green_retired(), "Points lapsed")


def test_a_night_takes_nothing_twice(db, alice):
    expire(db, SOON)
    dated_points(db, alice.home(), 5, SOON - DAY)

    expire(db, SOON)
    assert points(db, alice.home()) == 35

    expire(db, SOON + DAY)
    assert points(db, alice.home()) == 30


def test_what_was_spent_is_not_taken_besides(db, alice):
    spend(db, alice.home(), 45)

    expire(db, SOON)

    assert points(db, alice.home()) == 30


def test_what_is_held_waits(db, alice):
    held = hold(db, alice.home(), 20)
    expire(db, SOON)
    assert points(db, alice.home()) == 50

    freed = service.post(db, district=YUHANG, key="freed", kind="test", at=SOON, releases=[held])
    service.entry_of(freed)
    expire(db, SOON + DAY)
    assert points(db, alice.home()) == 50, "what comes back lasts 30 days more"

    expire(db, SOON + 31 * DAY)
    assert points(db, alice.home()) == 30


def test_many_households_are_taken_a_batch_at_a_time(db, monkeypatch):
    monkeypatch.setattr(lapsing, "BATCH", 2)
    homes = sorted((new_id(NOON) for _ in range(3)), key=green)
    for home in homes:
        dated_points(db, home, 5, SOON)

    after = expire(db, SOON)
    assert [points(db, home) for home in homes] == [0, 0, 5]

    assert after is not None
    assert expire(db, SOON, after=after) is None
    assert [points(db, home) for home in homes] == [0, 0, 0]


def test_a_household_is_told_once_for_each_date_and_in_time(db, alice):
    bob = a_resident(db, alice.home(), phone=BOB)
    for at in (SOON - 31 * DAY, SOON - 30 * DAY, SOON - 29 * DAY, SOON, LATE - 30 * DAY, LATE):
        assert not lapsing.warn(db, district=YUHANG, at=at)

    for who in (alice, bob):
        assert inbox(db, who) == [("points.lapse_soon", 30), ("points.lapse_soon", 50)]


def test_what_is_held_is_no_news(db, alice):
    hold(db, alice.home(), 50)

    lapsing.warn(db, district=YUHANG, at=SOON - DAY)

    assert inbox(db, alice) == []


def test_many_are_told_a_batch_at_a_time(db, alice, monkeypatch):
    monkeypatch.setattr(lapsing, "BATCH", 1)
    at = LATE - DAY
    dated_points(db, alice.home(), 7, LATE + DAY)

    assert lapsing.warn(db, district=YUHANG, at=at)
    assert lapsing.warn(db, district=YUHANG, at=at)
    assert not lapsing.warn(db, district=YUHANG, at=at)

    assert sorted(amount for _, amount in inbox(db, alice)) == [7, 30]


def test_what_lapses_next_is_shown(db, alice):
    shown = queries.household_accounts(db, YUHANG, alice.home()).next_lapse
    assert shown == queries.Lapse(points=50, lapses_at=SOON)

    spend(db, alice.home(), 60)
    shown = queries.household_accounts(db, YUHANG, alice.home()).next_lapse
    assert shown == queries.Lapse(points=20, lapses_at=LATE)

    spend(db, alice.home(), 20, key="spent again")
    assert queries.household_accounts(db, YUHANG, alice.home()).next_lapse is None


def test_the_clock_has_each_district_looked_after_once_a_night(database, monkeypatch):
    homes = {}
    for district in (YUHANG, XIHU):
        with transaction(districts=[district]) as db:
            a_community(db, district)
            homes[district] = new_id(NOON)
            dated_points(db, homes[district], 5, SOON, district=district)
    midnight = datetime(2026, 12, 1, 16, tzinfo=UTC)
    for at, districts in ((midnight, 2), (midnight + 23 * timedelta(hours=1), 0), (midnight + DAY, 2)):
        monkeypatch.setattr(jobs, "utc_now", lambda at=at: at)
        assert jobs.look_after_lapses() == districts
    monkeypatch.setattr("backend.kit.jobs.utc_now", lambda: midnight + DAY)
    with transaction() as db:
        events = db.scalars(select(OutboxEvent.id).order_by(OutboxEvent.id)).all()
    for event in events:
        run(str(event))

    with transaction() as db:
        assert db.scalars(select(OutboxEvent.last_error).where(OutboxEvent.done_at.is_(None))).all() == []
    with transaction(districts=[YUHANG, XIHU], read_only=True) as db:
        left = [queries.balance(db, district, green(home), GREEN).posted for district, home in homes.items()]
    assert left == [0, 0]
    assert audit.run(database.auditor_url, say=lambda _: None)
