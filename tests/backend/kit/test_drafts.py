"""The way of a draft: every step from every state, by everybody, however simulated."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.kit.drafts import (
    FINAL,
    DraftOutdated,
    OwnDraft,
    SimulationMissing,
    SimulationOutdated,
    Standing,
    State,
    Step,
    StepImpossible,
    after,
)
from backend.kit.errors import Problem

AUTHOR, OTHER = UUID(int=1), UUID(int=2)
people = some.sampled_from([AUTHOR, OTHER])
standings = some.builds(
    Standing,
    state=some.sampled_from(State),
    authors=some.just(frozenset({AUTHOR})),
    digest=some.just("now"),
    simulated_digest=some.sampled_from(["now", "before", None]),
    is_current=some.booleans(),
)


def ready(state: State) -> Standing:
    return Standing(state, frozenset({AUTHOR}), "now", "now", is_current=True)


@pytest.mark.parametrize(
    ("state", "step", "to"),
    [
        (State.DRAFTED, Step.EDIT, State.DRAFTED),
        (State.DRAFTED, Step.SUBMIT, State.SUBMITTED),
        (State.DRAFTED, Step.WITHDRAW, State.WITHDRAWN),
        (State.SUBMITTED, Step.EDIT, State.DRAFTED),
        (State.SUBMITTED, Step.APPROVE, State.APPROVED),
        (State.SUBMITTED, Step.REJECT, State.REJECTED),
        (State.SUBMITTED, Step.WITHDRAW, State.WITHDRAWN),
        (State.APPROVED, Step.EDIT, State.DRAFTED),
        (State.APPROVED, Step.PUBLISH, State.PUBLISHED),
        (State.APPROVED, Step.REJECT, State.REJECTED),
        (State.APPROVED, Step.WITHDRAW, State.WITHDRAWN),
        (State.REJECTED, Step.EDIT, State.DRAFTED),
        (State.REJECTED, Step.WITHDRAW, State.WITHDRAWN),
    ],
)
def test_these_steps_there_are(state: State, step: Step, to: State):
    assert after(ready(state), step, by=OTHER) == to


def test_and_no_others():
    there_are = 0
    for state in State:
        for step in Step:
            try:
                after(ready(state), step, by=OTHER)
            except StepImpossible:
                continue
            there_are += 1

    assert there_are == 13
    assert {State.WITHDRAWN, State.PUBLISHED} == FINAL


@given(standings, some.sampled_from(Step), people)
def test_only_what_was_simulated_as_it_stands_goes_on(standing: Standing, step: Step, by: UUID):
    try:
        to = after(standing, step, by=by)
    except Problem:
        return

    if to in (State.SUBMITTED, State.APPROVED, State.PUBLISHED):
        assert standing.simulated_digest == standing.digest
        assert standing.is_current
    if to in (State.APPROVED, State.REJECTED, State.PUBLISHED):
        assert by not in standing.authors


@given(some.lists(some.tuples(some.sampled_from(Step), people), max_size=12))
def test_what_is_published_was_approved_by_somebody_else(steps: list[tuple[Step, UUID]]):
    state, approved = State.DRAFTED, False
    for step, by in steps:
        try:
            to = after(ready(state), step, by=by)
        except Problem:
            continue
        assert state not in FINAL
        if step is Step.APPROVE:
            approved = by != AUTHOR
        elif to is State.DRAFTED:
            approved = False
        state = to

    assert state is not State.PUBLISHED or approved


@pytest.mark.parametrize(
    ("standing", "refusal"),
    [
        (Standing(State.APPROVED, frozenset({AUTHOR}), "now", "now", is_current=False), DraftOutdated),
        (Standing(State.APPROVED, frozenset({AUTHOR}), "now", None, is_current=True), SimulationMissing),
        (Standing(State.APPROVED, frozenset({AUTHOR}), "now", "before", is_current=True), SimulationOutdated),
        (Standing(State.APPROVED, frozenset({OTHER}), "now", "now", is_current=True), OwnDraft),
        (Standing(State.REJECTED, frozenset({OTHER}), "now", "now", is_current=True), StepImpossible),
    ],
)
def test_each_obstacle_has_a_name(standing: Standing, refusal: type[Problem]):
    with pytest.raises(refusal):
        after(standing, Step.PUBLISH, by=OTHER)
