"""What a programme pays at its cap: its own rule, and never more than the rate."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.subsidy.rules import Bar, BudgetState, CapRule, Standing, Terms, percent_paid, standing, terms

fen = some.integers(0, 10**12)
percents = some.integers(1, 99)
rules = some.sampled_from(CapRule)
states = some.sampled_from([None, *BudgetState])


@given(fen, some.integers(1, 10**12), percents)
def test_a_taper_begins_below_its_threshold_and_not_at_it(left_fen: int, below_fen: int, percent: int):
    paid = percent_paid(CapRule.TAPER, left_fen=left_fen, below_fen=below_fen, percent=percent)

    assert paid == (percent if left_fen < below_fen else 100)


@given(fen, percents)
def test_the_less_is_left_the_less_is_paid(left_fen: int, percent: int):
    shares = [
        percent_paid(CapRule.TAPER, left_fen=left, below_fen=10**6, percent=percent)
        for left in (left_fen + 1, left_fen)
    ]

    assert shares == sorted(shares, reverse=True)


@given(some.sampled_from([CapRule.STOP, CapRule.QUEUE]), fen)
def test_the_other_rules_know_no_share(rule: CapRule, left_fen: int):
    assert percent_paid(rule, left_fen=left_fen, below_fen=None, percent=None) == 100


@given(rules, states, some.booleans(), percents)
def test_only_an_open_budget_of_an_open_programme_pays_at_once(rule, state, closed, percent):
    now = terms(rule, state=state, closed=closed, percent=percent, period="2026")

    assert (now.bar is None) == (state == BudgetState.OPEN and not closed)
    assert now.pays == (now.bar in (None, Bar.QUEUED))


@given(rules, states, some.booleans())
def test_what_is_frozen_or_closed_queues_nobody(rule, state, closed):
    now = terms(rule, state=state, closed=closed, percent=100, period="2026")

    if closed or state == BudgetState.FROZEN:
        assert now.queue_for is None
    assert now.exhausted().bar == (Bar.BUDGET if now.queue_for is None else Bar.QUEUED)
    assert now.queue_for in (None, "2027")


@pytest.mark.parametrize(
    ("now", "left_fen", "expected"),
    [
        (Terms(), 1, Standing.PAYING),
        (Terms(), 0, Standing.EXHAUSTED),
        (Terms(percent=50), 1, Standing.TAPERED),
        (Terms(percent=50), 0, Standing.EXHAUSTED),
        (Terms(queue_for="2027"), 0, Standing.QUEUEING),
        (Terms(queue_for="2027"), 9, Standing.PAYING),
        (Terms(bar=Bar.FROZEN), 9, Standing.FROZEN),
        (Terms(bar=Bar.CLOSED), 0, Standing.CLOSED),
    ],
)
def test_a_household_is_told_in_a_word(now: Terms, left_fen: int, expected: Standing):
    assert standing(now, left_fen=left_fen) == expected
