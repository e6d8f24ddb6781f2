"""What the clock does to the books."""

import psycopg
import pytest

import ledger
from backend.accounts import jobs, logs, service
from backend.kit.db import driver, transaction
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


def test_a_log_that_is_far_behind_is_signed_on_the_way_and_keeps_no_other_waiting(
    two_books, database, monkeypatch
):
    with transaction(districts=[YUHANG]) as db:
        for _ in range(3):
            some_points(db, new_id(NOON), 10)
    monkeypatch.setattr(jobs, "_TURN_SECONDS", -1)
    monkeypatch.setattr(service, "seal", lambda db, book: ledger.seal(driver(db), book, at_most=1))
    monkeypatch.setattr(logs, "grow", lambda db, book: ledger.grow(driver(db), book, at_most=1))

    with monkeypatch.context() as hasty:
        hasty.setattr(jobs, "_ROUND_SECONDS", -1)
        assert jobs.seal() == 2
    assert sizes(database.app_url) == {YUHANG: 1, XIHU: 1}

    assert jobs.seal() == 3
    with transaction(districts=[YUHANG]) as db:
        signed = [ledger.checkpoint_at(driver(db), YUHANG, size) for size in range(1, 5)]
    assert all(signed)


def test_a_district_without_a_book_is_left_alone(database):
    with transaction() as db:
        a_community(db, YUHANG)

    assert jobs.seal() == 0


def audited(capfd: pytest.CaptureFixture[str]) -> str:
    """Let the night's audit run to its end; return what it said."""
    running = jobs.audit_nightly()
    assert running is not None
    running.join(timeout=120)
    assert running.exitcode == 0
    return capfd.readouterr().out


def test_the_clock_audits_every_book_once_a_night(two_books, database, capfd):
    jobs.seal()

    assert "audit_sound" in audited(capfd)
    assert jobs.audit_nightly() is None
    with transaction(districts=[YUHANG, XIHU]) as db:
        assert {district: ledger.last_audited(driver(db), district) for district in (YUHANG, XIHU)} == {
            YUHANG: 1,
            XIHU: 1,
        }


def test_what_a_night_finds_is_an_error_in_the_log(two_books, database, capfd):
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("select set_config('lv.districts', %s, true)", [YUHANG])
        owner.execute("update ledger.balance set posted = posted + 1")

    said = audited(capfd)

    assert "audit_unsound" in said
    assert "error" in said
    assert "balances" in said
    with transaction(districts=[YUHANG]) as db:
        assert ledger.last_audited(driver(db), YUHANG) == 0
