"""What a simulation says: what it would have cost, who gains and who loses, and when the money is gone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import add
from typing import Any

from backend.kit.rounding import half_up_ratio
from backend.simulation.rules.pair import Pair
from backend.simulation.rules.side import Side
from backend.simulation.rules.tally import FIGURES

_GRAMS_PER_TONNE = 1_000_000
_SIDES = ("in_force", "proposed")
KINDS = ("material", "community", "community_material", "day")


@dataclass
class Group:
    """A material, a community, both, or a day: what each side pays, and how many households it moves."""

    kind: str
    key: str
    in_force: dict[str, int]
    proposed: dict[str, int]
    households: int = 0
    winners: int = 0
    losers: int = 0
    gained_points: int = 0
    lost_points: int = 0
    homes: dict[str, int] = field(default_factory=dict, repr=False)
    """By how many points each household comes out ahead, while it is counted."""

    def settle(self) -> "Group":
        """Count whom it moves, and forget who they are."""
        self.households = len(self.homes)
        gains = [points for points in self.homes.values() if points > 0]
        losses = [-points for points in self.homes.values() if points < 0]
        self.winners, self.losers = len(gains), len(losses)
        self.gained_points, self.lost_points = sum(gains), sum(losses)
        self.homes = {}
        return self


@dataclass(frozen=True)
class Verdict:
    """All that is kept of a simulation."""

    summary: dict[str, Any]
    groups: Sequence[Group]


def verdict(pair: Pair, *, communities: Mapping[str, str], reconstructed: int) -> Verdict:
    """Sum up what two replays of the same steps differ in.

    :param communities: the community of each household, which were counted without
    """
    groups: dict[tuple[str, str], Group] = {}
    whole = empty("all", "")
    sums: dict[tuple[str, str], list[int]] = {}
    for home, material, row in _cells(pair):
        community = communities.get(home, "")
        known = sums.get((community, material))
        sums[community, material] = row if known is None else list(map(add, known, row))
        gained = row[8] + row[9] - row[2] - row[3]
        for group in _of(groups, community, material):
            group.homes[home] = group.homes.get(home, 0) + gained
        whole.homes[home] = whole.homes.get(home, 0) + gained
    for (community, material), row in sums.items():
        for group in (whole, *_of(groups, community, material)):
            _count(group, row)
    for day, row in pair.now.tally.days.items():
        groups["day", day] = empty("day", day)
        _count(groups["day", day], row + pair.then.tally.days[day])
    named = [group.settle() for _, group in sorted(groups.items(), key=lambda item: item[0])]
    for group in named:
        if group.kind == "day":
            group.households = pair.now.tally.households[group.key]
    return Verdict(_summary(whole.settle(), pair.now, pair.then, reconstructed), named)


def _cells(pair: Pair) -> Iterator[tuple[str, str, list[int]]]:
    """Put the figures of both sides into one row: they counted the same steps."""
    homes, materials = list(pair.homes), pair.materials
    now, then = (side.tally.gathered().tolist() for side in (pair.now, pair.then))
    for (home, material, *row), (_, _, *other) in zip(now, then, strict=True):
        yield homes[home], materials[material - 1], row + other


def empty(kind: str, key: str) -> Group:
    """Return a group of which nothing is counted yet."""
    return Group(kind, key, dict.fromkeys(FIGURES, 0), dict.fromkeys(FIGURES, 0))


def _of(groups: dict[tuple[str, str], Group], community: str, material: str) -> Iterator[Group]:
    """Find the groups that a cell is in."""
    for kind, key in (
        ("material", material),
        ("community", community),
        ("community_material", f"{community}/{material}"),
    ):
        found = groups.get((kind, key))
        if found is None:
            found = groups[kind, key] = empty(kind, key)
        yield found


def _count(group: Group, row: Sequence[int]) -> None:
    for place, name in enumerate(FIGURES):
        group.in_force[name] += row[place]
        group.proposed[name] += row[place + len(FIGURES)]


def _summary(whole: Group, now: Side, then: Side, reconstructed: int) -> dict[str, Any]:
    handed_over = whole.in_force["net_grams"]
    sides = {
        "in_force": _side(whole.in_force, now.tally.promised, handed_over),
        "proposed": _side(whole.proposed, then.tally.promised, handed_over),
    }
    fen = {side: found["cost_fen"] for side, found in sides.items()}
    return {
        **sides,
        "difference": {name: sides["proposed"][name] - sides["in_force"][name] for name in sides["in_force"]},
        "cost_difference_fen": fen["proposed"] - fen["in_force"],
        "households": whole.households,
        "winners": whole.winners,
        "losers": whole.losers,
        "gained_points": whole.gained_points,
        "lost_points": whole.lost_points,
        "not_taken_grams": whole.in_force["net_grams"] - whole.proposed["net_grams"],
        "budgets": _budgets(now, then),
        "unexplained": dict(zip(("lines", "fen", "grams"), now.tally.unexplained, strict=True)),
        "reconstructed_lines": reconstructed,
    }


def _side(figures: Mapping[str, int], promised_points: int, net_grams: int) -> dict[str, int]:
    """Say what one side comes to; a tonne is one that was really handed over."""
    cost = figures["subsidy_fen"] + figures["operator_subsidy_fen"]
    return {
        **figures,
        "cost_fen": cost,
        "cost_per_tonne_fen": half_up_ratio(cost * _GRAMS_PER_TONNE, net_grams) if net_grams else 0,
        "points": figures["market_fen"] + figures["subsidy_fen"],
        "promised_points": promised_points,
    }


def _budgets(now: Side, then: Side) -> list[dict[str, Any]]:
    """Say of each budget what would be left, and when it first could not pay."""
    found = []
    for place in sorted(now.replay.states.keys() | then.replay.states.keys()):
        programme, period = place.split("|")
        found.append(
            {
                "programme": programme,
                "period": period,
                **{
                    side: {"left_fen": one.left.get(place, 0), "ran_out_at": one.ran_out.get(place)}
                    for side, one in zip(_SIDES, (now.replay, then.replay), strict=True)
                },
            }
        )
    return found
