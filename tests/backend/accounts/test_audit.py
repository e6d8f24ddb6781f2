"""The audit, as the auditor, on real commits."""

import psycopg
import pytest

from backend.accounts import audit, service
from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.local.roles import Database
from tests.makers import NOON, XIHU, YUHANG, a_community, some_points


@pytest.fixture
def two_books(database):
    """A database in which two districts have given points."""
    for district, points in ((YUHANG, 292), (XIHU, 60)):
        with transaction(districts=[district]) as db:
            a_community(db, district)
            some_points(db, new_id(NOON), points, district=district)
    return database


def told(database: Database) -> tuple[bool, str]:
    said: list[str] = []
    return audit.run(database.auditor_url, say=said.append), "\n".join(said)


def test_sound_books_are_told_district_by_district(two_books):
    sound, said = told(two_books)

    assert sound, said
    assert "Every point is backed by a fen: 292 points (292 of households, 0 of merchants)" in said
    assert "fund 60 fen, of which operators still owe 60" in said
    assert [line.split()[0] for line in said.splitlines() if line.endswith("entries")] == [XIHU, YUHANG]


def test_a_balance_that_somebody_changed_is_found(two_books):
    with psycopg.connect(two_books.owner_url) as owner:
        owner.execute("select set_config('lv.districts', %s, true)", [YUHANG])
        changed = owner.execute(
            "update ledger.balance set posted = posted + 1 where book = %s and stripe = 1 and account ="
            " (select id from ledger.account where book = %s and path = 'fund')",
            [YUHANG, YUHANG],
        )
        assert changed.rowcount == 1

    sound, said = told(two_books)

    assert not sound
    assert f"WRONG  {YUHANG}" in said
    assert "points are not backed" in said


def test_an_empty_city_is_sound(database):
    assert told(database) == (True, "Everything is sound.")


def test_an_audit_looks_at_one_moment(db):
    service.open_book(db, YUHANG)

    with pytest.raises(ValueError, match="REPEATABLE READ"):
        audit.audit(db)
