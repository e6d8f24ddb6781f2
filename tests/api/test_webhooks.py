"""What is sent is what the document says, and the guide's receiver takes it."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from backend import cli
from backend.kit import outgoing
from backend.kit.ids import new_id
from backend.webhooks.rules import (
    EVENTS,
    KEPT,
    MOST_ENDPOINTS,
    OVERLAP,
    PING,
    REASONS,
    WAITS,
    new_secret,
    sign,
)
from tests.api.test_document import complaints, openapi
from tests.makers import NOON

GUIDE = (cli.API_DOCS / "guides" / "webhooks.md").read_text()


def receiver() -> dict[str, Any]:
    """Run the guide's receiver; what it stores is a list."""
    stored: list[Any] = []
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    world: dict[str, Any] = {"store": stored.append, "stored": stored}
    exec(code, world)  # noqa: S102 - it is ours
    return world


def test_the_receiver_of_the_guide_takes_an_event_once_and_no_forgery():
    world, secret, body = receiver(), new_secret(), '{"type": "webhook.ping"}'
    headers = sign([secret], id=new_id(), body=body, at=datetime.now(UTC))

    for _ in range(2):
        assert world["receive"](secret, headers, body.encode()) == 204
    assert world["stored"] == [{"type": "webhook.ping"}]

    stale = sign([secret], id=new_id(), body=body, at=NOON)
    assert world["receive"](new_secret(), headers, body.encode()) == 400
    assert world["receive"](secret, headers, body.encode() + b" ") == 400
    assert world["receive"](secret, stale, body.encode()) == 400
    assert len(world["stored"]) == 1


@pytest.mark.parametrize("kind", [*EVENTS, PING])
def test_the_document_shows_every_event(kind: str):
    operation = openapi()["webhooks"][kind]["post"]
    content = operation["requestBody"]["content"]["application/json"]

    assert complaints(content["schema"], content["example"]) == []
    assert {each["name"] for each in operation["parameters"]} == {
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    }


def test_the_document_shows_no_event_that_is_not_sent():
    assert openapi()["webhooks"].keys() == {*EVENTS, PING}


def test_the_guide_tells_every_event_and_nothing_that_is_not_so():
    assert set(re.findall(r"^\| `(\w+\.\w+)` \|", GUIDE, re.MULTILINE)) == {*EVENTS, PING}
    assert [wait.total_seconds() for wait in WAITS] == [
        *(6, 30, 120, 600, 1800),
        *(hours * 3600 for hours in (1, 2, 4, 6, 10)),
    ]
    assert outgoing.CALL_SECONDS == 15
    assert (MOST_ENDPOINTS, OVERLAP.total_seconds(), KEPT.days) == (10, 24 * 3600, 30)


def test_the_guide_tells_every_reason_of_a_failure():
    said = openapi()["components"]["schemas"]["TryOut"]["properties"]["reason"]["enum"]

    assert {*said, None} == {*REASONS, None}
    assert all(f"`{reason}`" in GUIDE for reason in REASONS)
