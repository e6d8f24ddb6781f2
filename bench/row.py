"""What a measurement says."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True)
class Row:
    """The median of several runs, the range they fell in, and the bound it is held against."""

    name: str
    value: float
    unit: str
    low: float
    high: float
    bound: str | None = None
    holds: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return asdict(self)


def row(
    name: str,
    samples: Sequence[float],
    unit: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Row:
    """Sum up samples, and say whether their median keeps its bound."""
    value = median(samples)
    bound, holds = None, None
    if at_least is not None:
        bound, holds = f"≥ {at_least:g}", value >= at_least
    elif at_most is not None:
        bound, holds = f"≤ {at_most:g}", value <= at_most
    return Row(name, value, unit, min(samples), max(samples), bound, holds)


def percentiles(name: str, seconds: Sequence[float]) -> list[Row]:
    """Tell how long half of the calls took, 19 in 20, and 99 in 100."""
    cuts = quantiles(seconds, n=100)
    return [row(f"{name}_p{p}", [cuts[p - 1] * 1_000], "ms") for p in (50, 95, 99)]
