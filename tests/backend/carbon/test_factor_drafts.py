"""Drafts of sets: whose they are, what is wrong with some, and what a published one leads to."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy.orm import Session

from backend.carbon import queries, service
from backend.carbon.errors import (
    FactorAbsurd,
    FactorBoundsCrossed,
    FactorSetBackDated,
    FactorSetEmpty,
    FactorSetOverlaps,
    FactorSourceUnclear,
    FactorTwice,
)
from backend.carbon.rules import digest_of
from backend.catalogue.errors import MaterialUnknown
from backend.kit.db import transaction
from backend.kit.drafts import (
    DraftNotFound,
    DraftOutdated,
    OwnDraft,
    SimulationMissing,
    SimulationOutdated,
    StepImpossible,
)
from backend.kit.ids import new_id
from backend.local.roles import Database
from tests.makers import (
    APPROVER,
    DRAFTER,
    NOON,
    YUHANG,
    a_factor,
    a_factor_draft,
    a_material,
    an_actor,
    an_approved_factor_set,
    as_it_is,
)

DAY = timedelta(days=1)
MAKER, JUDGE = an_actor(DRAFTER), an_actor(APPROVER, "approver")
SEEN: dict[str, Any] = {"is_as_seen": as_it_is, "at": NOON + DAY}


def edit(db: Session, draft_id, *factors, **other):
    found = queries.draft(db, draft_id)
    kept = {"title": found.title, "note": found.note, "naming": found, "factors": factors or found.lines}
    return service.edit(db, draft_id, **{"by": MAKER, **kept, **SEEN, **other})


def test_what_is_published_names_its_draft_its_simulation_and_who_answers_for_it(db: Session):
    first = an_approved_factor_set(db)
    draft_id = a_factor_draft(db, a_factor("glass", "0.5"), at=NOON + DAY, state="published")

    draft = queries.draft(db, draft_id)
    found = queries.factor_set(db, at=NOON + DAY)
    assert (found.name, found.version, found.valid_from) == ("lower_bound", 2, NOON + DAY)
    assert found.approval is not None
    assert (found.approval.draft, found.approval.by) == (draft_id, APPROVER)
    assert found.approval.simulation == draft.simulation
    assert found.lines == draft.lines
    assert queries.factor_set(db, at=NOON).id == first.id
    assert draft.based_on == first.id
    assert [one.id for one in queries.factor_sets(db, cursor=None, limit=5).items] == [found.id, first.id]


def test_a_draft_without_factors_begins_with_what_the_newest_set_says(db: Session):
    with pytest.raises(FactorSetEmpty):
        a_factor_draft(db)
    first = an_approved_factor_set(db)
    assert queries.draft(db, a_factor_draft(db)).factors == first.factors


@pytest.mark.parametrize(
    ("factors", "refusal"),
    [
        ([a_factor("unheard")], MaterialUnknown),
        ([a_factor("glass"), a_factor("glass")], FactorTwice),
        ([replace(a_factor(), kg_per_kg=Decimal("100.01"), upper_kg_per_kg=None)], FactorAbsurd),
        ([replace(a_factor(), kg_per_kg=Decimal(-101))], FactorAbsurd),
        ([replace(a_factor(), upper_kg_per_kg=Decimal("0.1"))], FactorBoundsCrossed),
        ([replace(a_factor(), kg_per_kg=None)], FactorBoundsCrossed),
        ([replace(a_factor(), source=None)], FactorSourceUnclear),
        ([replace(a_factor(), grade="assumption")], FactorSourceUnclear),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(db: Session, factors, refusal):
    an_approved_factor_set(db)
    draft_id = a_factor_draft(db)
    with pytest.raises(refusal):
        edit(db, draft_id, *factors)


def test_nobody_decides_on_their_own_and_an_edit_makes_one_an_author(db: Session):
    an_approved_factor_set(db)
    draft_id = a_factor_draft(db, state="submitted")
    with pytest.raises(OwnDraft):
        service.approve(db, draft_id, by=MAKER, **SEEN)
    with pytest.raises(OwnDraft):
        service.reject(db, draft_id, by=MAKER, reason="不妥", **SEEN)
    service.approve(db, draft_id, by=JUDGE, **SEEN)
    with pytest.raises(OwnDraft):
        service.publish_draft(db, draft_id, by=MAKER, **SEEN)
    edit(db, draft_id, by=JUDGE)
    service.submit(db, draft_id, by=MAKER, **SEEN)
    with pytest.raises(OwnDraft):
        service.approve(db, draft_id, by=JUDGE, **SEEN)


def mark(db: Session, draft_id: UUID) -> bool:
    digest = queries.draft(db, draft_id).digest
    return service.mark_simulated(
        db, district=YUHANG, draft=draft_id, simulation=new_id(), digest=digest, at=NOON
    )


def test_what_is_submitted_was_simulated_as_it_stands(db: Session):
    an_approved_factor_set(db)
    draft_id = a_factor_draft(db, simulated=False)
    with pytest.raises(SimulationMissing):
        service.submit(db, draft_id, by=MAKER, **SEEN)
    assert mark(db, draft_id)
    assert edit(db, draft_id, title="改个题目").is_simulated
    assert not edit(db, draft_id, a_factor("glass", "0.31")).is_simulated
    with pytest.raises(SimulationOutdated):
        service.submit(db, draft_id, by=MAKER, **SEEN)


def test_a_draft_that_another_has_overtaken_is_based_on_the_newest_first(db: Session):
    an_approved_factor_set(db)
    late = a_factor_draft(db)
    a_factor_draft(db, a_factor("glass", "0.4"), at=NOON + DAY, state="published")
    newest = queries.newest(db)
    with pytest.raises(DraftOutdated):
        service.submit(db, late, by=MAKER, **SEEN)
    with pytest.raises(DraftOutdated):
        edit(db, late, based_on=new_id())
    edit(db, late, based_on=newest)
    with pytest.raises(SimulationMissing):
        service.submit(db, late, by=MAKER, **SEEN)
    mark(db, late)
    assert service.submit(db, late, by=MAKER, **SEEN).state == "submitted"


def test_an_announced_set_is_superseded_only_if_that_is_said(db: Session):
    an_approved_factor_set(db)
    first = a_factor_draft(db, a_factor("glass", "9"), state="approved")
    with pytest.raises(FactorSetBackDated):
        service.publish_draft(db, first, by=JUDGE, valid_from=NOON, **SEEN)
    db.expire_all()
    service.publish_draft(db, first, by=JUDGE, valid_from=NOON + 9 * DAY, **SEEN)
    better = a_factor_draft(db, a_factor("glass", "0.9"), state="approved", at=NOON + 2 * DAY)
    step: dict[str, Any] = {
        "is_as_seen": as_it_is,
        "at": NOON + 2 * DAY,
        "valid_from": NOON + 5 * DAY,
        "by": JUDGE,
    }
    with pytest.raises(FactorSetOverlaps) as told, db.begin_nested():
        service.publish_draft(db, better, **step)
    assert told.value.facts == {"name": "lower_bound", "version": 2}
    db.expire_all()
    service.publish_draft(db, better, supersede=True, **step)

    assert queries.factor_set(db, at=NOON + 4 * DAY).version == 1
    assert queries.factor_set(db, at=NOON + 5 * DAY).version == 3
    assert queries.factor_set(db, at=NOON + 99 * DAY).version == 3


def test_what_has_ended_stays_and_what_is_not_there_is_not_found(db: Session):
    an_approved_factor_set(db)
    for state in ("withdrawn", "published"):
        with pytest.raises(StepImpossible):
            edit(db, a_factor_draft(db, at=NOON + DAY, state=state))
    with pytest.raises(DraftNotFound):
        queries.draft(db, new_id())
    with pytest.raises(DraftNotFound):
        service.withdraw(db, new_id(), by=MAKER, reason="无", **SEEN)


def test_a_digest_sees_what_decides_grams_and_nothing_else():
    glass, foam = a_factor("glass", "0.30"), a_factor("foam", "-1")
    assert digest_of([glass, foam]) == digest_of(
        [replace(foam, kg_per_kg=Decimal(0), note_zh="别的"), a_factor("glass", "0.3")]
    )
    assert digest_of([glass]) != digest_of([a_factor("glass", "0.31")])


@pytest.mark.parametrize("who", ["app", "owner", "admin"])
def test_nobody_changes_what_was_published_or_is_being_decided_on(database: Database, who: str):
    with transaction() as db:
        a_material(db, "foam")
        an_approved_factor_set(db)
    with transaction(districts=["330110"]) as db:
        a_factor_draft(db, a_factor("glass", "0.4"), at=NOON + DAY, state="submitted", name="other")
        a_factor_draft(db, at=NOON + DAY, state="published")

    with psycopg.connect(getattr(database, f"{who}_url"), autocommit=True) as conn:
        if who == "admin":
            conn.execute("set session_replication_role = replica")
        for change in (
            "update draft_factor set kg_per_kg = 9",
            "delete from draft_factor",
            "update factor_set_draft set state = 'drafted', published_by = null where state = 'published'",
            "delete from factor_set_draft where state = 'published'",
        ):
            with pytest.raises(psycopg.errors.RestrictViolation):
                conn.execute(change)
