"""A chain of price lists: the newest in effect applies, and nothing published ever changes."""

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.catalogue import queries, service
from backend.catalogue.errors import (
    ConditionIdle,
    EffectiveInThePast,
    MaterialRefused,
    MaterialTwice,
    MaterialUnknown,
    NoPriceList,
    NothingPriced,
)
from backend.catalogue.models import CatalogueVersion, RateRow, values_of
from backend.catalogue.queries import Rate
from backend.kit.auth import Actor
from backend.kit.db import see, transaction
from backend.kit.ids import new_id
from backend.local.roles import Database
from tests.makers import CARDBOARD, GLASS, NOON, XIHU, YUHANG, a_material, a_price_list, a_rate

HOUR = timedelta(hours=1)
UNSUBSIDISED = {
    "subsidy_fen_per_kg": 0,
    "operator_fen_per_tonne": 0,
    "programme": None,
    **dict.fromkeys(("subsidy_grade", "subsidy_basis_zh", "subsidy_basis_en")),
}


def test_what_is_published_is_what_applies(db: Session):
    version = a_price_list(db)

    found = queries.price_list(db, YUHANG, at=NOON)
    assert (found.version, found.number, found.effective_at) == (version, 1, NOON)
    assert found.rates == {"cardboard": CARDBOARD, "glass": GLASS}
    assert [line.material.name_en for line in found.lines] == ["Cardboard", "Glass"]
    assert queries.version(db, YUHANG, version) == found


def test_conditions_come_back_and_only_a_subsidy_has_them(db: Session):
    demanding = a_rate(subsidy=10, needs_verified_scale=True, needs_confirmation=True)
    a_price_list(db, demanding)
    assert queries.price_list(db, YUHANG, at=NOON).rates["glass"] == demanding

    with pytest.raises(ConditionIdle):
        a_price_list(db, a_rate(market=80, needs_confirmation=True))


def test_decimals_come_back_exactly(db: Session):
    exact = a_rate(market=Decimal("0.1234567890123456789"))
    a_price_list(db, exact)

    assert queries.price_list(db, YUHANG, at=NOON).rates["glass"] == exact


def test_a_version_begins_when_it_says_and_leaves_the_past_alone(db: Session):
    before = a_price_list(db, at=NOON)
    after = a_price_list(db, a_rate(market=1), at=NOON + HOUR, effective_at=NOON + 3 * HOUR)

    assert queries.price_list(db, YUHANG, at=NOON + 3 * HOUR - timedelta(microseconds=1)).version == before
    assert queries.price_list(db, YUHANG, at=NOON + 3 * HOUR).version == after
    assert queries.version(db, YUHANG, after).number == 2


def test_a_wrong_version_is_superseded_before_it_ever_applies(db: Session):
    a_price_list(db, at=NOON)
    a_price_list(db, a_rate(market=1), at=NOON, effective_at=NOON + 3 * HOUR)
    right = a_price_list(db, a_rate(market=2), at=NOON + HOUR, effective_at=NOON + 2 * HOUR)

    assert queries.price_list(db, YUHANG, at=NOON + 4 * HOUR).version == right


def test_before_the_first_version_there_is_no_price_list(db: Session):
    a_price_list(db)

    with pytest.raises(NoPriceList):
        queries.price_list(db, YUHANG, at=NOON - HOUR)
    with pytest.raises(NoPriceList):
        queries.version(db, YUHANG, new_id())


def test_another_district_has_its_own_chain(db: Session):
    a_price_list(db)
    see(db, XIHU)
    theirs = a_price_list(db, a_rate(market=1), district=XIHU)

    assert queries.version(db, XIHU, theirs).number == 1
    with pytest.raises(NoPriceList):
        queries.price_list(db, YUHANG, at=NOON)


def test_a_price_list_is_one_question(db: Session, statements: list[str]):
    a_price_list(db)
    statements.clear()

    queries.price_list(db, YUHANG, at=NOON)
    assert len(statements) == 1


