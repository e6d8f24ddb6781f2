"""What a scale may claim, and what leaves this room: frozen values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID

from backend.kit.clock import city_day
from backend.kit.positions import Position


@dataclass(frozen=True)
class ServiceHours:
    """What a district promises its residents."""

    district: str
    opens: time
    closes: time
    promise_minutes: int
    serves_holidays: bool
    answer_hours: int
    points_months: int | None
    """How long points last; None is for ever."""
    basis_zh: str
    basis_en: str


def minutes_between(opens: time, closes: time) -> int:
    """Tell how long the service of a day lasts."""
    return (closes.hour - opens.hour) * 60 + closes.minute - opens.minute


@dataclass(frozen=True)
class PlacedCommunity:
    """A community, and where it is if somebody has put it on the map."""

    code: str
    street: str
    name_zh: str
    position: Position | None


class Standing(StrEnum):
    """Whether a scale may be used for payment, and if not, why: what is said last weighs most."""

    IN_USE = "in_use"
    EXPIRED = "expired"
    UNCERTIFIED = "uncertified"
    OUT_OF_USE = "out_of_use"
    """Its newest check failed."""
    RETIRED = "retired"


@dataclass(frozen=True)
class ScalePassport:
    """A scale with its newest certificate, as it stands on a day."""

    id: UUID
    serial: str
    operator: UUID
    accuracy_class: str
    min_grams: int
    max_grams: int
    interval_grams: int
    certificate: str | None
    certified_until: date | None
    checked_at: datetime | None
    out_of_use_since: datetime | None
    retired_at: datetime | None
    retired_reason: str | None
    standing: Standing

    def can_read(self, gross_grams: int) -> bool:
        """Tell whether it can show this weight: within its range, in whole intervals.

        Source: minimum capacity and verification interval after JJG 539.
        """
        return self.min_grams <= gross_grams <= self.max_grams and gross_grams % self.interval_grams == 0


def standing(
    *,
    certified_until: date | None,
    out_of_use_since: datetime | None,
    retired_at: datetime | None,
    on: date,
) -> Standing:
    """Tell how a scale stands on a day."""
    if retired_at is not None:
        return Standing.RETIRED
    if out_of_use_since is not None:
        return Standing.OUT_OF_USE
    if certified_until is None:
        return Standing.UNCERTIFIED
    return Standing.IN_USE if on <= certified_until else Standing.EXPIRED


@dataclass(frozen=True)
class AccuracyClass:
    """What JJG 539 asks of a class of scales, in verification intervals `e`."""

    least_load: int
    fewest: Mapping[range, int]
    """From which number of intervals on, by the size of the interval in grams."""
    most: int
    steps: tuple[int, ...]
    """The loads above which the permissible error grows by half an interval."""


_ANY_LARGER = 10**9
CLASSES: Mapping[str, AccuracyClass] = {
    "III": AccuracyClass(20, {range(1, 3): 100, range(5, _ANY_LARGER): 500}, 10_000, (500, 2_000)),
    "IIII": AccuracyClass(10, {range(5, _ANY_LARGER): 100}, 1_000, (50, 200)),
}
"""Source: JJG 539-1997, tables of the classes and of the permissible errors at verification, as posted at
https://gfjl.org/forum.php?goto=lastpost&mod=redirect&tid=6435 (grade C: the 2016 edition was not seen)."""

LONGEST_DAYS = 366
"""JJG 539-2016, as quoted in published code (grade C): a verification holds for a year at most."""


def is_possible(accuracy_class: str, *, min_grams: int, max_grams: int, interval_grams: int) -> bool:
    """Tell whether a scale of this class can have such a range."""
    limits = CLASSES[accuracy_class]
    fewest = next((least for size, least in limits.fewest.items() if interval_grams in size), None)
    if fewest is None or not limits.least_load * interval_grams <= min_grams < max_grams:
        return False
    return fewest * interval_grams <= max_grams <= limits.most * interval_grams


def permissible_milligrams(accuracy_class: str, *, load_grams: int, interval_grams: int) -> int:
    """Return how far a reading may be off, either way: half an interval, and half more above each step.

    In milligrams, since half of an odd interval is no whole gram. It is the error at verification, the
    narrower of the two that the rules know: what is in use is held to what its certificate was given for.
    """
    steps = sum(load_grams > step * interval_grams for step in CLASSES[accuracy_class].steps)
    return 500 * interval_grams * (1 + steps)


@dataclass(frozen=True)
class CertificateEntry:
    """A certificate as it was put on record."""

    id: UUID
    number: str
    issuer: str
    issued_on: date
    expires_on: date
    note: str | None
    recorded_at: datetime | None
    recorded_by: UUID | None
    withdrawn_at: datetime | None
    withdrawn_by: UUID | None
    withdrawn_reason: str | None


@dataclass(frozen=True)
class CheckEntry:
    """What a scale showed under a weight that is known."""

    id: UUID
    nominal_grams: int
    read_grams: int
    permissible_milligrams: int
    at: datetime
    by: UUID

    @property
    def passed(self) -> bool:
        """Tell whether it was off by no more than it may be."""
        return abs(self.read_grams - self.nominal_grams) * 1000 <= self.permissible_milligrams


def out_of_use_since(newest: CheckEntry | None, certificates: Iterable[CertificateEntry]) -> datetime | None:
    """Tell since when a scale is out of use: since a failed check that nothing has answered yet.

    A verification answers it that was made, and put on record, after the check.
    """
    if newest is None or newest.passed:
        return None
    day = city_day(newest.at)
    answered = any(
        each.withdrawn_at is None
        and each.recorded_at is not None
        and each.recorded_at > newest.at
        and each.issued_on >= day
        for each in certificates
    )
    return None if answered else newest.at
