"""What a line is worth."""

from decimal import Decimal
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from backend.carbon.queries import Factor
from backend.catalogue.queries import Basis, Rate
from backend.subsidy.queries import Terms
from backend.weighing.rules import Reading, price, share
from tests import makers

BASIS = Basis("assumption", None, "", "")
PROGRAMME = uuid4()


def a_rate(*, market="0", subsidy="0", operator="0", programme=None):
    return Rate(
        material="glass",
        accepted=True,
        market_fen_per_kg=Decimal(market),
        subsidy_fen_per_kg=Decimal(subsidy),
        operator_fen_per_tonne=Decimal(operator),
        ceiling_grams=None,
        programme=programme,
        market_basis=BASIS,
        subsidy_basis=BASIS if programme else None,
    )


def factors(kg_per_kg):
    value = None if kg_per_kg is None else Decimal(kg_per_kg)
    factor = Factor("glass", value, None, None, None, None, "A", "", "", "", "")
    return makers.a_factor_set(factor)


def a_reading(net_grams, material="glass"):
    return Reading(id=uuid4(), material=material, gross_grams=net_grams + 200, tare_grams=200)


GLASS = a_rate(subsidy="10", operator="20000", programme=PROGRAMME)


def test_the_worked_example_of_glass():
    priced = price(a_reading(5_200), GLASS, factors("0.3043"), subsidised_grams=5_200)

    assert (priced.market_fen, priced.subsidy_fen, priced.operator_subsidy_fen) == (0, 52, 104)
    assert priced.saved_co2e_grams == 1_582  # 5,200 × 0.3043 = 1,582.36
    assert priced.held_fen == 156
    assert priced.cap is None


def test_beyond_the_ceiling_only_what_is_under_it_is_paid():
    priced = price(a_reading(5_200), GLASS, factors("0.3043"), subsidised_grams=1_000)

    assert (priced.subsidised_grams, priced.subsidy_fen, priced.cap) == (1_000, 10, "ceiling")
    assert priced.saved_co2e_grams == 1_582


def test_a_programme_at_its_cap_stops_and_says_so():
    priced = price(
        a_reading(5_200), GLASS, factors("0.3043"), subsidised_grams=5_200, terms=Terms().exhausted()
    )

    assert (priced.held_fen, priced.subsidised_grams, priced.cap) == (0, 0, "budget")


def test_where_no_factor_was_found_nothing_is_saved():
    priced = price(a_reading(5_200), GLASS, factors(None), subsidised_grams=0)

    assert priced.saved_co2e_grams == 0


def test_a_material_without_a_programme_has_no_cap():
    priced = price(a_reading(3_000), a_rate(market="80"), factors("0.09"), subsidised_grams=0)

    assert (priced.market_fen, priced.cap, priced.held_fen) == (240, None, 0)


@given(st.integers(1, 10**6), st.decimals(0, 10_000, places=4), st.integers(0, 10**6))
def test_each_amount_is_rounded_half_up_by_itself(net_grams, rate, granted):
    granted = min(granted, net_grams)
    priced = price(
        a_reading(net_grams),
        a_rate(market=rate, subsidy=rate, operator=rate, programme=PROGRAMME),
        factors(rate),
        subsidised_grams=granted,
    )

    for amount, exact in (
        (priced.market_fen, net_grams * rate / 1_000),
        (priced.subsidy_fen, granted * rate / 1_000),
        (priced.operator_subsidy_fen, granted * rate / 1_000_000),
        (priced.saved_co2e_grams, net_grams * rate),
    ):
        assert -Decimal("0.5") < amount - exact <= Decimal("0.5")


@given(
    st.lists(st.tuples(st.sampled_from(["glass", "foam"]), st.integers(1, 50_000)), max_size=8),
    st.integers(0, 100_000),
    st.integers(0, 100_000),
)
def test_what_is_granted_is_shared_and_never_exceeded(weights, glass, foam):
    readings = [a_reading(grams, material) for material, grams in weights]
    shares = share(readings, {"glass": glass, "foam": foam})

    for material, granted in (("glass", glass), ("foam", foam)):
        mine = [reading for reading in readings if reading.material == material]
        assert sum(shares[reading.id] for reading in mine) == min(granted, sum(r.net_grams for r in mine))
    assert all(0 <= shares[reading.id] <= reading.net_grams for reading in readings)
