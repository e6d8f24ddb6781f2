"""What is final is read once; what was taken back is not kept, and no more is kept than may be."""

from functools import partial

from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.kit.jobs import OutboxEvent
from backend.kit.kept import Kept
from backend.kit.written import Written
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
_SEEN = Written("select topic, attempts from outbox where id = %(id)s")


def test_what_is_written_past_the_session_it_reads_anew(database):
    with transaction() as db:
        tracked = OutboxEvent(id=new_id(NOON), topic="here", payload={}, due_at=NOON, created_at=NOON)
        db.add(tracked)

        assert _TRY.write(db, id=tracked.id) == 1, "what was pending went before"
        assert tracked.attempts == 1

        found = _SEEN.row(db, _Event, id=tracked.id)
        assert found is not None
        assert (found.topic, found.attempts) == ("here", 1)
        assert _SEEN.one(db, _Event, id=tracked.id).attempts == 1
        assert _SEEN.row(db, _Event, id=new_id(NOON)) is None
        assert _TRY.write(db, id=new_id(NOON)) == 0
