"""Sets of factors: the last to become valid is in force, and nothing approved ever changes."""

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy.orm import Session

from backend.carbon import queries, service
from backend.carbon.errors import NoFactorSet
from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.local.roles import Database
from tests.makers import NOON, a_factor, a_factor_set, a_material, an_approved_factor_set

DAY = timedelta(days=1)


def test_what_is_approved_is_in_force_with_every_source(db: Session):
    approved = an_approved_factor_set(db)

    found = queries.factor_set(db, at=NOON)
    assert found.factors == approved.factors
    assert replace(found, lines=()) == replace(approved, lines=())
    assert queries.factor_set_by_id(db, approved.id) == found


def test_a_later_set_takes_over_from_its_day(db: Session):
    first = an_approved_factor_set(db)
    second = an_approved_factor_set(db, version=2, at=NOON + DAY)

    assert queries.factor_set(db, at=NOON + DAY - timedelta(microseconds=1)).id == first.id
    assert queries.factor_set(db, at=NOON + DAY).id == second.id


def test_a_version_that_is_known_stays_as_it_is(db: Session):
    first = an_approved_factor_set(db)
    service.publish(db, a_factor_set(a_factor("glass", "99")))

    assert queries.factor_set(db, at=NOON).id == first.id


def test_before_the_first_set_there_is_none(db: Session):
    an_approved_factor_set(db)

    with pytest.raises(NoFactorSet):
        queries.factor_set(db, at=NOON - DAY)
    with pytest.raises(NoFactorSet):
        queries.factor_set_by_id(db, new_id())


def test_a_set_is_one_question(db: Session, statements: list[str]):
    an_approved_factor_set(db)
    statements.clear()

    queries.factor_set(db, at=NOON)
    assert len(statements) == 1


CHANGES = [
    "update factor_set set valid_from = valid_from - interval '1 day'",
    "update factor_set set approved_at = null",
    "delete from factor_set",
    "update factor set kg_per_kg = 9",
    "delete from factor",
    'insert into factor select (jsonb_populate_record(factor, \'{"material": "foam"}\')).*'
    " from factor limit 1",
]
CUTS = [
    "truncate factor",
    "truncate factor, factor_set, factor_set_draft, draft_factor, carbon_change, factor_run",
]


@pytest.mark.parametrize("change", [*CHANGES, *CUTS])
@pytest.mark.parametrize("who", ["app", "owner", "admin"])
def test_nobody_changes_what_is_approved(database: Database, who: str, change: str):
    with transaction() as db:
        a_material(db, "foam")
        an_approved_factor_set(db)

    with psycopg.connect(getattr(database, f"{who}_url")) as conn:
        if who == "admin":
            conn.execute("set session_replication_role = replica")
        with pytest.raises(
            psycopg.errors.InsufficientPrivilege
            if who == "app" and change in CUTS
            else psycopg.errors.RestrictViolation
        ):
            conn.execute(change)
