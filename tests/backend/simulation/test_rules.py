"""Ratios round as decimals do, proposals are read back as they were, and groups single nobody out."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as some

from backend.catalogue.queries import Rate
from backend.simulation.rules import Cap, Change, Group, Proposal, exact, exact_factors, open_groups
from tests.makers import ASSUMED, a_factor, a_factor_set

PROGRAMME = UUID(int=5)
figures = some.decimals(0, 100_000, places=6)


@given(figures, figures, figures, some.integers(0, 10**9), some.integers(1, 100))
def test_a_ratio_rounds_as_its_rate_does(market, subsidy, operator, grams, percent):
    rate = Rate("glass", True, market, subsidy, operator, None, PROGRAMME, ASSUMED, ASSUMED)
    quick = exact(rate)
    assert quick.market_fen(grams) == rate.market_fen(grams)
    assert quick.subsidy_fen(grams, percent) == rate.subsidy_fen(grams, percent)
    assert quick.operator_subsidy_fen(grams, percent) == rate.operator_subsidy_fen(grams, percent)
    assert quick.is_subsidised


@given(some.decimals(-2, 100, places=7), some.integers(0, 10**9))
def test_factors_round_as_their_set_does(kg_per_kg, grams):
    factors = a_factor_set(replace(a_factor("glass"), kg_per_kg=kg_per_kg), a_factor("foam", None))
    quick = exact_factors(factors)
    for material in ("glass", "foam", "unheard"):
        assert quick.saved_co2e_grams(material, grams) == factors.saved_co2e_grams(material, grams)


def a_change(material: str = "glass", subsidy: str = "12.50") -> Change:
    return Change(material, True, Decimal(0), Decimal(subsidy), Decimal(20_000), None, PROGRAMME)


def test_a_proposal_is_read_back_and_its_digest_does_not_see_zeros():
    cap = Cap(PROGRAMME, "taper", 100, 50)
    proposed = Proposal(whole=False, changes=(a_change(), a_change("foam")), caps=(cap,))

    assert Proposal.read(proposed.as_json()).digest == proposed.digest
    turned = Proposal(whole=False, changes=(a_change("foam"), a_change(subsidy="12.5")), caps=(cap,))
    assert turned.digest == proposed.digest
    assert Proposal(whole=False, changes=(a_change(subsidy="12.6"),)).digest != proposed.digest


def a_group(key: str, households: int) -> Group:
    return Group("community", key, {"lines": 1} | ZERO, {"lines": 1} | ZERO, households=households)


ZERO = dict.fromkeys(("net_grams", "market_fen", "subsidy_fen", "operator_subsidy_fen", "queued_fen"), 0)


def test_small_groups_are_one_for_open_use_or_none():
    shown = open_groups([a_group("a", 10), a_group("b", 9), a_group("c", 8)])
    assert [(group.key, group.households) for group in shown] == [("a", 10), ("other", 17)]
    assert [group.key for group in open_groups([a_group("a", 10), a_group("b", 4), a_group("c", 5)])] == ["a"]


def test_a_single_small_group_does_not_hide_behind_another_name():
    assert open_groups([a_group("b", 9)]) == []


def test_households_that_are_in_several_small_groups_are_not_counted_as_many():
    materials = [Group("material", key, ZERO | {"lines": 1}, ZERO | {"lines": 1}, 4) for key in "abc"]
    assert open_groups(materials) == []
