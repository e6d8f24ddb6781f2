"""Ratios round as decimals do, proposals are read back as they were, and groups single nobody out."""

from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.catalogue.queries import Rate
from backend.simulation.rules import (
    FIGURES,
    Cap,
    Change,
    Group,
    Lists,
    Opening,
    Proposal,
    Replay,
    exact,
    exact_factors,
    open_groups,
)
from backend.simulation.rules.tariffs import Tariffs
from backend.subsidy.queries import BudgetEvent
from backend.weighing.queries import Names, Step
from tests.makers import ASSUMED, NOON, a_factor, a_factor_set

PROGRAMME, HOUR = UUID(int=5), timedelta(hours=1)
figures = some.decimals(0, 100_000, places=6)


@given(figures, figures, figures, some.integers(0, 10**9), some.integers(1, 100))
def test_a_ratio_rounds_as_its_rate_does(market, subsidy, operator, grams, percent):
    rate = Rate("glass", True, market, subsidy, operator, None, PROGRAMME, ASSUMED, ASSUMED)
    quick = exact(rate)
    assert quick.market_fen(grams) == rate.market_fen(grams)
    assert quick.subsidy_fen(grams, percent) == rate.subsidy_fen(grams, percent)
    assert quick.operator_subsidy_fen(grams, percent) == rate.operator_subsidy_fen(grams, percent)
    assert quick.is_subsidised


@given(figures, figures, figures, some.integers(0, 10**9), some.integers(1, 100))
def test_a_column_of_lines_is_priced_as_each_line_is(market, subsidy, operator, grams, percent):
    rate = exact(Rate("glass", True, market, subsidy, operator, None, PROGRAMME, ASSUMED, ASSUMED))
    factors = exact_factors(a_factor_set(a_factor("glass")))
    names = Names(["glass"], [str(PROGRAMME)], ["list"], ["set"])
    tariffs = Tariffs.of(Lists({"list": {"glass": rate}}, {"set": factors}), names)
    glass = np.array([3])
    most = min(one.heaviest[3] for one in (tariffs.market, tariffs.saved))
    share = min(one.heaviest[3] for one in (tariffs.subsidy, tariffs.operator)) // 100
    net = min(grams, int(most), int(share))
    column = np.array([net])
    assert min(most, share) > 100_000, "more than any scale of ours weighs, at rates of six places"
    assert tariffs.market.times(glass, column) == rate.market_fen(net)
    assert tariffs.subsidy.times(glass, column * percent) == rate.subsidy_fen(net, percent)
    assert tariffs.operator.times(glass, column * percent) == rate.operator_subsidy_fen(net, percent)
    assert tariffs.saved.times(glass, column) == factors.saved_co2e_grams("glass", net)


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


FIGURE = dict.fromkeys(FIGURES, 1)


def a_group(key: str, households: int, kind: str = "community") -> Group:
    return Group(kind, key, dict(FIGURE), dict(FIGURE), households=households)


def shown(*groups: Group) -> dict[str, int]:
    return {group.key: group.households for group in open_groups(groups)}


def test_small_communities_are_one_for_open_use():
    assert shown(a_group("a", 10), a_group("b", 9), a_group("c", 8)) == {"a": 10, "other": 17}
    assert shown(a_group("a", 10), a_group("b", 10)) == {"a": 10, "b": 10}


@pytest.mark.parametrize(
    ("sizes", "named"),
    [
        ([30, 20, 9], {"a": 30, "other": 29}),
        ([20, 10, 5, 4], {"a": 20, "other": 19}),
        ([10, 4], {"other": 14}),
    ],
)
def test_nobody_is_what_is_left_when_the_others_are_taken_from_the_whole(
    sizes: list[int], named: dict[str, int]
):
    communities = [a_group(key, size) for key, size in zip("abcd", sizes, strict=False)]

    assert shown(*communities) == named
    assert sum(group.in_force["lines"] for group in open_groups(communities)) == len(sizes)


def test_of_fewer_than_ten_households_nothing_is_said():
    assert shown(a_group("b", 9)) == {}
    assert shown(a_group("b", 4), a_group("c", 5)) == {}


@pytest.mark.parametrize("kind", ["material", "day"])
def test_with_a_small_one_the_smallest_of_the_others_is_left_out(kind: str):
    """Households are in several of them, so that what is left of the whole needs one that is not small."""
    small, large = a_group("c", 9, kind), a_group("b", 10, kind)

    assert shown(a_group("a", 30, kind), large, small) == {"a": 30}
    assert shown(a_group("a", 30, kind), large) == {"a": 30, "b": 10}
    assert shown(small, replace(small, key="d")) == {}


def test_communities_are_told_by_material_where_none_of_these_groups_is_small():
    cells = [a_group("a/glass", 20, "community_material"), a_group("b/glass", 10, "community_material")]

    assert shown(*cells) == {"a/glass": 20, "b/glass": 10}
    assert shown(*cells, a_group("b/foam", 9, "community_material")) == {}


def a_queued_step(line: str, *, ended: int, proven: int | None) -> Step:
    zero: dict[str, Any] = dict.fromkeys(Step._fields, 0) | {
        "line": line,
        "programme": str(PROGRAMME),
        "queued_fen": 60,
    }
    said: dict[str, Any] = {
        "ended_at": NOON + ended * HOUR,
        "proven_at": None if proven is None else NOON + proven * HOUR,
    }
    return Step(**{**zero, **said})


def money(fen: int, *, at: int) -> BudgetEvent:
    event: dict[str, Any] = dict.fromkeys(field.name for field in fields(BudgetEvent))
    said: dict[str, Any] = {
        "programme": PROGRAMME,
        "period": "2027",
        "happened": "funded",
        "fen": fen,
        "facts": {},
    }
    return BudgetEvent(**{**event, **said, "at": NOON + at * HOUR})


@pytest.mark.parametrize(
    ("proven", "served"),
    [((0, 1), "a b"), ((None, 1), "b"), ((5, 1), "b a"), ((0, 9), "a"), ((None, None), "")],
)
def test_a_queue_is_served_in_its_order_and_nobody_before_their_evidence(proven, served):
    steps = [
        a_queued_step(line, ended=nth, proven=when)
        for nth, (line, when) in enumerate(zip("ab", proven, strict=True))
    ]
    queue = {"cap_rule": "queue", "taper_below_fen": None, "taper_percent": None}
    replay = Replay.begin(Opening({}, {}, steps), {PROGRAMME: queue}, proposed={})
    place = f"{PROGRAMME}|2027"

    paid = []
    for hour in (3, 6):
        waited = {line for _, line, *_ in replay.queues[str(PROGRAMME)]}
        replay.happen(money(100, at=hour))
        waits = {line for _, line, *_ in replay.queues[str(PROGRAMME)]}
        paid += sorted(waited - waits)
    assert paid == served.split()
    assert replay.left[place] == 200 - 60 * len(paid)
