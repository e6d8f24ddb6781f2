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
