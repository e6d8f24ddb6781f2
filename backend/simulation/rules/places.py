"""Whose the lines of a batch are: households by number, and the ceilings that they are under."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from backend.weighing.queries import Integers, Names, Steps

_FIRST_DAY = np.datetime64("2000-01-01")


def days(opened_on: Integers) -> np.ndarray:
    """Return days of a column as dates."""
    return _FIRST_DAY + opened_on.astype("timedelta64[D]")


class Places(NamedTuple):
    """A household, a ceiling and a budget year for each line; both replays of a batch ask for them."""

    home: Integers
    """The number of the household."""
    ceiling: Integers
    """Which of the ceilings it is under."""
    year: Integers
    ceilings: Sequence[str]
    """The batch's ceilings by name: a household, a month and a material."""

    @classmethod
    def of(cls, steps: Steps, names: Names, homes: dict[str, int]) -> "Places":
        """Find them; a household that is not known yet gets the next number."""
        texts, text = np.unique(steps.household, return_inverse=True)
        found = [name.decode() for name in texts.tolist()]
        numbers = np.array([homes.setdefault(name, len(homes)) for name in found], dtype=np.int64)
        on = days(steps.opened_on)
        months = on.astype("datetime64[M]").astype(np.int64)
        first, span, width = int(months.min()), int(np.ptp(months)) + 1, len(names.materials) + 1
        keys, ceiling = np.unique(
            (text * span + months - first) * width + steps.material, return_inverse=True
        )
        month_names = [str(np.datetime64(first + nth, "M")) for nth in range(span)]
        materials = ("", *names.materials)
        ceilings = [
            f"{found[key // width // span]}|{month_names[key // width % span]}|{materials[key % width]}"
            for key in keys.tolist()
        ]
        return cls(numbers[text], ceiling, on.astype("datetime64[Y]").astype(np.int64) + 1970, ceilings)

    def part(self, begin: int, end: int) -> "Places":
        """Return those of the lines from one to before another."""
        return self._replace(
            home=self.home[begin:end], ceiling=self.ceiling[begin:end], year=self.year[begin:end]
        )
