"""What an operator's systems hear of a bag: signed, as documented, and nothing of a person's."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook

from backend import worker
from backend.kit import jobs
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.jobs import OutboxEvent
from backend.network.models import Operator
from backend.settings import settings
from seeds import load
from tests import makers
from tests.api.test_document import complaints, openapi
from tests.journeys.conftest import City, quoted, weighed
from tests.makers import YUHANG
from tests.receivers import Receiver, receiving


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("LV_WEBHOOKS_TO_LOOPBACK", "yes")
    settings.cache_clear()
    with receiving() as running:
        yield running


@pytest.fixture
def secret(city: City, receiver: Receiver) -> str:
    """A manager of the demo's operator registers the receiver for everything."""
    at = utc_now()
    with transaction(districts=[YUHANG]) as db:
        operator = db.scalars(select(Operator.id)).one()
        manager = makers.a_member_of_staff(
            db, role="operator_manager", username="manager", organisation=operator, at=at
        )
        return makers.an_endpoint(db, by=manager, url=receiver.url, at=at).secret


def work_off() -> None:
    assert worker.JOBS
    with transaction() as db:
        due = select(OutboxEvent.id).where(OutboxEvent.done_at.is_(None), OutboxEvent.due_at <= utc_now())
        events = db.scalars(due.where(OutboxEvent.topic.startswith("webhooks."))).all()
    for event in events:
        jobs.run(str(event))


def heard(receiver: Receiver, secret: str) -> list[dict[str, Any]]:
    """Verify what came, and hold it against the document."""
    work_off()
    events = [Webhook(secret).verify(body, headers) for headers, body in receiver.came]
    for event in events:
        operation = openapi()["webhooks"][event["type"]]["post"]
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        assert complaints(schema, event) == [], event["type"]
    receiver.came.clear()
    return sorted(events, key=lambda event: event["type"])


def test_an_operator_hears_of_a_bag_from_the_booking_to_the_ledger(city, receiver, secret):
    bag = quoted(city, city.zhang())
    entry = bag.resident.post(f"{bag.path}/confirmation", status=201)

    assigned, confirmed, shown = heard(receiver, secret)

    assert [event["type"] for event in (assigned, confirmed, shown)] == [
        "pickup.assigned",
        "weighing.confirmed",
        "weighing.quoted",
    ]
    assert assigned["data"]["pickup_id"] == bag.pickup
    assert {shown["data"]["weighing_id"], confirmed["data"]["weighing_id"]} == {bag.weighing}
    assert confirmed["data"]["lines"] == shown["data"]["lines"]
    assert confirmed["data"]["entry_id"] == entry["entry_id"]
    assert confirmed["data"]["confirmed_by"] == "app"


def test_an_operator_hears_of_what_came_to_nothing(city, receiver, secret):
    zhang = city.zhang()
    booked = zhang.post("/v1/pickups", status=201)
    zhang.post(f"/v1/pickups/{booked['id']}/cancellation", {"reason": "我住示范路1号，电话16100000001"})
    bag = weighed(city, zhang)
    bag.resident.post(f"{bag.path}/return", {"reason": "张三不在家"})

    came = heard(receiver, secret)

    assert sorted(event["type"] for event in came) == [
        "pickup.assigned",
        "pickup.assigned",
        "pickup.cancelled",
        "weighing.returned",
    ]
    household = zhang.get("/v1/household")["id"]
    for personal in (load.cast("zhang_san")["phone"], "16100000001", "示范路", "张三", household):
        assert personal not in str(came)


def test_what_is_refused_is_not_told(city, receiver, secret):
    bag = quoted(city, city.zhang())
    bag.resident.post(f"{bag.path}/confirmation", status=201)
    heard(receiver, secret)

    bag.resident.post(f"{bag.path}/confirmation", status=409)

    assert heard(receiver, secret) == []
