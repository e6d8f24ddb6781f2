"""What of a simulation is for open use: nobody is singled out, not by taking what is said from the whole."""

from collections.abc import Iterable, Sequence

from backend.simulation.rules.verdict import KINDS, Group, empty

FEWEST = 10
"""Of fewer households nothing is said, and nothing can be told from what is."""
_FIGURES = ("households", "winners", "losers", "gained_points", "lost_points")


def open_groups(groups: Iterable[Group]) -> list[Group]:
    """Return what of all groups of a simulation everybody may be shown.

    Small communities are one, `other`, with the next larger ones if they are few. One household is in
    several materials and days, so nobody knows how many the small ones are together: with them the smallest
    of the others is left out. Communities by material are left out as a whole where one of them is small, as
    each is what its community and its material leave.
    """
    of: dict[str, list[Group]] = {kind: [] for kind in KINDS}
    for group in groups:
        of[group.kind].append(group)
    cells = of["community_material"]
    return [
        *_folded(of["community"]),
        *_without_small(of["material"]),
        *_without_small(of["day"]),
        *(() if any(map(_is_small, cells)) else cells),
    ]


def _is_small(group: Group) -> bool:
    return group.households < FEWEST


def _by_size(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: group.households)


def _folded(communities: Sequence[Group]) -> list[Group]:
    ordered = _by_size(communities)
    folded = sum(map(_is_small, ordered))
    if not folded:
        return ordered
    while folded < len(ordered) and (folded == 1 or _households(ordered[:folded]) < FEWEST):
        folded += 1
    rest, named = ordered[:folded], ordered[folded:]
    return named if _households(rest) < FEWEST else [*named, _together(rest)]


def _households(groups: Iterable[Group]) -> int:
    return sum(group.households for group in groups)


def _together(communities: Iterable[Group]) -> Group:
    whole = empty("community", "other")
    for one in communities:
        for side in ("in_force", "proposed"):
            for name, figure in getattr(one, side).items():
                getattr(whole, side)[name] += figure
        for name in _FIGURES:
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
    return whole


def _without_small(groups: Sequence[Group]) -> list[Group]:
    ordered = _by_size(groups)
    small = sum(map(_is_small, ordered))
    return ordered[small + 1 :] if small else ordered
