"""What is told has the facts that were promised, and is signed as everybody's library expects."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some
from marshmallow import fields
from standardwebhooks import Webhook

from backend.webhooks import examples
from backend.webhooks.rules import EVENTS, PING, WAITS, body_of, judge, new_secret, sign
from backend.webhooks.schemas import BODIES
from tests.makers import NOON, YUHANG

OPERATOR = UUID(int=1)


def told(kind: str) -> str:
    return body_of(kind, examples.DATA[kind], district=YUHANG, operator=OPERATOR, occurred_at=NOON)


@pytest.mark.parametrize("kind", [*EVENTS, PING])
def test_an_event_is_documented_with_the_facts_that_it_has(kind: str):
    body, _ = BODIES[kind]
    data = body().fields["data"]

    assert isinstance(data, fields.Nested)
    assert data.schema.fields.keys() == EVENTS.get(kind, set())
    assert body().validate(json.loads(told(kind))) == {}


def test_every_event_is_documented():
    assert BODIES.keys() == {*EVENTS, PING} == examples.DATA.keys()


def test_facts_that_were_not_promised_are_a_mistake_of_ours():
    for wrong in ({}, {**examples.DATA["pickup.missed"], "phone": "+8616100000001"}):
        with pytest.raises(AssertionError, match="other facts"):
            body_of("pickup.missed", wrong, district=YUHANG, operator=OPERATOR, occurred_at=NOON)


@given(some.uuids(), some.text())
def test_each_secret_in_use_signs_for_the_library(id, text):
    secrets = [new_secret(), new_secret()]
    body = json.dumps({"text": text})

    headers = sign(secrets, id=id, body=body, at=datetime.now(UTC))

    for secret in secrets:
        assert Webhook(secret).verify(body, headers) == {"text": text}


def test_a_delivery_is_tried_for_about_a_day_ever_more_rarely():
    assert sorted(WAITS) == list(WAITS)
    assert timedelta(hours=22) < sum(WAITS, timedelta()) < timedelta(hours=26)


@pytest.mark.parametrize(
    ("status", "reason"),
    [(200, None), (204, None), (299, None), (301, "redirected"), (404, "refused"), (503, "refused")],
)
def test_any_success_is_a_yes_and_nothing_else_is(status: int, reason: str | None):
    assert judge(status, 1).reason == reason
