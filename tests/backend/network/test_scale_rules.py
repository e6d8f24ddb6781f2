"""What a class of scales can be, how far it may be off, and when it is out of use."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.kit.clock import CITY
from backend.kit.ids import new_id
from backend.network.rules import (
    CLASSES,
    CertificateEntry,
    CheckEntry,
    Standing,
    is_possible,
    out_of_use_since,
    permissible_milligrams,
    standing,
)
from tests.makers import NOON

TODAY = NOON.astimezone(CITY).date()


@pytest.mark.parametrize(
    ("accuracy_class", "load", "interval", "milligrams"),
    [
        ("III", 400, 20, 10_000),
        ("III", 10_000, 20, 10_000),
        ("III", 10_020, 20, 20_000),
        ("III", 40_000, 20, 20_000),
        ("III", 40_020, 20, 30_000),
        ("III", 100, 5, 2_500),
        ("IIII", 1_000, 20, 10_000),
        ("IIII", 1_020, 20, 20_000),
        ("IIII", 4_020, 20, 30_000),
    ],
)
def test_how_far_a_reading_may_be_off(accuracy_class: str, load: int, interval: int, milligrams: int):
    found = permissible_milligrams(accuracy_class, load_grams=load, interval_grams=interval)

    assert found == milligrams


@given(
    some.sampled_from(sorted(CLASSES)),
    some.integers(1, 10**8),
    some.integers(1, 10**8),
    some.integers(1, 10**4),
)
def test_more_load_permits_no_less(accuracy_class: str, load: int, more: int, interval: int):
    light = permissible_milligrams(accuracy_class, load_grams=load, interval_grams=interval)
    heavy = permissible_milligrams(accuracy_class, load_grams=load + more, interval_grams=interval)

    assert 500 * interval <= light <= heavy <= 1_500 * interval


@pytest.mark.parametrize(
    ("accuracy_class", "least", "most", "interval", "possible"),
    [
        ("III", 400, 60_000, 20, True),
        ("III", 400, 10_000, 20, True),
        ("III", 400, 200_000, 20, True),
        ("III", 380, 60_000, 20, False),
        ("III", 400, 9_980, 20, False),
        ("III", 400, 200_020, 20, False),
        ("III", 40, 200, 2, True),
        ("III", 40, 198, 2, False),
        ("III", 60, 6_000, 3, False),
        ("IIII", 200, 20_000, 20, True),
        ("IIII", 200, 20_020, 20, False),
        ("IIII", 20, 2_000, 2, False),
        ("III", 60_000, 60_000, 20, False),
    ],
)
def test_which_range_a_class_can_have(
    accuracy_class: str, least: int, most: int, interval: int, possible: bool
):
    found = is_possible(accuracy_class, min_grams=least, max_grams=most, interval_grams=interval)

    assert found is possible


def checked(read: int, at: datetime = NOON) -> CheckEntry:
    return CheckEntry(new_id(at), 20_000, read, 20_000, at, new_id(at))


def verified(day: date, at: datetime | None, *, withdrawn_at: datetime | None = None) -> CertificateEntry:
    year = day + timedelta(days=365)
    return CertificateEntry(new_id(NOON), "C-2", "某所", day, year, None, at, None, withdrawn_at, None, None)


@pytest.mark.parametrize(
    ("read", "passes"), [(20_000, True), (19_980, True), (20_020, True), (20_040, False), (0, False)]
)
def test_a_scale_that_is_too_far_off_fails(read: int, passes: bool):
    assert checked(read).passed is passes
    assert out_of_use_since(checked(read), []) == (None if passes else NOON)


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("certificate", "answers"),
    [
        (verified(TODAY, NOON + HOUR), True),
        (verified(TODAY + DAY, NOON + DAY), True),
        (verified(TODAY, NOON - HOUR), False),
        (verified(TODAY - DAY, NOON + HOUR), False),
        (verified(TODAY, None), False),
        (verified(TODAY, NOON + HOUR, withdrawn_at=NOON + 2 * HOUR), False),
    ],
    ids=["after", "next day", "put on record before", "verified before", "of the register", "withdrawn"],
)
def test_a_verification_after_a_failed_check_answers_it(certificate: CertificateEntry, answers: bool):
    assert (out_of_use_since(checked(0), [certificate]) is None) is answers


def test_what_was_never_checked_is_not_out_of_use():
    assert out_of_use_since(None, []) is None


@pytest.mark.parametrize(
    ("until", "out", "retired", "expected"),
    [
        (TODAY, None, None, Standing.IN_USE),
        (TODAY - DAY, None, None, Standing.EXPIRED),
        (None, None, None, Standing.UNCERTIFIED),
        (TODAY, NOON, None, Standing.OUT_OF_USE),
        (None, NOON, NOON, Standing.RETIRED),
    ],
)
def test_how_a_scale_stands(
    until: date | None, out: datetime | None, retired: datetime | None, expected: Standing
):
    found = standing(certified_until=until, out_of_use_since=out, retired_at=retired, on=TODAY)

    assert found == expected
