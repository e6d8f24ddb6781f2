"""What people are told, and who reads it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from backend.identity import queries as identities
from backend.identity import service as identity
from backend.kit.auth import Actor
from backend.kit.clock import utc_now
from backend.kit.db import see, transaction
from backend.kit.envelope import six_digits
from backend.kit.ids import new_id
from backend.kit.jobs import OutboxEvent, run
from backend.notices import (
    jobs,  # noqa: F401 - registers the handler
    queries,
    service,
)
from backend.notices.errors import NoticeNotFound
from backend.notices.models import Notice
from tests.makers import ALICE, BOB, FIXED_CODE, NOON, XIHU, YUHANG, a_collector, a_community, a_resident

MINUTE = timedelta(minutes=1)
SIGN_IN = {"phone": ALICE, "request_id": "any", "code": FIXED_CODE}


@pytest.fixture
def alice(db: Session) -> Actor:
    return a_resident(db)


def missed(db: Session, person: Actor, *, at=NOON):
    return service.tell(db, person.id, "pickup.missed", {"pickup": str(new_id())}, district=YUHANG, at=at)


def inbox(db: Session, person: Actor, *, language="zh-CN", cursor=None, limit=20):
    return queries.inbox(db, YUHANG, person=person.id, language=language, cursor=cursor, limit=limit)


def test_a_notice_is_read_in_the_readers_language(db, alice):
    missed(db, alice)

    assert inbox(db, alice).items[0].title == "收集员未能上门"
    assert inbox(db, alice, language="en").items[0].title == "We did not come"


def test_the_newest_comes_first_a_page_at_a_time(db, alice):
    told = [missed(db, alice, at=NOON + n * MINUTE) for n in range(5)]

    first = inbox(db, alice, limit=3)
    second = inbox(db, alice, limit=3, cursor=first.next_cursor)

    assert [item.id for item in (*first.items, *second.items)] == told[::-1]
    assert second.next_cursor is None


def test_the_first_reading_counts(db, alice):
    notice = missed(db, alice)
    missed(db, alice)
    assert queries.unread(db, YUHANG, person=alice.id) == 2

    service.read(db, notice, by=alice, language="en", at=NOON + MINUTE)
    again = service.read(db, notice, by=alice, language="en", at=NOON + 2 * MINUTE)

    assert again.read_at == NOON + MINUTE
    assert queries.unread(db, YUHANG, person=alice.id) == 1


def test_what_others_are_told_is_not_there(db, alice):
    bob = a_resident(db, alice.household, phone=BOB, name="鲍勃")
    notice = missed(db, alice)

    assert inbox(db, bob).items == []
    with pytest.raises(NoticeNotFound):
        service.read(db, notice, by=bob, language="en", at=NOON)


def test_a_district_does_not_see_what_another_tells(db, alice):
    missed(db, alice)

    see(db, XIHU)
    db.expire_all()

    assert db.scalars(select(Notice)).all() == []


def test_a_notice_without_its_params_is_a_mistake_of_ours(db, alice):
    with pytest.raises(AssertionError, match="deadline"):
        service.tell(
            db, alice.id, "weighing.quoted", {"weighing": "x", "revision": 1}, district=YUHANG, at=NOON
        )


def test_the_code_of_a_quote_is_shown_and_kept_nowhere(db, alice):
    weighing = str(new_id())
    params = {"weighing": weighing, "revision": 1, "total_points": 5, "deadline": NOON.isoformat()}

    service.tell(db, alice.id, "weighing.quoted", params, district=YUHANG, at=NOON, sms=True)

    code = six_digits("confirmation", weighing, "1")
    assert code in inbox(db, alice).items[0].text
    assert code not in str(db.scalars(select(Notice.params)).one())
    assert list(db.scalars(select(OutboxEvent.payload)).one()) == ["notice"]


def test_who_has_no_phone_gets_no_text_message(db):
    a_community(db)
    collector = a_collector(db)
    notice = missed(db, collector)

    assert queries.letter(db, YUHANG, notice) is None


def test_whose_number_the_network_gave_to_somebody_new_gets_no_text_message_there(db, alice):
    notice = missed(db, alice)
    assert queries.letter(db, YUHANG, notice)

    identity.reissue(db, [ALICE], at=NOON)

    assert queries.letter(db, YUHANG, notice) is None
    assert inbox(db, alice).items


def test_a_text_message_speaks_the_language_of_the_phone(app):
    with transaction(districts=[YUHANG]) as db:
        alice = a_resident(db)
        service.tell(
            db,
            alice.id,
            "pickup.missed",
            {"pickup": str(new_id())},
            district=YUHANG,
            at=utc_now() - MINUTE,
            sms=True,
        )
    app.test_client().post("/v1/sign-in/resident", json=SIGN_IN, headers={"Accept-Language": "en"})

    with capture_logs() as logs:
        with transaction() as db:
            events = db.scalars(select(OutboxEvent.id).where(OutboxEvent.done_at.is_(None))).all()
        for event in events:
            run(str(event))

    messages = [(line["to"], line["text"]) for line in logs if line["event"] == "text_message"]
    assert [to for to, _ in messages] == [ALICE]
    assert messages[0][1].startswith("[Lvzhang] We are sorry")


def test_the_inbox_over_http(client):
    with transaction(districts=[YUHANG]) as db:
        alice = a_resident(db, at=utc_now())
        notice = missed(db, alice, at=utc_now())
        assert identities.phone(db, alice.id) == ALICE
    session = client.post("/v1/sign-in/resident", json=SIGN_IN).json
    mine = {"Authorization": f"Bearer {session['access_token']}", "Accept-Language": "en"}

    page = client.get("/v1/notices?limit=1", headers=mine).json
    read = client.post(f"/v1/notices/{notice}/reading", headers=mine)
    unknown = client.post(f"/v1/notices/{new_id()}/reading", headers=mine)

    assert (page["unread"], page["next_cursor"]) == (1, None)
    assert [item["title"] for item in page["items"]] == ["We did not come"]
    assert read.json["read_at"] is not None
    assert client.get("/v1/notices", headers=mine).json["unread"] == 0
    assert (unknown.status_code, unknown.json["code"]) == (404, "notice_not_found")
    assert client.get("/v1/notices?cursor=x", headers=mine).status_code == 400
