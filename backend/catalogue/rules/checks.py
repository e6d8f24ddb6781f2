"""What is wrong with rates, before anybody pays them; and the digest of what they decide."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from backend.catalogue.errors import (
    BasisMissing,
    ConditionIdle,
    MaterialRefused,
    MaterialTwice,
    MaterialUnknown,
    NothingPriced,
    ProgrammeIdle,
    ProgrammeMissing,
    RateAbsurd,
    RateNegative,
    RefusedEarns,
)
from backend.catalogue.rules.values import Rate
from backend.kit.errors import Problem, Word

__all__ = ["MOST", "Flaw", "digest_of", "flaws", "must_be_sound"]

MOST: Mapping[str, int] = {
    "market_fen_per_kg": 100_000,
    "subsidy_fen_per_kg": 100_000,
    "operator_fen_per_tonne": 100_000_000,
    "ceiling_grams": 1_000_000_000,
}
"""A thousand yuan a kilogram, and a thousand tonnes a household and month: more is a slip of the finger."""

_CALLED: Mapping[str, Word] = {
    "market_fen_per_kg": Word("市场价（分/公斤）", "The market price (fen/kg)"),
    "subsidy_fen_per_kg": Word("居民补贴（分/公斤）", "The subsidy to residents (fen/kg)"),
    "operator_fen_per_tonne": Word("运营补贴（分/吨）", "The subsidy to operators (fen/t)"),
    "ceiling_grams": Word("每户每月补贴上限（克）", "The ceiling of a household's month (grams)"),
}


@dataclass(frozen=True)
class Flaw:
    """Something that is wrong with a rate, and in which of its fields."""

    field: str
    problem: Problem


def flaws(rate: Rate, known: Mapping[str, bool]) -> Iterator[Flaw]:
    """Find everything that is wrong with a rate by itself.

    :param known: the materials of the register, and whether the city takes each
    """
    if rate.material not in known:
        yield Flaw("material", MaterialUnknown(material=rate.material))
    elif rate.accepted and not known[rate.material]:
        yield Flaw("accepted", MaterialRefused(material=rate.material))
    yield from _figures(rate)
    yield from _subsidy(rate)


def _figures(rate: Rate) -> Iterator[Flaw]:
    for field, most in MOST.items():
        figure = getattr(rate, field)
        if figure is not None and figure < 0:
            yield Flaw(field, RateNegative(material=rate.material, field=_CALLED[field], figure=figure))
        elif figure is not None and figure > most:
            called = _CALLED[field]
            yield Flaw(field, RateAbsurd(material=rate.material, field=called, figure=figure, most=most))
    if not rate.accepted and (rate.market_fen_per_kg > 0 or _is_paid(rate)):
        yield Flaw("accepted", RefusedEarns(material=rate.material))


def _is_paid(rate: Rate) -> bool:
    return rate.subsidy_fen_per_kg > 0 or rate.operator_fen_per_tonne > 0


def _subsidy(rate: Rate) -> Iterator[Flaw]:
    """Check that what is subsidised says who pays and why, and that nothing else does."""
    if _is_paid(rate) and rate.programme is None:
        yield Flaw("programme", ProgrammeMissing(material=rate.material))
    if not _is_paid(rate) and rate.programme is not None:
        yield Flaw("programme", ProgrammeIdle(material=rate.material))
    if (rate.programme is None) != (rate.subsidy_basis is None):
        yield Flaw("subsidy_basis", BasisMissing(material=rate.material))
    if rate.programme is None and (rate.needs_verified_scale or rate.needs_confirmation):
        field = "needs_verified_scale" if rate.needs_verified_scale else "needs_confirmation"
        yield Flaw(field, ConditionIdle(material=rate.material))


def must_be_sound(rates: Sequence[Rate], known: Mapping[str, bool]) -> None:
    """Refuse rates that make no sense, with the first reason.

    :raises NothingPriced: there is none
    :raises MaterialTwice: a material is priced twice
    :raises Problem: one has a flaw
    """
    if not rates:
        raise NothingPriced
    for material, times in Counter(rate.material for rate in rates).items():
        if times > 1:
            raise MaterialTwice(material=material)
    for rate in rates:
        for flaw in flaws(rate, known):
            raise flaw.problem


def digest_of(rates: Sequence[Rate]) -> str:
    """Digest exactly what decides payments: not the sentences beside it, and not how a figure is written."""
    decisive = sorted(
        [
            rate.material,
            rate.accepted,
            _plain(rate.market_fen_per_kg),
            _plain(rate.subsidy_fen_per_kg),
            _plain(rate.operator_fen_per_tonne),
            rate.ceiling_grams,
            rate.programme and str(rate.programme),
            rate.needs_verified_scale,
            rate.needs_confirmation,
        ]
        for rate in rates
    )
    return sha256(json.dumps(decisive, separators=(",", ":")).encode()).hexdigest()


def _plain(figure: Decimal) -> str:
    return f"{figure.normalize():f}" if figure else "0"
