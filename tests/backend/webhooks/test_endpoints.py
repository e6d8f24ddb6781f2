"""What a manager may do with endpoints, over HTTP."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from backend.identity.models import TokenFamily, digest
from backend.kit.db import transaction
from backend.kit.trail import TrailLine
from backend.settings import settings
from backend.webhooks.models import WebhookEndpoint
from backend.webhooks.rules import EVENTS, MOST_ENDPOINTS
from tests.makers import YUHANG

ENDPOINTS = "/v1/webhooks/endpoints"
WANTED = {"url": "https://recycler.example/hooks?token=t0p", "event_types": ["weighing.confirmed"]}


class Manager:
    """A manager with a token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self._client, self._token = client, token

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": str(uuid4()), **headers}
        return self._client.open(ENDPOINTS + path, method=method, json=body, headers=headers)

    def register(self, **changes: Any) -> TestResponse:
        return self.call("POST", "", WANTED | changes)


@pytest.fixture
def manager(desk, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Manager:
    monkeypatch.setenv("LV_WEBHOOKS_TO_LOOPBACK", "no")
    settings.cache_clear()
    with transaction() as db:
        mine = update(TokenFamily).where(TokenFamily.id == desk.manager.session)
        db.execute(mine.values(access_hash=digest("known")))
    return Manager(app.test_client(), "known")


def test_the_secret_is_shown_once_and_kept_sealed(manager):
    opened = manager.register().get_json()

    assert opened["secret"].startswith("whsec_")
    shown = manager.call("GET", f"/{opened['id']}")
    assert "secret" not in shown.get_json()
    assert manager.call("GET", "").get_json()["items"] == [shown.get_json()]
    with transaction(districts=[YUHANG]) as db:
        row = db.scalars(select(WebhookEndpoint)).one()
        assert row.secret_sealed is not None
        assert opened["secret"].encode() not in row.secret_sealed


def test_a_lost_answer_is_told_again(manager):
    first, again = (manager.call("POST", "", WANTED, **{"Idempotency-Key": "one"}) for _ in range(2))

    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.get_json() == again.get_json()
    assert len(manager.call("GET", "").get_json()["items"]) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://recycler.example/"},
        {"url": "https://127.0.0.1/"},
        {"url": "https://[::1]/"},
        {"url": "https://169.254.169.254/latest/meta-data"},
        {"url": "https://me:secret@recycler.example/"},
        {"url": "https://recycler.example/" + "a" * 500},
        {"event_types": []},
        {"event_types": ["weighing.confirmed"] * 2},
        {"event_types": ["household.moved"]},
        {"event_types": ["webhook.ping"]},
        {"description": "a" * 101},
    ],
)
def test_what_makes_no_sense_is_refused(manager, changes: dict[str, Any]):
    answer = manager.register(**changes)

    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")
    assert [path.split(".")[0] for path in answer.get_json()["errors"]] == list(changes)


def test_an_edit_says_which_state_it_changes(manager):
    opened = manager.register().get_json()
    path = f"/{opened['id']}"
    tag = manager.call("GET", path).headers["ETag"]
    wanted = {**WANTED, "event_types": sorted(EVENTS), "description": "调度"}

    assert manager.call("PUT", path, wanted).status_code == 428
    changed = manager.call("PUT", path, wanted, **{"If-Match": tag})
    assert (changed.status_code, changed.get_json()["event_types"]) == (200, sorted(EVENTS))
    assert manager.call("PUT", path, wanted, **{"If-Match": tag}).status_code == 412
    assert manager.call("PUT", path, wanted, **{"If-Match": changed.headers["ETag"]}).status_code == 200


def test_there_is_a_handful_of_endpoints(manager):
    last = [manager.register().get_json() for _ in range(MOST_ENDPOINTS)][-1]

    refused = manager.register()
    assert (refused.status_code, refused.get_json()["code"]) == (409, "too_many_endpoints")

    assert manager.call("DELETE", f"/{last['id']}").status_code == 204
    assert manager.call("GET", f"/{last['id']}").status_code == 404
    assert manager.register().status_code == 201


def test_a_pause_and_a_resumption_may_be_said_twice(manager):
    path = f"/{manager.register().get_json()['id']}"

    for verb, state in (("pause", "paused"), ("resumption", "active")):
        answers = [manager.call("POST", f"{path}/{verb}") for _ in range(2)]
        assert [answer.get_json()["state"] for answer in answers] == [state] * 2
        assert answers[0].get_json() == answers[1].get_json()


def test_each_change_is_on_the_trail_without_what_may_be_secret(manager):
    path = f"/{manager.register().get_json()['id']}"
    for verb in ("secret", "pause", "resumption"):
        assert manager.call("POST", f"{path}/{verb}").status_code == 200
    manager.call("DELETE", path)

    with transaction(districts=[YUHANG]) as db:
        lines = db.execute(select(TrailLine.kind, TrailLine.before, TrailLine.after).order_by(TrailLine.id))
        told = [tuple(line) for line in lines if line.kind.startswith("webhook.")]
    assert {line[0] for line in told} == {
        f"webhook.{verb}" for verb in ("registered", "secret_renewed", "paused", "resumed", "removed")
    }
    assert len(told) == 5
    assert "t0p" not in str(told)
    assert "whsec" not in str(told)


def test_a_delivery_is_listed_with_its_tries(manager, desk, receiver):
    opened = desk.register(receiver.url)  # out in the world no more, now that this machine is not
    desk.happen()
    desk.work()
    path = f"/{opened.endpoint.id}/deliveries"

    (waiting,) = manager.call("GET", path).get_json()["items"]
    assert (waiting["state"], waiting["tries"]) == ("waiting", 1)
    assert waiting["history"][0]["reason"] == "url_refused"
    assert manager.call("GET", f"{path}?state=delivered").get_json()["items"] == []
    assert manager.call("GET", f"{path}?state=lost").status_code == 422


def test_a_page_of_deliveries_at_a_time(manager, desk):
    opened = manager.register().get_json()
    for _ in range(3):
        manager.call("POST", f"/{opened['id']}/ping")
    path = f"/{opened['id']}/deliveries?limit=2"

    first = manager.call("GET", path).get_json()
    second = manager.call("GET", f"{path}&cursor={first['next_cursor']}").get_json()

    ids = [one["id"] for one in (*first["items"], *second["items"])]
    assert ids == sorted(ids, reverse=True)
    assert (len(ids), second["next_cursor"]) == (3, None)
