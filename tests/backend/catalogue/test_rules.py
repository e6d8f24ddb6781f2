"""What a rate comes to: exact decimals before, half up once, to the fen."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.makers import a_rate

grams = some.integers(0, 10**9)
rates = some.decimals(0, 100_000, places=4, allow_nan=False)


def test_the_worked_example_to_the_fen():
    glass, cardboard = a_rate(subsidy=10, operator=20_000), a_rate(market=80)

    assert cardboard.market_fen(3_000) == 240
    assert glass.subsidy_fen(5_200) == 52
    assert glass.operator_subsidy_fen(5_200) == 104
    assert glass.market_fen(5_200) + cardboard.market_fen(3_000) + glass.subsidy_fen(5_200) == 292


@pytest.mark.parametrize(("net_grams", "fen"), [(6, 0), (7, 1), (12, 1), (13, 1), (18, 1), (19, 2)])
def test_a_half_goes_up(net_grams: int, fen: int):
    assert a_rate(market=80).market_fen(net_grams) == fen


def test_exactly_half_a_fen_goes_up():
    assert a_rate(market=100).market_fen(5) == 1
    assert a_rate(market=Decimal("99.9999")).market_fen(5) == 0


@given(grams, rates, rates, rates)
def test_every_amount_is_the_nearest_fen(
    net_grams: int, market: Decimal, subsidy: Decimal, operator: Decimal
):
    rate = a_rate(market=market, subsidy=subsidy, operator=operator)

    for amount, exact in (
        (rate.market_fen(net_grams), Fraction(market) * net_grams / 1_000),
        (rate.subsidy_fen(net_grams), Fraction(subsidy) * net_grams / 1_000),
        (rate.operator_subsidy_fen(net_grams), Fraction(operator) * net_grams / 1_000_000),
    ):
        assert Fraction(-1, 2) < amount - exact <= Fraction(1, 2)


@given(grams, grams, rates)
def test_more_weight_never_earns_less(lighter: int, more: int, market: Decimal):
    rate = a_rate(market=market)

    assert rate.market_fen(lighter) <= rate.market_fen(lighter + more)


@given(some.lists(grams, max_size=20), rates)
def test_lines_are_rounded_before_they_are_summed(weights: list[int], market: Decimal):
    rate = a_rate(market=market)
    apart = sum(rate.market_fen(net_grams) for net_grams in weights)

    assert abs(apart - Fraction(market) * sum(weights) / 1_000) <= Fraction(len(weights), 2)
