"""What is done later is done, though workers are killed at it and Valkey is emptied, stopped and started.

Silence credits once and tells once; a text message and a webhook leave at least once, under one key.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select
from standardwebhooks import Webhook

from backend import worker
from backend.accounts import queries as accounts
from backend.booking import service as booking
from backend.identity import service as identity
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.jobs import OutboxEvent
from backend.local.roles import Database
from backend.notices.models import Notice
from backend.settings import settings
from backend.webhooks.models import WebhookDelivery
from backend.weighing import service as weighing
from backend.weighing.models import Weighing
from tests import makers, outages, receivers
from tests.conftest import Copies, _point_at
from tests.makers import YUHANG
from tests.outages import Crew, OwnValkey, outage
from tests.receivers import Receiver
from tests.walls import world

pytestmark = pytest.mark.long

ROUNDS, BAGS = 20, 20
POINTS = 292


@pytest.fixture
def database(copies: Copies, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database with nobody in it yet."""
    made = copies.take()
    _point_at(monkeypatch, made)
    yield made
    settings.cache_clear()
    copies.drop(made.name)


@dataclass(frozen=True)
class Outside:
    """Who is told of what happens: an operator's system, and the gateway for text messages."""

    system: Receiver
    gateway: Receiver


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outside]:
    """Both speak TLS, as in production, with a certificate that this test's workers trust."""
    certificate = receivers.a_certificate(tmp_path, "127.0.0.1")
    with ExitStack() as running:
        system, gateway = (
            running.enter_context(receivers.receiving(certificate=certificate)) for _ in range(2)
        )
        for name, value in {
            "SSL_CERT_FILE": str(certificate),
            "LV_WEBHOOKS_TO_LOOPBACK": "yes",
            "LV_SMS_TRANSPORT": "gateway",
            "LV_SMS_GATEWAY_URL": gateway.url,
            "LV_SMS_GATEWAY_TOKEN": "known",
        }.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        yield Outside(system, gateway)


@pytest.fixture
def crew(database: Database, outside: Outside, own_valkey: OwnValkey) -> Iterator[Crew]:
    with outages.crew(worker.__name__) as hired:
        yield hired


@dataclass(frozen=True)
class Bags:
    """Bags whose households say nothing until their deadlines, which come one after another."""

    households: list[UUID]
    residents: list[UUID]
    secret: str


def bags(url: str, *, at: datetime) -> Bags:
    """Quote each bag a day ago, so that its deadline is about now."""
    with transaction(districts=[YUHANG]) as db:
        place = world._place(db, YUHANG, 1, at=at)
        collector = makers.a_collector(db, operator=place.operator, at=at)
        manager = makers.a_member_of_staff(
            db, role="operator_manager", username="manager", organisation=place.operator, at=at
        )
        opened = makers.an_endpoint(db, by=manager, url=url, event_types=["weighing.confirmed"], at=at)
        households, residents = [], []
        for nth in range(BAGS):
            home = identity.open_household(db, community=place.community, address="示范路1号", at=at)
            resident = makers.a_resident(db, home.id, phone=f"+86161000{nth:05}", at=at)
            pickup = booking.book(db, by=resident, at=at).pickup.id
            booking.accept(db, pickup, by=collector, at=at)
            booking.arrive(db, pickup, by=collector, at=at)
            lines = [
                {"id": None, "material": "glass", "gross_grams": 5_200, "tare_grams": 0},
                {"id": None, "material": "cardboard", "gross_grams": 3_000, "tare_grams": 0},
            ]
            quote = weighing.record(
                db, by=collector, at=at, pickup_id=pickup, scale_id=place.scale, lines=lines
            )
            shown = at + timedelta(seconds=nth * ROUNDS / BAGS / 2)
            weighing.deliver_quote(db, quote.weighing.id, by=collector, at=shown)
            households.append(home.id)
            residents.append(resident.id)
    return Bags(households, residents, opened.secret)


def left() -> dict[str, int]:
    """Count what is still to be done, by its topic; a pickup that was weighed is not missed any more."""
    with transaction() as db:
        waiting = select(OutboxEvent.topic, func.count()).where(OutboxEvent.done_at.is_(None))
        found = db.execute(waiting.where(OutboxEvent.topic != "booking.miss").group_by(OutboxEvent.topic))
        return dict(found.all())


def test_silence_credits_once_and_everybody_hears_of_it(crew: Crew, outside: Outside, own_valkey: OwnValkey):
    said = bags(outside.system.url, at=utc_now() - timedelta(hours=24, seconds=-5))
    for nth in range(ROUNDS):
        outage(nth, crew, own_valkey)
        crew.look_after()
        time.sleep(0.5)
    crew.work_until(lambda: not left())
    assert left() == {}
    assert crew.killed >= ROUNDS // 5

    with transaction(districts=[YUHANG]) as db:
        ends = db.execute(select(Weighing.state, Weighing.ended_by)).all()
        assert Counter(map(tuple, ends)) == {("confirmed", "silence"): BAGS}
        for household in said.households:
            assert accounts.household_balances(db, YUHANG, household).green.posted == POINTS
        told = db.execute(select(Notice.person, Notice.template)).all()
        deliveries = db.execute(select(WebhookDelivery.id, WebhookDelivery.state)).all()
        letters = db.scalars(select(Notice.id).where(Notice.template == "weighing.quoted")).all()
    assert Counter(map(tuple, told)) == {
        (person, template): 1
        for person in said.residents
        for template in ("weighing.quoted", "weighing.confirmed_by_silence")
    }

    assert Counter(state for _, state in deliveries) == {"delivered": BAGS}
    assert set(outside.system.ids) == {str(delivery) for delivery, _ in deliveries}
    assert len({body for _, body in outside.system.came}) == BAGS
    for headers, body in outside.system.came:
        Webhook(said.secret).verify(body, headers)

    sent = {headers["idempotency-key"] for headers, _ in outside.gateway.came}
    assert sent == {str(letter) for letter in letters}
