"""What two price lists differ in, in words: what rose, fell, came and went."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from backend.catalogue.rules.values import Basis, PriceLine, Rate

__all__ = ["Difference", "differences"]

_FIGURES: Mapping[str, tuple[str, str, str, str]] = {
    "market_fen_per_kg": ("市场价", "the market price", "元/公斤", "yuan per kilogram"),
    "subsidy_fen_per_kg": ("居民补贴", "the subsidy to residents", "元/公斤", "yuan per kilogram"),
    "operator_fen_per_tonne": ("运营补贴", "the subsidy to operators", "元/吨", "yuan per tonne"),
}
"""What is paid, in which unit, in both languages."""
_CONDITIONS: Mapping[str, tuple[str, str]] = {
    "needs_verified_scale": ("由检定合格的秤自动读数", "a weight that a verified scale read by itself"),
    "needs_confirmation": ("居民确认重量", "the resident's confirmation"),
}
_BASES: Mapping[str, tuple[str, str]] = {
    "market_basis": ("市场价", "market price"),
    "subsidy_basis": ("补贴", "subsidy"),
}
_Change = tuple[str, object, object]
"""What of a rate, before and after."""


@dataclass(frozen=True)
class Difference:
    """One thing that is otherwise than before."""

    material: str
    kind: str
    """`came`, `went`, `rose`, `fell` or `changed`."""
    field: str | None
    """What of the rate; None is all of it."""
    before: str | None
    after: str | None
    zh: str
    en: str


def differences(before: tuple[PriceLine, ...], after: tuple[PriceLine, ...]) -> list[Difference]:
    """List what a later list says otherwise than an earlier one, by material."""
    old, new = ({line.material.key: line for line in lines} for lines in (before, after))
    return [found for key in sorted(old.keys() | new.keys()) for found in _of(old.get(key), new.get(key))]


def _of(before: PriceLine | None, after: PriceLine | None) -> Iterator[Difference]:
    if after is None:
        assert before is not None
        zh, en = _terms(before.rate)
        yield _told(before, "went", f"不再列入价目表（原为：{zh}）", f"goes out (was: {en})")
    elif before is None:
        zh, en = _terms(after.rate)
        yield _told(after, "came", f"新列入价目表：{zh}", f"comes in: {en}")
    elif before.rate != after.rate:
        yield from _between(after, before.rate, after.rate)


def _told(line: PriceLine, kind: str, zh: str, en: str, of: _Change | None = None) -> Difference:
    """Say it of a material, in a sentence."""
    field, *values = of or (None, None, None)
    before, after = (None if value is None else str(value) for value in values)
    material = line.material
    zh, en = f"{material.name_zh}：{zh}。", f"{material.name_en}: {en}."
    return Difference(material.key, kind, field, before, after, zh, en)


def _terms(rate: Rate) -> tuple[str, str]:
    """Say all that a rate pays, in both languages."""
    if not rate.accepted:
        return "不收", "not taken"
    paid = [(words, getattr(rate, field)) for field, words in _FIGURES.items() if getattr(rate, field)]
    zh = "，".join(f"{name}{_yuan(fen)}{unit}" for (name, _, unit, _), fen in paid)
    en = ", ".join(f"{name} is {_yuan(fen)} {unit}" for (_, name, _, unit), fen in paid)
    return zh or "不付款", en or "nothing is paid"


def _yuan(fen: Decimal) -> str:
    return _plain(fen / 100)


def _plain(figure: Decimal) -> str:
    return f"{figure.normalize():f}" if figure else "0"


def _between(line: PriceLine, before: Rate, after: Rate) -> Iterator[Difference]:
    if before.accepted != after.accepted:
        zh, en = (
            ("开始回收", "is taken from now on") if after.accepted else ("不再回收", "is no longer taken")
        )
        yield _told(line, "changed", zh, en, ("accepted", before.accepted, after.accepted))
    for field in _FIGURES:
        yield from _figure(line, (field, getattr(before, field), getattr(after, field)))
    yield from _ceiling(line, ("ceiling_grams", before.ceiling_grams, after.ceiling_grams))
    if None not in (before.programme, after.programme) and before.programme != after.programme:
        change = ("programme", before.programme, after.programme)
        yield _told(
            line, "changed", "补贴改由另一个项目支付", "its subsidy is paid by another programme", change
        )
    for field in _CONDITIONS:
        yield from _condition(line, (field, getattr(before, field), getattr(after, field)))
    yield from _basis(line, "market_basis", before.market_basis, after.market_basis)
    yield from _basis(line, "subsidy_basis", before.subsidy_basis, after.subsidy_basis)


def _way(*, rose: bool) -> tuple[str, str, str]:
    return ("rose", "上调到", "rises") if rose else ("fell", "下调到", "falls")


def _figure(line: PriceLine, change: tuple[str, Decimal, Decimal]) -> Iterator[Difference]:
    field, before, after = change
    if before == after:
        return
    name_zh, name_en, unit_zh, unit_en = _FIGURES[field]
    kind, verb_zh, verb_en = _way(rose=after > before)
    zh = f"{name_zh}由{_yuan(before)}{unit_zh}{verb_zh}{_yuan(after)}{unit_zh}"
    en = f"{name_en} {verb_en} from {_yuan(before)} to {_yuan(after)} {unit_en}"
    yield _told(line, kind, zh, en, (field, _plain(before), _plain(after)))


def _ceiling(line: PriceLine, change: tuple[str, int | None, int | None]) -> Iterator[Difference]:
    _, before, after = change
    if before == after:
        return
    kind, verb_zh, verb_en = _way(rose=after is None or (before is not None and after > before))
    (was_zh, was_en), (now_zh, now_en) = _kilograms(before), _kilograms(after)
    zh = f"每户每月补贴上限由{was_zh}{verb_zh}{now_zh}"
    en = f"what is subsidised of a household's month {verb_en} from {was_en} to {now_en}"
    yield _told(line, kind, zh, en, change)


def _kilograms(grams: int | None) -> tuple[str, str]:
    if grams is None:
        return "不设上限", "any weight"
    kilograms = _plain(Decimal(grams) / 1_000)
    return f"{kilograms}公斤", f"{kilograms} kilograms"


def _condition(line: PriceLine, change: tuple[str, bool, bool]) -> Iterator[Difference]:
    field, before, after = change
    zh, en = _CONDITIONS[field]
    if after and not before:
        yield _told(line, "changed", f"补贴今后须{zh}", f"its subsidy now needs {en}", change)
    if before and not after:
        yield _told(line, "changed", f"补贴不再要求{zh}", f"its subsidy no longer needs {en}", change)


def _basis(line: PriceLine, field: str, before: Basis | None, after: Basis | None) -> Iterator[Difference]:
    if before is None or after is None or before == after:
        return  # one that comes or goes does so with its subsidy
    name_zh, name_en = _BASES[field]
    zh = f"{name_zh}依据改为：{after.zh.rstrip('。')}"
    en = f"the basis of its {name_en} is now: {after.en.rstrip('.')}"
    yield _told(line, "changed", zh, en, (field, before.zh, after.zh))
