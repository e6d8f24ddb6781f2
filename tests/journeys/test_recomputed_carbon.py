"""Another set of factors is applied to the weighings of the first story, by entries beside theirs."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts import audit, jobs
from backend.accounts import queries as accounts
from backend.accounts import service as posting
from backend.accounts.chart import CO2E, co2e, co2e_saved
from backend.accounts.postings import move
from backend.carbon import queries as carbon
from backend.carbon import service as approving
from backend.carbon.queries import FactorSet
from backend.cli import recompute
from backend.kit.clock import CITY
from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.local.roles import Database
from backend.weighing import recomputing
from backend.weighing.models import Weighing, WeighingLine
from backend.weighing.recomputing import Progress
from seeds import load
from seeds.stories import yuhang_week

YUHANG = "330110"
SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=CITY), datetime(2026, 12, 1, tzinfo=CITY)
AT = datetime(2026, 12, 2, tzinfo=CITY)


@pytest.fixture
def told(database: Database, valkey: str) -> Database:
    """The first story, told."""
    load.registers(say=lambda _: None)
    load.demo(say=lambda _: None)
    yuhang_week.play(say=lambda _: None)
    return database


def approved(times: str, version: int) -> FactorSet:
    """Approve the set in force with every factor so many times as large."""
    with transaction() as db:
        now = carbon.factor_set(db, at=AT)
        lines = tuple(
            replace(
                line,
                kg_per_kg=None if line.kg_per_kg is None else line.kg_per_kg * Decimal(times),
                upper_kg_per_kg=None,
            )
            for line in now.lines
        )
        made = replace(
            now, id=new_id(AT), version=version, valid_from=AT + timedelta(days=version), lines=lines
        )
        approving.approve(db, made)
    return made


def applied(factors: FactorSet) -> Progress:
    with transaction(districts=[YUHANG]) as db:
        return recomputing.recompute(db, YUHANG, factors, since=SINCE, until=UNTIL, at=AT)


def stands(db: Session) -> int:
    """Add up what households have saved."""
    homes = db.scalars(select(Weighing.household).distinct())
    return sum(accounts.balance(db, YUHANG, co2e(home), CO2E).posted for home in homes)


def by_hand(db: Session, factors: FactorSet) -> int:
    """Compute what all confirmed lines save, line by line."""
    rows = select(WeighingLine).join(
        Weighing, (Weighing.district == WeighingLine.district) & (Weighing.id == WeighingLine.weighing)
    )
    lines = db.scalars(rows.where(Weighing.state == "confirmed"))
    return sum(factors.saved_co2e_grams(line.material, line.net_grams) for line in lines)


def test_a_set_is_applied_back_once_and_up_and_down_again(told: Database):
    with transaction(districts=[YUHANG]) as db:
        before, in_force = stands(db), carbon.factor_set(db, at=AT)
        assert before == by_hand(db, in_force) > 0
        assert {
            one.change_co2e_grams
            for one in recomputing.simulate(db, YUHANG, in_force, since=SINCE, until=UNTIL)
        } == {0}
    assert applied(in_force).posted == 0

    for times, version in (("2", 2), ("0.5", 3)):
        factors = approved(times, version)
        with transaction(districts=[YUHANG]) as db:
            foreseen = sum(
                one.saved_co2e_grams
                for one in recomputing.simulate(db, YUHANG, factors, since=SINCE, until=UNTIL)
            )
        first, again = applied(factors), applied(factors)

        with transaction(districts=[YUHANG]) as db:
            assert stands(db) == by_hand(db, factors) == foreseen
        assert (first.posted, first.short_co2e_grams) == (2, 0)
        assert (again.posted, again.added_co2e_grams, again.taken_co2e_grams) == (0, 0, 0)
    jobs.seal()
    assert audit.run(told.auditor_url, say=lambda _: None)


def test_what_is_not_there_any_more_is_not_taken_and_the_entry_says_so(told: Database):
    with transaction(districts=[YUHANG]) as db:
        weighing = db.scalars(select(Weighing).where(Weighing.state == "confirmed").limit(1)).one()
        bag, household = weighing.id, weighing.household
        had = accounts.balance(db, YUHANG, co2e(household), CO2E).posted
        gone = move(co2e(household), co2e_saved(), CO2E, had - 10)
        posting.post(db, district=YUHANG, key="gone", kind="test.gone", at=AT, postings=gone)

    factors = approved("0", 2)
    came = applied(factors)

    with transaction(districts=[YUHANG]) as db:
        key = f"weighing/{bag}/carbon/{factors.id}"
        (facts,) = accounts.facts_of(db, YUHANG, [key]).values()
        assert accounts.balance(db, YUHANG, co2e(household), CO2E).posted == 0
    assert (facts["delta_co2e_grams"], facts["taken_co2e_grams"]) == (-had, 10)
    assert came.short_co2e_grams == had - 10
    assert applied(factors).posted == 0


def test_the_command_tells_applies_and_goes_on(told: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(recomputing, "BATCH", 1)
    approved("2", 2)
    said = ["--district", YUHANG, "--name", "lower_bound", "--version", "2"]
    said += ["--since", "2026-11-01", "--until", "2026-12-01"]

    dry, done, again = (
        CliRunner().invoke(recompute, [*said, *more], catch_exceptions=False).output
        for more in (["--dry-run"], [], [])
    )

    assert "under the set" in dry, dry
    assert "entries" not in dry
    assert done.count("1 entries") == 2
    assert "1 entries" not in again
    assert "No set" in CliRunner().invoke(recompute, ["--version", "9", *said[:4], *said[6:]]).output
