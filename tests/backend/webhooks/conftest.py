"""An operator's manager, and a day's work of the outbox."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from backend import worker
from backend.kit import jobs
from backend.kit.auth import Actor
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.kit.jobs import OutboxEvent
from backend.network import service as network
from backend.settings import settings
from backend.webhooks import service
from backend.webhooks.models import WebhookDelivery, WebhookEndpoint
from backend.webhooks.rules import Opened
from tests import makers
from tests.makers import YUHANG
from tests.receivers import Receiver, receiving


@dataclass
class Desk:
    """A manager at work, and a clock that the test moves."""

    manager: Actor
    patch: pytest.MonkeyPatch
    ahead: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        return utc_now() + self.ahead

    def wait(self, **span: float) -> None:
        """Let time go by."""
        self.ahead += timedelta(**span)
        self.patch.setattr(jobs, "utc_now", self.now)

    def register(self, url: str) -> Opened:
        with transaction(districts=[YUHANG]) as db:
            return makers.an_endpoint(db, by=self.manager, url=url, at=self.now())

    def happen(self, times: int = 1) -> None:
        """Have a pickup cancelled, as often as is said."""
        for _ in range(times):
            facts = {"pickup_id": str(new_id()), "collector_id": None}
            operator = self.manager.organisation_id()
            with transaction(districts=[YUHANG]) as db:
                service.announce(
                    db, "pickup.cancelled", facts, operator=operator, district=YUHANG, at=self.now()
                )

    def work(self) -> int:
        """Do what is due."""
        assert worker.JOBS
        due = select(OutboxEvent.id).where(
            OutboxEvent.done_at.is_(None),
            OutboxEvent.dead_at.is_(None),
            OutboxEvent.due_at <= self.now(),
            OutboxEvent.topic.startswith("webhooks."),
        )
        with transaction() as db:
            events = db.scalars(due).all()
        for event in events:
            jobs.run(str(event))
        return len(events)

    def work_off(self) -> None:
        """Do what is due until nothing is."""
        while self.work():
            pass

    def deliveries(self) -> list[WebhookDelivery]:
        with transaction(districts=[YUHANG]) as db:
            rows = db.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)).all()
            db.expunge_all()
        return list(rows)

    def endpoint(self, endpoint: UUID) -> WebhookEndpoint:
        with transaction(districts=[YUHANG]) as db:
            row = db.get_one(WebhookEndpoint, (YUHANG, endpoint))
            db.expunge(row)
        return row


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let endpoints be on this machine."""
    monkeypatch.setenv("LV_WEBHOOKS_TO_LOOPBACK", "yes")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def desk(app: Flask, loopback: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    at, operator = utc_now(), new_id()
    with transaction(districts=[YUHANG]) as db:
        makers.a_community(db)
        network.add_operator(db, id=operator, name_zh="某公司", name_en="A company")
        manager = makers.a_member_of_staff(
            db, role="operator_manager", username="manager", organisation=operator, at=at
        )
    return Desk(manager, monkeypatch)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running
