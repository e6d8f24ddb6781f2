"""Each event arrives, signed, at least once and under one id, whatever the receiver does."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from standardwebhooks import Webhook, WebhookVerificationError

from backend.kit import jobs
from backend.kit.db import transaction
from backend.kit.jobs import Errand, OutboxEvent
from backend.notices.models import Notice
from backend.settings import settings
from backend.webhooks import delivering, service
from backend.webhooks.errors import DeliveryOnItsWay, EndpointPaused
from backend.webhooks.models import WebhookDelivery, WebhookEndpoint
from backend.webhooks.rules import FAILING_FOR, KEPT, WAITS
from tests import receivers
from tests.makers import YUHANG


def dead() -> list[str]:
    with transaction() as db:
        return list(db.scalars(select(OutboxEvent.last_error).where(OutboxEvent.dead_at.is_not(None))))


def test_an_event_arrives_signed(desk, receiver):
    opened = desk.register(receiver.url)
    desk.happen()
    desk.work_off()

    ((headers, body),) = receiver.came
    event = Webhook(opened.secret).verify(body, headers)
    (delivery,) = desk.deliveries()
    assert event["type"] == "pickup.cancelled"
    assert event["version"] == 1
    assert event["operator_id"] == str(desk.manager.organisation)
    assert datetime.fromisoformat(event["timestamp"]) == delivery.occurred_at
    assert headers["webhook-id"] == str(delivery.id)
    assert headers["content-type"] == "application/json"
    assert (delivery.state, delivery.tries) == ("delivered", 1)
    (tried,) = delivery.history
    assert (tried["response_status"], tried["reason"]) == (204, None)
    assert tried["duration_ms"] >= 0


def test_another_secret_and_a_changed_byte_are_noticed(desk, receiver):
    opened = desk.register(receiver.url)
    desk.happen()
    desk.work_off()
    ((headers, body),) = receiver.came
    other = desk.register(receiver.url)

    Webhook(opened.secret).verify(body, headers)
    for secret, said in ((other.secret, body), (opened.secret, body.replace(b"cancelled", b"canceled!"))):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(said, headers)


def test_for_a_day_both_secrets_sign(desk, receiver):
    old = desk.register(receiver.url)
    with transaction(districts=[YUHANG]) as db:
        new = service.renew_secret(db, old.endpoint.id, by=desk.manager, at=desk.now())
    desk.happen()
    desk.work_off()
    ((headers, body),) = receiver.came

    assert new.old_secret_until is not None
    assert len(headers["webhook-signature"].split()) == 2
    for opened in (old, new):
        Webhook(opened.secret).verify(body, headers)

    row = desk.endpoint(old.endpoint.id)
    assert row.secrets(new.old_secret_until - timedelta(seconds=1)) == [new.secret, old.secret]
    assert row.secrets(new.old_secret_until) == [new.secret]


def test_what_is_not_taken_is_tried_again_under_the_same_id_with_the_same_bytes(desk, receiver):
    receiver.habit = receivers.one_after_another(500, 302, 429, 204)
    desk.register(receiver.url)
    desk.happen()
    for wait in WAITS[:4]:
        desk.work()
        desk.wait(seconds=wait.total_seconds() + 1)

    assert len(receiver.came) == 4
    assert len(set(receiver.ids)) == 1
    assert len({body for _, body in receiver.came}) == 1
    (delivery,) = desk.deliveries()
    assert (delivery.state, delivery.tries) == ("delivered", 4)
    assert [(one["response_status"], one["reason"]) for one in delivery.history] == [
        (500, "refused"),
        (302, "redirected"),
        (429, "refused"),
        (204, None),
    ]


def test_a_day_without_an_answer_and_staff_see_it_and_it_can_be_sent_again(desk, receiver):
    receiver.habit = receivers.status(503)
    desk.register(receiver.url)
    desk.happen()
    begun = desk.now()
    desk.work()
    for wait in WAITS:
        assert dead() == []
        desk.wait(seconds=wait.total_seconds() + 1)
        desk.work()

    assert timedelta(hours=22) < desk.now() - begun < timedelta(hours=26)
    assert dead() == ["NotTaken"]
    (delivery,) = desk.deliveries()
    assert (delivery.state, delivery.tries) == ("failed", len(WAITS) + 1)

    receiver.habit = receivers.status(204)
    with transaction(districts=[YUHANG]) as db:
        service.replay(db, delivery.id, by=desk.manager, at=desk.now())
    assert dead() == []
    desk.work_off()
    assert len(set(receiver.ids)) == 1
    assert desk.deliveries()[0].state == "delivered"


def test_staff_may_have_a_dead_letter_tried_again(desk, receiver):
    receiver.habit = receivers.status(503)
    desk.register(receiver.url)
    desk.happen()
    (delivery,) = desk.deliveries()
    with transaction() as db:
        spent = update(OutboxEvent).where(OutboxEvent.id == delivery.event)
        db.execute(spent.values(attempts=len(WAITS)))
    desk.work()
    assert desk.deliveries()[0].state == "failed"

    receiver.habit = receivers.status(204)
    with transaction() as db:
        assert jobs.retry(db, delivery.event, district=YUHANG, at=desk.now())
    desk.work_off()

    assert desk.deliveries()[0].state == "delivered"


def test_what_happens_in_a_pause_is_held_and_sent_afterwards(desk, receiver):
    opened = desk.register(receiver.url)
    desk.happen()
    with transaction(districts=[YUHANG]) as db:
        paused = service.pause(db, opened.endpoint.id, by=desk.manager, at=desk.now())
    desk.happen(2)
    desk.work_off()

    assert (paused.state, paused.paused_because) == ("paused", "manager")
    assert receiver.came == []
    assert [one.state for one in desk.deliveries()] == ["held"] * 3
    with transaction(districts=[YUHANG]) as db, pytest.raises(EndpointPaused):
        service.replay(db, desk.deliveries()[0].id, by=desk.manager, at=desk.now())

    with transaction(districts=[YUHANG]) as db:
        service.resume(db, opened.endpoint.id, by=desk.manager, at=desk.now())
    desk.work_off()
    assert sorted(receiver.ids) == [str(one.id) for one in desk.deliveries()]
    assert {one.state for one in desk.deliveries()} == {"delivered"}


def test_everything_since_a_time_is_sent_again_batch_by_batch(desk, receiver, monkeypatch):
    monkeypatch.setattr(service, "_AT_ONCE", 2)
    opened = desk.register(receiver.url)
    desk.happen()
    desk.wait(hours=1)
    since = desk.now()
    desk.happen(5)
    desk.work_off()
    assert len(receiver.came) == 6

    with transaction(districts=[YUHANG]) as db:
        service.replay_since(db, opened.endpoint.id, by=desk.manager, at=desk.now(), since=since)
    desk.work_off()

    ids = [str(one.id) for one in desk.deliveries()]
    assert sorted(receiver.ids) == sorted([*ids, *ids[1:]])


def test_what_is_still_on_its_way_is_not_sent_twice(desk, receiver):
    desk.register(receiver.url)
    desk.happen()
    with transaction(districts=[YUHANG]) as db, pytest.raises(DeliveryOnItsWay):
        service.replay(db, desk.deliveries()[0].id, by=desk.manager, at=desk.now())
    desk.work_off()

    assert len(receiver.came) == 1


def test_an_endpoint_that_fails_for_days_is_paused_and_its_managers_are_told(desk, receiver):
    receiver.habit = receivers.status(500)
    opened = desk.register(receiver.url)
    desk.happen()
    desk.work()
    desk.wait(seconds=FAILING_FOR.total_seconds() - 60)
    desk.happen()
    desk.work()
    assert desk.endpoint(opened.endpoint.id).state == "active"

    desk.wait(seconds=120)
    desk.work()

    row = desk.endpoint(opened.endpoint.id)
    assert (row.state, row.paused_because) == ("paused", "failing")
    with transaction(districts=[YUHANG]) as db:
        (told,) = db.execute(select(Notice.person, Notice.template, Notice.params)).all()
    facts = {"endpoint": str(row.id), "host": "127.0.0.1"}
    assert tuple(told) == (desk.manager.id, "webhook.failing", facts)


def test_one_success_and_days_are_counted_anew(desk, receiver):
    receiver.habit = receivers.one_after_another(500, 204, 500)
    opened = desk.register(receiver.url)
    desk.happen()
    desk.work()
    assert desk.endpoint(opened.endpoint.id).failing_since is not None
    desk.wait(seconds=WAITS[0].total_seconds() + 1)
    desk.work()
    assert desk.endpoint(opened.endpoint.id).failing_since is None

    desk.wait(days=4)
    desk.happen()
    desk.work()
    assert desk.endpoint(opened.endpoint.id).state == "active"


def test_who_says_that_he_is_gone_is_left_alone_at_once(desk, receiver):
    receiver.habit = receivers.status(410)
    opened = desk.register(receiver.url)
    desk.happen(2)
    desk.work_off()
    desk.wait(minutes=1)
    desk.work_off()

    assert len(receiver.came) == 1
    assert desk.endpoint(opened.endpoint.id).paused_because == "gone"
    assert [one.state for one in desk.deliveries()] == ["held", "held"]


def test_a_test_event_is_tried_once_even_in_a_pause(desk, receiver):
    receiver.habit = receivers.one_after_another(500, 204)
    opened = desk.register(receiver.url)
    with transaction(districts=[YUHANG]) as db:
        service.pause(db, opened.endpoint.id, by=desk.manager, at=desk.now())
        for _ in range(2):
            service.ping(db, opened.endpoint.id, by=desk.manager, at=desk.now())
    desk.work_off()
    desk.wait(days=2)
    desk.work_off()

    assert sorted(one.state for one in desk.deliveries()) == ["delivered", "failed"]
    event = Webhook(opened.secret).verify(receiver.came[0][1], receiver.came[0][0])
    assert (event["type"], event["data"]) == ("webhook.ping", {})
    assert dead() == []


def test_what_is_removed_hears_nothing_more_and_keeps_no_secret(desk, receiver):
    opened = desk.register(receiver.url)
    desk.happen()
    with transaction(districts=[YUHANG]) as db:
        service.remove(db, opened.endpoint.id, by=desk.manager, at=desk.now())
    desk.happen()
    desk.work_off()

    assert receiver.came == []
    row = desk.endpoint(opened.endpoint.id)
    assert (row.vault_key, row.secret_sealed, row.old_secret_sealed) == (None, None, None)


def test_old_deliveries_are_forgotten_and_removed_endpoints_after_them(desk, receiver):
    opened = desk.register(receiver.url)
    desk.happen()
    desk.work_off()
    with transaction(districts=[YUHANG]) as db:
        service.remove(db, opened.endpoint.id, by=desk.manager, at=desk.now())

    for at, left in ((KEPT - timedelta(minutes=1), 1), (KEPT + timedelta(minutes=1), 0)):
        with transaction(districts=[YUHANG]) as db:
            delivering.forget(db, at=desk.now() + at)
            assert len(db.scalars(select(WebhookDelivery)).all()) == left
            found = db.execute(select(1).select_from(WebhookEndpoint)).all()
            assert len(found) == left


def test_what_was_on_its_way_to_a_removed_endpoint_is_forgotten_like_the_rest(desk, receiver):
    opened = desk.register(receiver.url)
    desk.happen()
    with transaction(districts=[YUHANG]) as db:
        service.remove(db, opened.endpoint.id, by=desk.manager, at=desk.now())
    desk.work_off()

    with transaction(districts=[YUHANG]) as db:
        assert delivering.forget(db, at=desk.now() + KEPT + timedelta(minutes=1)) == 1
        assert not db.execute(select(1).select_from(WebhookEndpoint)).all()


def test_a_name_that_comes_to_stand_for_something_inside_gets_nothing(desk, receiver, monkeypatch):
    desk.register(receiver.url)
    monkeypatch.setenv("LV_WEBHOOKS_TO_LOOPBACK", "no")
    settings.cache_clear()
    desk.register(f"https://localhost:{receiver.port}/")
    desk.happen()
    desk.work()

    assert receiver.came == []
    reasons = {one.history[0]["reason"] for one in desk.deliveries()}
    assert reasons == {"url_refused", "address_refused"}


def test_nothing_is_kept_of_what_a_receiver_says(desk, receiver):
    receiver.habit = receivers.huge
    desk.register(receiver.url)
    desk.happen()
    desk.work_off()

    (delivery,) = desk.deliveries()
    assert delivery.state == "delivered"
    assert delivery.history[0].keys() == {"at", "response_status", "duration_ms", "reason"}


def test_no_transaction_is_open_while_somebody_is_slow(desk, receiver):
    seen = []

    def look(handler):
        with transaction(districts=[YUHANG]) as db:
            query = "select count(*) from pg_stat_activity where state = 'idle in transaction'"
            seen.append(db.connection().exec_driver_sql(f"{query} and datname = current_database()").scalar())
            assert db.scalars(select(OutboxEvent).with_for_update(nowait=True)).all()
        receivers.answer(handler, 204)

    receiver.habit = look
    desk.register(receiver.url)
    desk.happen()
    desk.work_off()

    assert seen == [0]
    assert desk.deliveries()[0].state == "delivered"


def test_who_is_killed_between_sending_and_writing_it_down_sends_it_again(desk, receiver, monkeypatch):
    desk.register(receiver.url)
    desk.happen()
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "_carry", send_and_die)
        with pytest.raises(KeyboardInterrupt):
            desk.work()
    assert desk.work() == 0
    desk.wait(minutes=1, seconds=1)
    desk.work_off()

    assert len(receiver.came) == 2
    assert len(set(receiver.ids)) == 1
    assert desk.deliveries()[0].state == "delivered"


def send_and_die(event: UUID, errand: Errand) -> None:
    errand.go()
    raise KeyboardInterrupt
