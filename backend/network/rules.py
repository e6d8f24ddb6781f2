"""What a scale may claim, and what leaves this room: frozen values."""

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID


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


@dataclass(frozen=True)
class ScalePassport:
    """A scale with its newest certificate."""

    id: UUID
    serial: str
    operator: UUID
    accuracy_class: str
    min_grams: int
    max_grams: int
    interval_grams: int
    certificate: str | None
    certified_until: date | None

    def is_certified(self, day: date) -> bool:
        """Tell whether its certificate covers this day."""
        return self.certified_until is not None and day <= self.certified_until

    def can_read(self, gross_grams: int) -> bool:
        """Tell whether it can show this weight: within its range, in whole intervals.

        Source: minimum capacity and verification interval after JJG 539.
        """
        return self.min_grams <= gross_grams <= self.max_grams and gross_grams % self.interval_grams == 0
