"""What bags change of how things stand, as far as a look ahead holds."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from backend.simulation.rules.ahead import NOWHERE, Ahead
from backend.simulation.rules.outcome import Owed, Promised
from backend.weighing.queries import moment


class Settled(NamedTuple):
    """What bags change of how things stand."""

    taken: Mapping[str, int]
    left: Mapping[str, int]
    promised: Mapping[str, Promised]
    given_back: Sequence[str]
    owed: Sequence[tuple[str, Owed]]
    """By whom, and what."""


def settled(ahead: Ahead) -> Settled:
    """Tell what the bags change for which it holds."""
    lines = int(ahead.steps.bags()[ahead.bags])
    left = ahead.spent[:, : ahead.bags].sum(axis=1).tolist()
    back = np.flatnonzero(~ahead.steps.is_held[:lines]).tolist()
    return Settled(
        taken=_taken(ahead, lines),
        left={name: -fen for name, fen in zip(ahead.budgets, left, strict=True) if fen},
        promised=_promised(ahead, lines),
        given_back=[ahead.steps.line[row].decode() for row in back if row in ahead.earlier],
        owed=_owed(ahead, lines),
    )


def _taken(ahead: Ahead, lines: int) -> dict[str, int]:
    """Add up what each ceiling is taken by."""
    change = np.where(ahead.follows, ahead.steps.subsidised_grams, np.where(ahead.promises, ahead.granted, 0))
    back = np.flatnonzero(ahead.source != NOWHERE)
    change[back] = -change[ahead.source[back]]
    for row, was in ahead.earlier.items():
        change[row] = -was.grams
    codes, group = ahead.groups
    found = np.zeros(len(codes), dtype=np.int64)
    np.add.at(found, group[:lines], change[:lines])
    touched = np.flatnonzero(found)
    names = ahead.places.ceilings
    return {
        names[code]: grams
        for code, grams in zip(codes[touched].tolist(), found[touched].tolist(), strict=True)
    }


def _promised(ahead: Ahead, lines: int) -> dict[str, Promised]:
    """Tell what is held that will be given back, but is not yet."""
    held = ahead.steps.is_held[:lines] & ahead.steps.given_back[:lines]
    held[ahead.source[:lines][ahead.source[:lines] != NOWHERE]] = False
    grams = np.where(ahead.follows, ahead.steps.subsidised_grams, ahead.outcomes.subsidised_grams)
    return {
        ahead.steps.line[row].decode(): Promised(
            ahead.places.ceilings[ahead.places.ceiling[row]],
            int(grams[row]),
            ahead.budgets[ahead.budget[row]] if ahead.budget[row] != NOWHERE else "",
            int(ahead.held[row]),
        )
        for row in np.flatnonzero(held).tolist()
    }


def _owed(ahead: Ahead, lines: int) -> list[tuple[str, Owed]]:
    """List what is owed from money to come."""
    quoted = ahead.outcomes.queued_fen + ahead.outcomes.queued_operator_fen
    owed = np.where(ahead.follows, ahead.steps.queued_fen + ahead.steps.queued_operator_fen, quoted)[:lines]
    counted = ahead.steps.is_held[:lines] & ahead.steps.is_confirmed[:lines] & ~ahead.steps.given_back[:lines]
    rows = np.flatnonzero((owed > 0) & counted).tolist()
    return [
        (
            ahead.names.programmes[int(ahead.programme[row]) - 1],
            Owed.of(
                ahead.steps.line[row].decode(),
                int(owed[row]),
                promised_at=moment(int(ahead.steps.ended_at[row])),
                proven_at=moment(int(ahead.steps.proven_at[row])),
            ),
        )
        for row in rows
    ]
