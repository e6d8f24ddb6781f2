"""Two replays side by side: under the rates in force, and as proposed. They can rest anywhere and go on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

import numpy as np

from backend.simulation.rules.places import Places
from backend.simulation.rules.replay import Replay
from backend.simulation.rules.side import Batch, Side
from backend.simulation.rules.tally import Tally
from backend.simulation.rules.tariffs import Lists
from backend.subsidy.queries import BudgetEvent
from backend.weighing.queries import Names, Steps, since_2000

_COLUMNS = ("cells", "last_days")


@dataclass
class Pair:
    """Where both replays have come to."""

    now: Side
    then: Side
    since: datetime
    until: datetime
    materials: Sequence[str]
    """What a material's place in the tallies means."""
    homes: dict[str, int] = field(default_factory=dict)
    """The number of each household, by which both tallies know it."""
    lines: int = 0
    """How many lines of the period were replayed."""

    def go_on(
        self, steps: Steps, events: Sequence[BudgetEvent], names: Names, in_force: Lists, proposed: Lists
    ) -> None:
        """Replay what comes next, in its order.

        :param events: all that ever happened to the district's budgets, in order
        """
        since, until = since_2000(self.since), since_2000(self.until)
        quoted = steps.is_held & (since <= steps.opened_at) & (steps.opened_at < until)
        batch = Batch(steps, Places.of(steps, names, self.homes), names, quoted, events)
        self.now.go_on(batch, in_force)
        self.then.go_on(batch, proposed)
        self.lines += int(quoted.sum())

    def end(self, events: Sequence[BudgetEvent]) -> None:
        """Let what happened after the last weighing happen, up to the end of the period."""
        for side in (self.now, self.then):
            side.end(events, until=self.until)

    def forget(self, *, before: datetime) -> None:
        """Forget the ceilings of months before a moment: nothing that began then has anything to come."""
        for side in (self.now, self.then):
            side.replay.forget(before=before)

    def rest(self) -> bytes:
        """Return all of it: the columns as they are, and the rest as JSON."""
        columns: dict[str, Any] = {}
        for name, side in (("now", self.now), ("then", self.then)):
            side.tally.gathered()
            columns |= {f"{name}.{column}": getattr(side.tally, column) for column in _COLUMNS}
        rested = {
            "now": _resting(self.now),
            "then": _resting(self.then),
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "materials": self.materials,
            "homes": list(self.homes),
            "lines": self.lines,
        }
        plain = json.dumps(rested, separators=(",", ":")).encode()
        kept = BytesIO()
        np.savez(kept, allow_pickle=False, plain=np.frombuffer(plain, dtype=np.uint8), **columns)
        return kept.getvalue()

    @classmethod
    def wake(cls, rested: bytes) -> "Pair":
        """Take it up where it rested."""
        with np.load(BytesIO(rested), allow_pickle=False) as kept:
            told = json.loads(kept["plain"].tobytes())
            now, then = (
                _side(told[name], {column: kept[f"{name}.{column}"] for column in _COLUMNS})
                for name in ("now", "then")
            )
        return cls(
            now,
            then,
            datetime.fromisoformat(told["since"]),
            datetime.fromisoformat(told["until"]),
            told["materials"],
            {home: number for number, home in enumerate(told["homes"])},
            told["lines"],
        )


def _resting(side: Side) -> dict[str, Any]:
    counted = {name: value for name, value in vars(side.tally).items() if name not in _COLUMNS}
    return {**vars(side), "replay": side.replay.resting(), "tally": counted}


def _side(told: Mapping[str, Any], columns: Mapping[str, Any]) -> Side:
    return Side(**{**told, "replay": Replay(**told["replay"]), "tally": Tally(**told["tally"], **columns)})
