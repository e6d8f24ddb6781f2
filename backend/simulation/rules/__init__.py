"""The pure part of a simulation: rates as ratios, one replay of a history, and what two replays differ in."""

from backend.simulation.rules.outcome import Opening
from backend.simulation.rules.pair import Pair
from backend.simulation.rules.proposal import Cap, Change, Proposal
from backend.simulation.rules.ratios import ExactRate, exact, exact_factors
from backend.simulation.rules.replay import Replay
from backend.simulation.rules.showing import FEWEST, open_groups
from backend.simulation.rules.side import Side
from backend.simulation.rules.tally import FIGURES
from backend.simulation.rules.tariffs import Lists
from backend.simulation.rules.values import LIVE, FactorRun, RunKind, Simulation, State
from backend.simulation.rules.verdict import Group, Verdict, verdict
from backend.simulation.rules.words import FORESEEN, OF_FACTORS, UNKNOWNS, UNTIL_THEN

__all__ = [
    "FEWEST",
    "FIGURES",
    "FORESEEN",
    "LIVE",
    "OF_FACTORS",
    "UNKNOWNS",
    "UNTIL_THEN",
    "Cap",
    "Change",
    "ExactRate",
    "FactorRun",
    "Group",
    "Lists",
    "Opening",
    "Pair",
    "Proposal",
    "Replay",
    "RunKind",
    "Side",
    "Simulation",
    "State",
    "Verdict",
    "exact",
    "exact_factors",
    "open_groups",
    "verdict",
]