@pytest.mark.parametrize(
    ("rates", "refusal"),
    [
        ([], NothingPriced),
        ([a_rate("glass"), a_rate("glass")], MaterialTwice),
        ([a_rate("unobtainium")], MaterialUnknown),
        ([a_rate("lamp")], MaterialRefused),
    ],
)
def test_a_senseless_price_list_is_refused(db: Session, rates: list[Rate], refusal: type[Exception]):
    a_material(db, "glass")
    a_material(db, "lamp", accepted=False)

    with pytest.raises(refusal):
        service.publish(db, district=YUHANG, rates=rates, effective_at=NOON, by=Actor.system(YUHANG), at=NOON)


def test_a_district_may_say_that_it_does_not_take_something(db: Session):
    a_material(db, "lamp", accepted=False)
    a_price_list(db, a_rate("lamp", accepted=False))

    assert not queries.price_list(db, YUHANG, at=NOON).rates["lamp"].accepted


def test_nothing_takes_effect_before_it_is_published(db: Session):
    with pytest.raises(EffectiveInThePast):
        a_price_list(db, at=NOON, effective_at=NOON - timedelta(microseconds=1))


@pytest.mark.parametrize(
    "values",
    [
        {"market_fen_per_kg": -1},
        {"subsidy_fen_per_kg": 100_001},
        {"operator_fen_per_tonne": "NaN"},
        {"ceiling_grams": -1},
        {"accepted": False},
        {"programme": None},
        {"subsidy_basis_en": None},
        {"market_grade": "D"},
        {"market_fen_per_kg": 1, "needs_confirmation": True} | UNSUBSIDISED,
    ],
)
def test_the_database_refuses_an_impossible_rate(db: Session, values: dict[str, object]):
    draft = CatalogueVersion(district=YUHANG, id=new_id(), number=1, effective_at=NOON, note="")
    db.add(draft)
    a_material(db, "glass")
    db.add(RateRow(district=YUHANG, version=draft.id, **values_of(a_rate(market=1, subsidy=10))))
    db.flush()

    with pytest.raises(IntegrityError, match="ck_rate"):
        db.execute(update(RateRow).values(values))


CHANGES = [
    "update catalogue_version set effective_at = effective_at - interval '1 day'",
    "update catalogue_version set published_at = null, published_by = null",
    "delete from catalogue_version",
    "update rate set subsidy_fen_per_kg = 11",
    "delete from rate",
    'insert into rate select (jsonb_populate_record(rate, \'{"material": "foam"}\')).* from rate limit 1',
]
CUTS = ["truncate rate", "truncate rate, catalogue_version cascade"]


@pytest.mark.parametrize("change", [*CHANGES, *CUTS])
@pytest.mark.parametrize("who", ["app", "owner", "admin"])
def test_nobody_changes_what_is_published(database: Database, who: str, change: str):
    with transaction(districts=[YUHANG]) as db:
        a_material(db, "foam")
        a_price_list(db)

    with psycopg.connect(getattr(database, f"{who}_url")) as conn:
        conn.execute("select set_config('lv.districts', %s, true)", [YUHANG])
        if who == "admin":
            conn.execute("set session_replication_role = replica")
        with pytest.raises(
            psycopg.errors.InsufficientPrivilege
            if who == "app" and change in CUTS
            else psycopg.errors.RestrictViolation
        ):
            conn.execute(change)


def test_two_who_publish_at_once_make_two_links(database: Database):
    with transaction(districts=[YUHANG]) as db:
        a_material(db, "glass")

    with transaction(districts=[YUHANG]) as first:
        a_price_list(first, a_rate(market=1))
        with psycopg.connect(database.app_url) as other:
            lock = "select pg_try_advisory_xact_lock(hashtextextended('catalogue/' || %s, 0))"
            assert other.execute(lock, [YUHANG]).fetchone() == (False,)

    with transaction(districts=[YUHANG]) as second:
        version = a_price_list(second, a_rate(market=2))
        assert queries.version(second, YUHANG, version).number == 2
