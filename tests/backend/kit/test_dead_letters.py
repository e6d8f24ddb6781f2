"""What was given up is seen by its district's staff, and done when they have it tried again."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.kit import jobs
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.kit.jobs import OutboxEvent, later
from tests.makers import XIHU, YUHANG, a_community, a_dead_letter, a_member_of_staff
from tests.walls.world import _person

pytestmark = pytest.mark.usefixtures("database", "valkey")

done: list[str] = []


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    """An administrator of Yuhang."""
    with transaction(districts=[YUHANG]) as db:
        a_community(db)
        who = _person(db, a_member_of_staff(db, at=utc_now()), at=utc_now())
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {who.token}"
    return client


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> None:
    """A topic whose work can be counted."""
    done.clear()
    monkeypatch.setitem(jobs._handlers, "test.nothing", lambda db, **facts: done.append(facts["district"]))


def retry(client: FlaskClient, event: UUID) -> tuple[int, str | None]:
    answer = client.post(f"/v1/jobs/{event}/retry", headers={"Idempotency-Key": str(new_id())})
    return answer.status_code, answer.get_json().get("code")


@pytest.mark.usefixtures("handler")
def test_what_was_given_up_is_seen_and_done_once_when_it_is_tried_again(admin: FlaskClient):
    with transaction() as db:
        event = a_dead_letter(db, at=utc_now())
    [seen] = admin.get("/v1/jobs/dead").get_json()["items"]
    assert (seen["id"], seen["topic"], seen["attempts"]) == (str(event), "test.nothing", 12)
    jobs.run(str(event))
    assert done == []

    assert retry(admin, event) == (200, None)
    assert jobs.queue().count == 1
    jobs.run(str(event))
    jobs.run(str(event))

    assert done == [YUHANG]
    assert admin.get("/v1/jobs/dead").get_json()["items"] == []
    assert retry(admin, event) == (404, "no_dead_letter")


def test_what_other_districts_gave_up_is_not_there(admin: FlaskClient):
    with transaction() as db:
        event = a_dead_letter(db, XIHU, at=utc_now())

    assert admin.get("/v1/jobs/dead").get_json()["items"] == []
    assert retry(admin, event) == (404, "no_dead_letter")


def test_a_list_of_them_comes_in_pages(admin: FlaskClient):
    with transaction() as db:
        events = [str(a_dead_letter(db, at=utc_now() + timedelta(milliseconds=nth))) for nth in range(3)]
    first = admin.get("/v1/jobs/dead?limit=2").get_json()
    second = admin.get(f"/v1/jobs/dead?limit=2&cursor={first['next_cursor']}").get_json()

    assert [one["id"] for one in first["items"] + second["items"]] == events[::-1]
    assert second["next_cursor"] is None


def test_what_was_done_long_ago_is_forgotten_and_what_was_given_up_is_not():
    long_ago, now = utc_now() - timedelta(days=31), utc_now()
    with transaction() as db:
        dead, pending, old, new = (
            later(db, "test.nothing", {}, district=None, at=long_ago, due_at=now + timedelta(days=9))
            for _ in range(4)
        )
        db.get_one(OutboxEvent, dead).dead_at = long_ago
        db.get_one(OutboxEvent, old).done_at = long_ago
        db.get_one(OutboxEvent, new).done_at = now

    assert (jobs.forget(), jobs.forget()) == (1, 0)
    with transaction() as db:
        assert set(db.scalars(select(OutboxEvent.id))) == {dead, pending, new}
