"""What is final is read once; what was taken back is not kept, and no more is kept than may be."""

from functools import partial
from uuid import UUID

import psycopg
import pytest
from sqlalchemy.orm import Session

from backend.kit.db import keep, transaction, undo
from backend.kit.ids import new_id
from backend.kit.jobs import OutboxEvent
from backend.kit.kept import Kept
from backend.kit.written import Written, at_once
from tests.makers import NOON


def _count(asked: list[str], name: str) -> str:
    asked.append(name)
    return name


def test_a_value_is_read_again_only_until_a_transaction_that_saw_it_is_safe(database):
    shelf, asked = Kept[str](2), list[str]()
    with transaction() as db:
        shelf.find(db, "one", read=partial(_count, asked, "one"))
        shelf.find(db, "one", read=partial(_count, asked, "one"))
    with transaction() as db:
        assert shelf.find(db, "one", read=partial(_count, asked, "other")) == "one"
    assert asked == ["one", "one"]

    with transaction() as db:
        shelf.find(db, "two", read=partial(_count, asked, "two"))
        db.rollback()
        db.info.clear()
    with transaction() as db:
        shelf.find(db, "two", read=partial(_count, asked, "two"))
        shelf.find(db, "three", read=partial(_count, asked, "three"))
    assert asked == ["one", "one", "two", "two", "three"]

    with transaction() as db:  # what came first went first
        shelf.find(db, "three", read=partial(_count, asked, "three"))
        shelf.find(db, "one", read=partial(_count, asked, "one"))
    assert asked[5:] == ["one"]


class _Event:
    def __init__(self, topic: str, attempts: int) -> None:
        self.topic, self.attempts = topic, attempts


_TRY = Written("update outbox set attempts = attempts + 1 where id = %(id)s")
_BREAK = Written("update outbox set topic = null where id = %(id)s")
_SEEN = Written("select topic, attempts from outbox where id = %(id)s")


def test_what_is_written_past_the_session_it_reads_anew(database):
    with transaction() as db:
        tracked = _an_event(db)

        told = list[int]()
        _TRY.write(db, id=tracked.id, then=told.append)
        _TRY.write(db, id=new_id(NOON), then=told.append)
        assert told == [1, 0], "what was pending went before"
        assert tracked.attempts == 1

        assert _SEEN.ask(db, _Event, id=tracked.id).one().attempts == 1
        assert _SEEN.ask(db, _Event, id=new_id(NOON)).row() is None


def test_what_is_sent_at_once_is_answered_in_its_order_and_told_at_the_end(database):
    with transaction() as db:
        event, told = _an_event(db).id, list[int]()

        with at_once(db):
            _TRY.write(db, id=event, then=told.append)
            before = _SEEN.ask(db, _Event, id=event)
            _TRY.write(db, id=event, then=told.append)
            after = _SEEN.ask(db, _Event, id=event)
            assert told == []
        assert told == [1, 1]
        assert [before.one().attempts, after.one().attempts] == [1, 2]


def test_what_the_database_refuses_of_several_undoes_them_all(database):
    with transaction() as db:
        event = _an_event(db).id
        keep(db)
        with pytest.raises(psycopg.errors.NotNullViolation):
            _try_and_break(db, event)
        undo(db)
        assert _SEEN.ask(db, _Event, id=event).one().attempts == 0


def _try_and_break(db: Session, event: UUID) -> None:
    with at_once(db):
        _TRY.write(db, id=event, then=lambda _: pytest.fail("nobody is told"))
        _BREAK.write(db, id=event)
        _TRY.write(db, id=event)


def _an_event(db: Session) -> OutboxEvent:
    event = OutboxEvent(id=new_id(NOON), topic="here", payload={}, due_at=NOON, created_at=NOON)
    db.add(event)
    return event
