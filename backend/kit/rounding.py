"""The one rounding of the platform: each line half up to the integer, exact decimals before, then the sum."""

from decimal import ROUND_HALF_UP, Decimal


def half_up(value: Decimal) -> int:
    """Round to the nearest integer, a half away from zero."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def half_up_ratio(over: int, under: int) -> int:
    """Round a ratio of integers to the nearest integer, a half away from zero."""
    size = (2 * abs(over) + under) // (2 * under)
    return size if over >= 0 else -size
