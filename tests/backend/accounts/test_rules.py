"""What entries are called, and what stands behind points."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.accounts.rules import TITLES, Backing, Reference, Title, lapses_at, recovery, reference, title
from backend.kit.clock import CITY

points = some.integers(min_value=0, max_value=10**12)


def test_a_key_tells_its_fact():
    assert reference("weighing/019a/confirmed") == Reference("weighing", "019a")
    assert reference("funding/019b") == Reference("funding", "019b")


def test_every_title_is_said_in_both_languages():
    assert all(one.zh and one.en and one.zh != one.en for one in TITLES.values())


def test_an_unnamed_kind_keeps_its_name():
    assert title("lot.received") == Title("lot.received", "lot.received")


@given(points, points, some.integers(min_value=-3, max_value=3), points)
def test_points_are_backed_to_the_fen_and_debts_to_the_point(household, merchant, gap, owed):
    backing = Backing(household, merchant, household + merchant + gap, owed, owed, gap - owed)

    assert backing.is_exact == (gap == 0)
    assert backing.owes_exactly == (gap == 0)


@given(points, points, points)
def test_a_correction_gets_back_neither_more_nor_less(wrong, expired, available):
    back = recovery(wrong, expired_points=expired, available_points=available)

    assert back.taken + back.expired + back.owed == wrong
    assert 0 <= back.taken <= available
    assert 0 <= back.expired <= expired
    assert back.owed >= 0
    assert not back.owed or (back.expired, back.taken) == (expired, available)


@pytest.mark.parametrize(
    ("awarded", "months", "over"),
    [
        ("2026-11-16 12:00", 24, "2028-11-17"),
        ("2026-11-16 23:59", 1, "2026-12-17"),
        ("2026-12-01 00:00", 1, "2027-01-02"),
        ("2027-10-31 08:00", 4, "2028-03-01"),
        ("2026-10-31 08:00", 4, "2027-03-01"),
    ],
)
def test_points_last_to_the_end_of_a_day_in_the_city(awarded, months, over):
    at = datetime.fromisoformat(awarded).replace(tzinfo=CITY)

    assert lapses_at(at, months) == datetime.fromisoformat(over).replace(tzinfo=CITY)


@given(some.datetimes(datetime(2001, 1, 1), datetime(2150, 1, 1)), some.integers(1, 120))  # noqa: DTZ001
def test_points_never_last_less_than_they_were_promised(moment, months):
    at = moment.replace(tzinfo=CITY)
    over = lapses_at(at, months)

    assert over is not None
    assert timedelta(days=28) * months < over - at <= timedelta(days=31) * months + timedelta(days=1)
    assert over.astimezone(CITY).hour == 0


def test_points_of_a_district_without_the_rule_last_for_ever():
    assert lapses_at(datetime(2026, 11, 16, tzinfo=CITY), None) is None
