"""Each household's ceiling of a month: held by a quote, used or given back, never exceeded."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.kit.db import see, transaction
from backend.local.roles import Database
from backend.subsidy import service
from backend.subsidy.models import Ceiling
from tests.crowd import elsewhere
from tests.makers import XIHU, YUHANG, a_household, a_material

MONTH = "2026-11"


@pytest.fixture
def home(db: Session) -> UUID:
    for key in ("glass", "foam"):
        a_material(db, key)
    return a_household(db)


def ask(db: Session, home: UUID, grams: int, *, ceiling: int | None = 20_000, month: str = MONTH) -> int:
    wants = {"glass": (grams, ceiling)}
    return service.grant(db, district=YUHANG, household=home, month=month, wants=wants)["glass"]


def taken(db: Session, home: UUID) -> tuple[int, int]:
    db.flush()
    held, used = db.execute(
        select(Ceiling.held_grams, Ceiling.used_grams).where(
            Ceiling.household == home, Ceiling.material == "glass", Ceiling.month == MONTH
        )
    ).one()
    return held, used


def test_a_bag_across_the_ceiling_is_granted_in_part(db: Session, home: UUID):
    assert [ask(db, home, 12_000), ask(db, home, 12_000), ask(db, home, 1)] == [12_000, 8_000, 0]
    assert taken(db, home) == (20_000, 0)


def test_what_is_used_stays_taken_and_what_is_given_back_is_free(db: Session, home: UUID):
    ask(db, home, 12_000)
    ask(db, home, 8_000)

    service.use(db, district=YUHANG, household=home, month=MONTH, grams={"glass": 12_000})
    service.give_back(db, district=YUHANG, household=home, month=MONTH, grams={"glass": 5_000})
    assert taken(db, home) == (3_000, 12_000)
    assert ask(db, home, 9_000) == 5_000


def test_every_month_and_material_has_its_own(db: Session, home: UUID):
    ask(db, home, 20_000)

    assert ask(db, home, 20_000, month="2026-12") == 20_000
    both = {"foam": (700, 500), "glass": (700, 20_000)}
    assert service.grant(db, district=YUHANG, household=home, month=MONTH, wants=both) == {
        "foam": 500,
        "glass": 0,
    }


def test_without_a_ceiling_everything_is_granted_and_still_counted(db: Session, home: UUID):
    assert ask(db, home, 50_000, ceiling=None) == 50_000
    assert taken(db, home) == (50_000, 0)
    assert ask(db, home, 1) == 0


def test_nothing_wanted_asks_nothing(db: Session, home: UUID, statements: list[str]):
    statements.clear()

    assert service.grant(db, district=YUHANG, household=home, month=MONTH, wants={}) == {}
    assert statements == []


def test_a_bag_of_two_materials_is_two_statements(db: Session, home: UUID, statements: list[str]):
    both = {"foam": (700, 500), "glass": (700, 20_000)}
    statements.clear()

    service.grant(db, district=YUHANG, household=home, month=MONTH, wants=both)
    db.flush()
    assert len(statements) == 2


def test_more_cannot_be_given_back_than_is_held(db: Session, home: UUID):
    ask(db, home, 1_000)

    service.give_back(db, district=YUHANG, household=home, month=MONTH, grams={"glass": 1_001})
    with pytest.raises(IntegrityError, match="ck_ceiling_held"):
        db.flush()


def test_another_district_does_not_see_it(db: Session, home: UUID):
    ask(db, home, 1_000)
    db.flush()

    see(db, XIHU)
    assert db.execute(select(Ceiling.material)).all() == []


def _ask_alone(home: UUID, number: int) -> int:
    """Ask for something else each time, in a transaction of its own."""
    with transaction(districts=[YUHANG]) as db:
        return ask(db, home, 500 + number, ceiling=17_500)


def test_fifty_at_once_get_exactly_the_ceiling(database: Database):
    with transaction(districts=[YUHANG]) as db:
        a_material(db, "glass")
        home = a_household(db)

    granted = [asked.result() for asked in [elsewhere(_ask_alone, home, number) for number in range(50)]]

    assert sum(granted) == 17_500
    assert len([grams for number, grams in enumerate(granted) if 0 < grams < 500 + number]) <= 1
    with transaction(districts=[YUHANG]) as db:
        assert taken(db, home) == (17_500, 0)
