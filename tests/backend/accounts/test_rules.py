"""What entries are called, and what stands behind points."""

from hypothesis import given
from hypothesis import strategies as some

from backend.accounts.rules import TITLES, Backing, Reference, Title, reference, title

points = some.integers(min_value=0, max_value=10**12)


def test_a_key_tells_its_fact():
    assert reference("weighing/019a/confirmed") == Reference("weighing", "019a")
    assert reference("funding/019b") == Reference("funding", "019b")


def test_every_title_is_said_in_both_languages():
    assert all(one.zh and one.en and one.zh != one.en for one in TITLES.values())


def test_an_unnamed_kind_keeps_its_name():
    assert title("lot.received") == Title("lot.received", "lot.received")


@given(points, points, some.integers(min_value=-3, max_value=3), points)
def test_points_are_backed_to_the_fen(household, merchant, gap, owed):
    backing = Backing(household, merchant, household + merchant + gap, owed)

    assert backing.is_exact == (gap == 0)
