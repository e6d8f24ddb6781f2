"""Runs of factors on the wire."""

from marshmallow import fields

from backend.kit.fields import Count, Grams, Id, In, Moment, Out
from backend.kit.paging import page_out
from backend.simulation.rules import RunKind, State
from backend.simulation.schemas import SentenceOut


class FactorSimulationIn(In):
    """What to try, and on which weighings: those that ended from `since` and before `until`."""

    draft = Id(required=True, metadata={"description": "of a set of factors"})
    since = Moment(required=True)
    until = Moment(required=True)


class RecomputationIn(In):
    """What to apply, and to which weighings: those that ended from `since` and before `until`."""

    factor_set = Id(required=True, metadata={"description": "an approved set"})
    since = Moment(required=True)
    until = Moment(required=True)


class SavedOut(Out):
    """What a material saved, as it was credited and as the factors have it."""

    material = fields.String(required=True)
    lines = Count(required=True)
    net_grams = Grams(required=True)
    credited_co2e_grams = Grams(required=True)
    saved_co2e_grams = Grams(required=True)
    change_co2e_grams = Grams(required=True)
    households = Count(required=True, metadata={"description": "that handed some of it over"})


class ForeseenOut(Out):
    """What the factors would change."""

    materials = fields.List(fields.Nested(SavedOut), required=True)
    households = Count(required=True)
    gaining = Count(required=True, metadata={"description": "households that would have more"})
    losing = Count(required=True, metadata={"description": "households that would have less"})
    recomputed_co2e_grams = Grams(
        required=True, metadata={"description": "what other sets have changed since it was credited"}
    )
    change_co2e_grams = Grams(required=True, metadata={"description": "of what stands, in all"})


class FactorRunOut(Out):
    """A run of factors over past weighings: where it stands, and what it came to."""

    id = Id(required=True)
    kind = fields.String(required=True, metadata={"enum": [kind.value for kind in RunKind]})
    state = fields.String(required=True, metadata={"enum": [state.value for state in State]})
    draft = Id(required=True, allow_none=True, metadata={"description": "what a simulation tries"})
    factor_set = Id(required=True, allow_none=True, metadata={"description": "what is applied"})
    digest = fields.String(
        required=True, metadata={"description": "of the draft as it was read; of a set, its id"}
    )
    since = Moment(required=True)
    until = Moment(required=True)
    requested_by = Id(required=True)
    requested_at = Moment(required=True)
    started_at = Moment(required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)
    weighings = Count(required=True, metadata={"description": "there were, when it was asked for"})
    weighings_done = Count(required=True)
    percent = Count(required=True)
    done_by = Moment(
        required=True, allow_none=True, metadata={"description": "at the pace so far; null unless it runs"}
    )
    found = fields.Nested(
        ForeseenOut, required=True, allow_none=True, metadata={"description": "by a simulation"}
    )
    posted = Count(required=True, metadata={"description": "entries; 0 for a simulation, as are the next"})
    added_co2e_grams = Grams(required=True)
    taken_co2e_grams = Grams(required=True)
    short_co2e_grams = Grams(
        required=True, metadata={"description": "was to be taken back and was not there any more"}
    )
    does_not_know = fields.List(fields.Nested(SentenceOut), required=True)


FactorRunPageOut = page_out(FactorRunOut)
