"""What the clock does to the books."""

import psycopg
import pytest

from backend.accounts import jobs, service
from backend.kit.db import transaction
from backend.kit.ids import new_id
from tests.makers import NOON, XIHU, YUHANG, a_community, some_points


@pytest.fixture
def two_books(database):
    """Two districts that have given points, and no position to any entry."""
    for district in (YUHANG, XIHU):
        with transaction(districts=[district]) as db:
            a_community(db, district)
            some_points(db, new_id(NOON), 10, district=district)


def sizes(url: str) -> dict[str, int]:
    """Tell how far the logs have come."""
    with psycopg.connect(url) as conn:
        conn.execute("select set_config('lv.districts', %s, true)", (f"{YUHANG},{XIHU}",))
        return dict(conn.execute("select book, size from ledger.log").fetchall())


def test_the_clock_seals_every_book_to_its_end(two_books, database):
    assert jobs.seal() == 2
    assert jobs.seal() == 0
    assert sizes(database.app_url) == {YUHANG: 1, XIHU: 1}


def test_a_book_that_cannot_be_sealed_keeps_no_other_from_it(two_books, database, monkeypatch):
    sound = service.seal

    def fall_over(db, district):
        if district == XIHU:
            raise RuntimeError(district)
        return sound(db, district)

    monkeypatch.setattr(service, "seal", fall_over)

    assert jobs.seal() == 1
    assert sizes(database.app_url) == {YUHANG: 1, XIHU: 0}


def test_a_district_without_a_book_is_left_alone(database):
    with transaction() as db:
        a_community(db, YUHANG)

    assert jobs.seal() == 0
