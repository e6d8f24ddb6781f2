"""Two replays abreast, each in a process of its own: one of them reads the tape, and hands it on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice

from backend.kit.beside import Helper, beside
from backend.simulation.rules import Lists, Side
from backend.subsidy.queries import BudgetEvent
from backend.weighing.queries import Step, replaying

_BATCH = 500
"""So many lines are handed on at a time."""
_BETWEEN = b"\n"
"""No side has one in what rests of it: that is JSON in one line."""


@dataclass(frozen=True)
class Way:
    """How one side goes on over a piece of the tape."""

    begin: Callable[[], Side]
    """Asked in the process that it is replayed in: to wake a side takes a while."""
    lists: Lists
    events: Sequence[BudgetEvent]
    oldest: datetime | None
    """When the oldest weighing began that still has something to come; None if nothing has."""

    def go(self, steps: Iterator[Step]) -> Side:
        """Replay a piece."""
        side = self.begin()
        side.go_on(steps, self.events, self.lists)
        if self.oldest is None:
            side.end(self.events)
        else:
            side.replay.forget(before=self.oldest)
        return side


@dataclass(frozen=True)
class Abreast:
    """Where both replays have come to."""

    lines: int
    """How many lines of the period were replayed."""
    now: bytes
    then: bytes

    def rest(self) -> bytes:
        """Return all that it takes to go on."""
        return self.now + _BETWEEN + self.then

    @staticmethod
    def wake(rested: bytes) -> tuple[Callable[[], Side], Callable[[], Side]]:
        """Return how each side is taken up where it rested."""
        now, then = rested.split(_BETWEEN)
        return partial(Side.wake, now), partial(Side.wake, then)


def abreast(now: Way, then: Way, tape: Iterator[replaying.Row]) -> Abreast:
    """Replay a piece both ways."""
    with beside(partial(_follow, then)) as helper:
        side = now.go(map(replaying.step, _handed_on(tape, helper)))
        return Abreast(side.lines, side.rest(), helper.answer())


def _handed_on(tape: Iterator[replaying.Row], helper: Helper) -> Iterator[replaying.Row]:
    while batch := list(islice(tape, _BATCH)):
        helper.tell(b"".join(batch))
        yield from batch


def _follow(way: Way, told: Iterator[bytes]) -> bytes:
    return way.go(replaying.step(row) for batch in told for row in batch.splitlines()).rest()
