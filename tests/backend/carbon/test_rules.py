"""What a weight saves: the nearest gram of the lower bound, and never less than nothing."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as some

from tests.makers import a_factor, a_factor_set

grams = some.integers(0, 10**9)
values = some.decimals(-100, 100, places=6, allow_nan=False)


def test_the_worked_example_to_the_gram():
    factors = a_factor_set(a_factor("glass", "0.3043"), a_factor("cardboard", "0.0873"))

    assert factors.saved_co2e_grams("glass", 5_200) == 1_582
    assert factors.saved_co2e_grams("cardboard", 3_000) == 262


def test_a_half_goes_up():
    half = a_factor_set(a_factor("glass", "0.5"))

    assert [half.saved_co2e_grams("glass", net_grams) for net_grams in (0, 1, 2, 3)] == [0, 1, 1, 2]


@given(grams)
def test_what_nobody_knows_earns_nothing_and_says_so(net_grams: int):
    factors = a_factor_set(a_factor("beverage_carton", None))

    assert factors.factors["beverage_carton"].none_found
    assert factors.saved_co2e_grams("beverage_carton", net_grams) == 0
    assert factors.saved_co2e_grams("unheard_of", net_grams) == 0


@given(grams, values)
def test_a_saving_is_the_nearest_gram_and_never_negative(net_grams: int, value: Decimal):
    factor = a_factor("glass", str(value))
    saved = factor.saved_co2e_grams(net_grams)

    assert saved >= 0
    assert Fraction(-1, 2) < saved - max(Fraction(value), Fraction(0)) * net_grams <= Fraction(1, 2)
    assert (factor.credited_kg_per_kg == 0) == (value <= 0)


@given(grams, grams, values)
def test_more_weight_never_saves_less(lighter: int, more: int, value: Decimal):
    factor = a_factor("glass", str(value))

    assert factor.saved_co2e_grams(lighter) <= factor.saved_co2e_grams(lighter + more)
