"""Another set of factors is applied to the weighings of the first story, by entries beside theirs."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts import audit, jobs
from backend.accounts import queries as accounts
from backend.accounts import service as posting
from backend.accounts.chart import CO2E, co2e, co2e_saved
from backend.accounts.postings import move
from backend.carbon import queries as carbon
from backend.carbon import service as approving
from backend.carbon.examples import NAMING
from backend.carbon.queries import FactorSet
from backend.cli import recompute
from backend.kit import jobs as kit
from backend.kit.clock import CITY, utc_now
from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.kit.jobs import OutboxEvent
from backend.local.roles import Database
from backend.simulation import factoring
from backend.simulation import jobs as worker
from backend.simulation.rules import OF_FACTORS
from backend.weighing import recomputing
from backend.weighing.models import CarbonChange, Weighing, WeighingLine
from backend.weighing.recomputing import Progress
from seeds import load
from seeds.stories import yuhang_week
from tests.makers import a_token_of_staff

YUHANG = "330110"
SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=CITY), datetime(2026, 12, 1, tzinfo=CITY)
TOPICS = (factoring.SIMULATE, factoring.RECOMPUTE)
assert worker.simulate_factors.__name__ == "simulate_factors", "it has registered its handlers"
OVER = datetime(2026, 11, 25, tzinfo=CITY)
"""The week of the story has passed."""
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
        approving.publish(db, made)
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
        same = recomputing.simulate(db, YUHANG, in_force.lines, since=SINCE, until=UNTIL)
        assert {one.change_co2e_grams for one in same.materials} == {same.change_co2e_grams} == {0}
        assert (same.households, same.gaining, same.losing) == (2, 0, 0)
    assert applied(in_force).posted == 0

    for times, version in (("2", 2), ("0.5", 3)):
        factors = approved(times, version)
        with transaction(districts=[YUHANG]) as db:
            told_before = recomputing.simulate(db, YUHANG, factors.lines, since=SINCE, until=UNTIL)
            foreseen = stands(db) + told_before.change_co2e_grams
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
        change = db.get_one(CarbonChange, (YUHANG, bag, factors.id))
        assert (change.delta_co2e_grams, change.taken_co2e_grams) == (-had, 10)
        assert accounts.balance(db, YUHANG, co2e(household), CO2E).posted == 0
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


class Desk:
    """Somebody at work, over HTTP."""

    def __init__(self, app: Flask, role: Any) -> None:
        self.client = app.test_client()
        with transaction(districts=[YUHANG]) as db:
            self.token = a_token_of_staff(db, role=role, username=role.replace("_", "."), at=utc_now())

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, str]:
        headers |= {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        headers.setdefault("Idempotency-Key", str(uuid4()))
        answer = self.client.open(f"/v1/carbon/{path}", method=method, json=body, headers=headers)
        return answer.status_code, answer.get_json(), answer.headers.get("ETag", "")

    def step(self, draft: str, step: str, body: Any = None) -> tuple[int, Any, str]:
        """Take a step from the state that is there."""
        _, _, tag = self.send("GET", f"factor-set-drafts/{draft}")
        return self.send("POST", f"factor-set-drafts/{draft}/{step}", body, **{"If-Match": tag})


def work() -> None:
    """Do what waits in the outbox of factors, as a worker does, until nothing is left."""
    for _ in range(10):
        with transaction() as db:
            waiting = select(OutboxEvent.id).where(OutboxEvent.done_at.is_(None))
            found = db.scalars(waiting.where(OutboxEvent.topic.in_(TOPICS))).all()
        for event in found:
            kit.run(str(event))
    assert not found, "each is done at the first try"


def said(factor: dict[str, Any], kg_per_kg: str | None) -> dict[str, Any]:
    """Say of a material what is shown of it, with another figure."""
    kept = {name: factor[name] for name in factor if name not in ("none_found", "credited_kg_per_kg")}
    return {**kept, "kg_per_kg": kg_per_kg, "upper_kg_per_kg": None}


def told_of_factors() -> list[dict[str, str]]:
    return [{"zh": zh, "en": en} for zh, en in OF_FACTORS]


def test_a_set_is_drafted_tried_approved_by_another_and_applied_back(
    told: Database, app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recomputing, "BATCH", 1)
    admin, approver = Desk(app, "district_admin"), Desk(app, "approver")
    period = {"since": SINCE.isoformat(), "until": OVER.isoformat()}
    body: dict[str, Any] = {"title": "新因子", "note": "", "naming": NAMING}

    this = admin.send("POST", "factor-set-drafts", body)[1]["id"]
    _, draft, tag = admin.send("GET", f"factor-set-drafts/{this}")
    figures = [(one, one["kg_per_kg"] and str(Decimal(one["kg_per_kg"]) * 2)) for one in draft["factors"]]
    body["factors"] = [said(one, figure) for one, figure in figures]
    assert admin.send("PUT", f"factor-set-drafts/{this}", body)[1]["code"] == "if_match_missing"
    assert admin.send("PUT", f"factor-set-drafts/{this}", body, **{"If-Match": tag})[0] == 200
    assert admin.send("PUT", f"factor-set-drafts/{this}", body, **{"If-Match": tag})[0] == 412
    assert admin.step(this, "submission")[1]["code"] == "simulation_missing"

    asked, run, _ = admin.send("POST", "simulations", {"draft": this, **period})
    assert (asked, run["state"], run["found"]) == (202, "queued", None)
    assert admin.send("POST", "simulations", {"draft": this, **period})[1]["code"] == "factor_run_live"
    work()
    _, tried, _ = admin.send("GET", f"runs/{run['id']}")
    foreseen = tried["found"]
    credited = sum(one["credited_co2e_grams"] for one in foreseen["materials"])
    assert foreseen["change_co2e_grams"] > 0
    assert (foreseen["households"], foreseen["gaining"], foreseen["losing"]) == (2, 2, 0)

    assert admin.step(this, "submission")[1]["simulation"] == run["id"]
    assert admin.step(this, "approval")[1]["code"] == "scope_missing"
    assert approver.step(this, "approval")[1]["state"] == "approved"
    assert approver.step(this, "publication", {})[1]["state"] == "published"
    (newest, *_) = admin.client.get("/v1/carbon/factor-sets").get_json()["items"]
    assert newest["approval"]["draft"] == this
    assert admin.client.get("/v1/carbon/factors").get_json()["id"] == newest["id"]

    _, applied_back, _ = approver.send("POST", "recomputations", {"factor_set": newest["id"], **period})
    work()
    _, done, _ = approver.send("GET", f"runs/{applied_back['id']}")
    assert (done["state"], done["percent"], done["posted"]) == ("done", 100, 2)
    assert done["does_not_know"] == tried["does_not_know"][:-1] == told_of_factors()
    assert "what households still have" in tried["does_not_know"][-1]["en"]
    assert done["added_co2e_grams"] == foreseen["change_co2e_grams"]
    with transaction(districts=[YUHANG]) as db:
        assert stands(db) == credited + foreseen["change_co2e_grams"]

    _, once_more, _ = approver.send("POST", "recomputations", {"factor_set": newest["id"], **period})
    _, stopped, _ = approver.send("POST", f"runs/{once_more['id']}/cancellation")
    assert (stopped["state"], stopped["posted"]) == ("cancelled", 0)
    _, again, _ = approver.send("POST", "recomputations", {"factor_set": newest["id"], **period})
    work()
    _, nothing, _ = approver.send("GET", f"runs/{again['id']}")
    assert (nothing["state"], nothing["posted"], nothing["weighings_done"]) == ("done", 0, 2)
    late = approver.send("POST", f"runs/{again['id']}/cancellation")[1]
    assert late["code"] == "factor_run_over"
    jobs.seal()
    assert audit.run(told.auditor_url, say=lambda _: None)


def test_a_run_is_cancelled_by_whoever_may_ask_for_one(told: Database, app: Flask):
    admin, approver = Desk(app, "district_admin"), Desk(app, "approver")
    period = {"since": SINCE.isoformat(), "until": OVER.isoformat()}
    body: dict[str, Any] = {"title": "新因子", "note": "", "naming": NAMING}
    draft = admin.send("POST", "factor-set-drafts", body)[1]["id"]
    in_force = admin.client.get("/v1/carbon/factors").get_json()["id"]
    tried = admin.send("POST", "simulations", {"draft": draft, **period})[1]["id"]
    applied = approver.send("POST", "recomputations", {"factor_set": in_force, **period})[1]["id"]

    for mine, run, other in ((admin, tried, approver), (approver, applied, admin)):
        assert other.send("POST", f"runs/{run}/cancellation")[1]["code"] == "scope_missing"
        assert mine.send("POST", f"runs/{run}/cancellation")[1]["state"] == "cancelled"
    assert admin.send("POST", "simulations", {"draft": draft, **period})[0] == 202


def test_a_rejected_draft_comes_back_and_a_withdrawn_one_does_not(told: Database, app: Flask):
    admin, approver = Desk(app, "district_admin"), Desk(app, "approver")
    period = {"since": SINCE.isoformat(), "until": OVER.isoformat()}
    body = {"title": "新因子", "note": "", "naming": NAMING}
    this = admin.send("POST", "factor-set-drafts", body)[1]["id"]
    admin.send("POST", "simulations", {"draft": this, **period})
    work()
    admin.step(this, "submission")
    _, rejected, tag = approver.step(this, "rejection", {"reason": "来源过时。"})
    assert (rejected["state"], rejected["reason"]) == ("rejected", "来源过时。")

    kept = {**body, "factors": [said(one, one["kg_per_kg"]) for one in rejected["factors"]]}
    _, edited, _ = admin.send("PUT", f"factor-set-drafts/{this}", kept, **{"If-Match": tag})
    assert (edited["state"], edited["is_simulated"]) == ("drafted", True)
    assert admin.step(this, "withdrawal", {"reason": "另起草案。"})[1]["state"] == "withdrawn"
    assert admin.step(this, "submission")[1]["code"] == "draft_step_impossible"
