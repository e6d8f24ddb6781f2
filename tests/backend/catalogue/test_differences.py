"""What two price lists differ in, in words that a resident can read."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.catalogue.queries import Basis, Material, PriceLine, Rate
from backend.catalogue.rules import differences
from tests.makers import ASSUMED, PROGRAMME, a_rate


def a_line(rate: Rate) -> PriceLine:
    name_zh, name_en = {"glass": ("玻璃", "Glass"), "foam": ("泡沫塑料", "Foam")}[rate.material]
    material = Material(
        key=rate.material,
        name_zh=name_zh,
        name_en=name_en,
        category="other",
        accepted=True,
        refusal_zh=None,
        refusal_en=None,
        goes_to=None,
        hint_zh="",
        hint_en="",
        low_value=None,
        basis=ASSUMED,
    )
    return PriceLine(material, rate)


GLASS = a_rate(market=5, subsidy=10, operator=20_000, ceiling_grams=20_000, programme=PROGRAMME)


@pytest.mark.parametrize(
    ("change", "kind", "zh", "en"),
    [
        (
            {"market_fen_per_kg": Decimal("7.5")},
            "rose",
            "玻璃：市场价由0.05元/公斤上调到0.075元/公斤。",
            "Glass: the market price rises from 0.05 to 0.075 yuan per kilogram.",
        ),
        (
            {"subsidy_fen_per_kg": Decimal(8)},
            "fell",
            "玻璃：居民补贴由0.1元/公斤下调到0.08元/公斤。",
            "Glass: the subsidy to residents falls from 0.1 to 0.08 yuan per kilogram.",
        ),
        (
            {"operator_fen_per_tonne": Decimal(0)},
            "fell",
            "玻璃：运营补贴由200元/吨下调到0元/吨。",
            "Glass: the subsidy to operators falls from 200 to 0 yuan per tonne.",
        ),
        (
            {"ceiling_grams": None},
            "rose",
            "玻璃：每户每月补贴上限由20公斤上调到不设上限。",
            "Glass: what is subsidised of a household's month rises from 20 kilograms to any weight.",
        ),
        (
            {"ceiling_grams": 1_500},
            "fell",
            "玻璃：每户每月补贴上限由20公斤下调到1.5公斤。",
            "Glass: what is subsidised of a household's month falls from 20 kilograms to 1.5 kilograms.",
        ),
        ({"accepted": False}, "changed", "玻璃：不再回收。", "Glass: is no longer taken."),
        (
            {"programme": UUID(int=5)},
            "changed",
            "玻璃：补贴改由另一个项目支付。",
            "Glass: its subsidy is paid by another programme.",
        ),
        (
            {"needs_confirmation": True},
            "changed",
            "玻璃：补贴今后须居民确认重量。",
            "Glass: its subsidy now needs the resident's confirmation.",
        ),
        (
            {"market_basis": Basis("A", "通知", "见通知。", "See the notice.")},
            "changed",
            "玻璃：市场价依据改为：见通知。",
            "Glass: the basis of its market price is now: See the notice.",
        ),
    ],
)
def test_each_change_is_a_sentence(change: dict[str, Any], kind: str, zh: str, en: str):
    (found,) = differences((a_line(GLASS),), (a_line(replace(GLASS, **change)),))

    assert (found.material, found.kind, found.field) == ("glass", kind, next(iter(change)))
    assert (found.zh, found.en) == (zh, en)


def test_a_condition_may_go_again():
    demanding = replace(GLASS, needs_verified_scale=True)
    (found,) = differences((a_line(demanding),), (a_line(GLASS),))

    assert found.en == "Glass: its subsidy no longer needs a weight that a verified scale read by itself."


def test_what_comes_and_what_goes_is_told_with_its_terms():
    came, went = differences((a_line(GLASS),), (a_line(a_rate("foam", subsidy=3, programme=PROGRAMME)),))

    assert (came.kind, came.zh) == ("came", "泡沫塑料：新列入价目表：居民补贴0.03元/公斤。")
    assert went.en == (
        "Glass: goes out (was: the market price is 0.05 yuan per kilogram,"
        " the subsidy to residents is 0.1 yuan per kilogram, the subsidy to operators is 200 yuan per tonne)."
    )


rates = some.builds(
    a_rate,
    some.sampled_from(["glass", "foam"]),
    market=some.integers(0, 3),
    subsidy=some.integers(0, 3),
    ceiling_grams=some.none() | some.integers(0, 3),
    programme=some.just(PROGRAMME),
)
lists = some.lists(rates, max_size=2, unique_by=lambda rate: rate.material).map(
    lambda drawn: tuple(a_line(rate) for rate in drawn)
)


@given(lists, lists)
def test_nothing_is_told_exactly_where_nothing_differs(before, after):
    same = {line.material.key: line.rate for line in before} == {
        line.material.key: line.rate for line in after
    }
    assert (differences(before, after) == []) == same


@given(lists, lists)
def test_the_way_back_undoes_every_rise(before, after):
    there, back = differences(before, after), differences(after, before)

    assert [(one.field, one.kind == "rose") for one in there if one.kind in ("rose", "fell")] == [
        (one.field, one.kind == "fell") for one in back if one.kind in ("rose", "fell")
    ]
