"""What is wrong with factors, before anybody earns by them; and the digest of what they decide."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from hashlib import sha256

from backend.carbon.errors import (
    FactorAbsurd,
    FactorBoundsCrossed,
    FactorSetEmpty,
    FactorSourceUnclear,
    FactorTwice,
)
from backend.carbon.rules.values import Factor
from backend.catalogue.errors import MaterialUnknown
from backend.kit.errors import Problem

__all__ = ["MOST_KG_PER_KG", "digest_of", "flaws", "must_be_sound"]

MOST_KG_PER_KG = 100
"""No material is known that costs a tenth of it to make anew: what is larger is a slip of the unit."""


def flaws(factor: Factor, known: Collection[str]) -> Iterator[Problem]:
    """Find everything that is wrong with a factor by itself.

    :param known: the materials of the register
    """
    material = factor.material
    if material not in known:
        yield MaterialUnknown(material=material)
    for figure in (factor.kg_per_kg, factor.upper_kg_per_kg):
        if figure is not None and abs(figure) > MOST_KG_PER_KG:
            yield FactorAbsurd(material=material, figure=figure, most=MOST_KG_PER_KG)
    if _are_crossed(factor.kg_per_kg, factor.upper_kg_per_kg):
        yield FactorBoundsCrossed(material=material)
    if (factor.grade == "assumption") != (factor.source is None):
        yield FactorSourceUnclear(material=material)


def _are_crossed(lower: Decimal | None, upper: Decimal | None) -> bool:
    return upper is not None and (lower is None or upper < lower)


def must_be_sound(factors: Sequence[Factor], known: Collection[str]) -> None:
    """Refuse factors that make no sense, with the first reason.

    :raises FactorSetEmpty: there is none
    :raises FactorTwice: a material has two
    :raises Problem: one has a flaw
    """
    if not factors:
        raise FactorSetEmpty
    for material, times in Counter(factor.material for factor in factors).items():
        if times > 1:
            raise FactorTwice(material=material)
    for factor in factors:
        for problem in flaws(factor, known):
            raise problem


def digest_of(factors: Sequence[Factor]) -> str:
    """Digest exactly what decides grams: not the sentences beside it, and not how a figure is written."""
    decisive = sorted([factor.material, _plain(factor.credited_kg_per_kg)] for factor in factors)
    return sha256(json.dumps(decisive, separators=(",", ":")).encode()).hexdigest()


def _plain(figure: Decimal) -> str:
    return f"{figure.normalize():f}" if figure else "0"
