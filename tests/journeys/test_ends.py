"""To each end of a draft and of a budget, over HTTP, with the simulation that a worker runs."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from backend.accounts import audit
from backend.accounts import jobs as books
from backend.kit import jobs as kit
from backend.kit.clock import CITY, utc_now
from backend.kit.db import transaction
from backend.kit.jobs import OutboxEvent
from backend.local.roles import Database
from backend.simulation import jobs, service
from seeds.stories import yuhang_week
from tests.makers import a_token_of_staff

YUHANG = "330110"
WEEK = {"since": "2026-11-09T00:00:00+08:00", "until": "2026-11-16T00:00:00+08:00"}
"""The first story is told in it."""
ASSUMED = {"basis_zh": "演示的假设。", "basis_en": "Assumption of the demo."}
assert jobs.go_on.__name__ == "go_on", "it has registered its handler"


@dataclass
class Office:
    """An administrator and an approver of Yuhang, after the first story."""

    app: Flask
    tokens: dict[str, str] = field(default_factory=dict)

    def open(self) -> None:
        """Tell the story, and sign both in."""
        yuhang_week.play(say=lambda _: None)
        with transaction(districts=[YUHANG]) as db:
            self.tokens = {
                role: a_token_of_staff(db, role=role, username=f"ends.{role}", at=utc_now())
                for role in ("district_admin", "approver")
            }

    def send(self, role: str, method: str, path: str, body: Any = None, **headers: str) -> tuple[Any, str]:
        """Do something; it returns what is told, and its tag."""
        given = {"Authorization": f"Bearer {self.tokens[role]}", "Accept-Language": "en", **headers}
        given.setdefault("Idempotency-Key", str(uuid4()))
        answer = self.app.test_client().open(f"/v1/{path}", method=method, json=body, headers=given)
        return answer.get_json(), answer.headers.get("ETag", "")

    def admin(self, path: str, body: Any = None) -> Any:
        """Do something as the administrator."""
        return self.send("district_admin", "POST", path, body)[0]

    def approver(self, path: str, body: Any = None) -> Any:
        """Do something as the approver."""
        return self.send("approver", "POST", path, body)[0]

    def see(self, path: str) -> Any:
        """Look at something."""
        return self.send("approver", "GET", path)[0]

    def step(self, role: str, draft: str, step: str, body: Any = None) -> Any:
        """Take a draft a step further, from the state that is there."""
        _, tag = self.send(role, "GET", f"price-list-drafts/{draft}")
        return self.send(role, "POST", f"price-list-drafts/{draft}/{step}", body, **{"If-Match": tag})[0]

    def drafted(self, fen: str) -> str:
        """Draft what is in force, with another subsidy for glass, and have a worker simulate it."""
        made = self.admin("price-list-drafts", {"title": f"玻璃 {fen} 分"})
        rates = [_said(rate, fen) for rate in made["rates"]]
        draft, path = made["id"], f"price-list-drafts/{made['id']}"
        _, tag = self.send("district_admin", "GET", path)
        body = {"title": made["title"], "note": "", "rates": rates}
        edited, _ = self.send("district_admin", "PUT", path, body, **{"If-Match": tag})
        assert edited["is_simulated"] is False, edited
        asked = self.admin("simulations", {"draft": draft, **WEEK})
        work()
        found = self.see(f"simulations/{asked['id']}")
        assert (found["state"], found["summary"]["unexplained"]["lines"]) == ("done", 0), found
        # The story has 5.2 kg of glass that were kept.
        more = found["summary"]["difference"]["subsidy_fen"]
        assert more == found["summary"]["cost_difference_fen"] == 52 * (int(fen) - 10) // 10, found["summary"]
        return str(draft)

    def budget(self, programme: str, period: str) -> Any:
        """See a budget, with what happened to it."""
        return self.see(f"budgets/{programme}/{period}")

    def order(self, kind: str, programme: str, period: str, **more: Any) -> Any:
        """Draft a movement of money, and have it approved, unless it is refused at once."""
        asked = {"kind": kind, "programme": programme, "period": period, **more, **ASSUMED}
        drafted = self.admin("budget-orders", asked)
        return self.approver(f"budget-orders/{drafted['id']}/approval") if "id" in drafted else drafted


def _said(rate: dict[str, Any], fen: str) -> dict[str, Any]:
    said = {name: value for name, value in rate.items() if name not in ("name_zh", "name_en")}
    return said | ({"subsidy_fen_per_kg": fen} if rate["material"] == "glass" else {})


def work() -> None:
    """Do what waits for the worker of simulations, as it does."""
    for _ in range(5):
        with transaction() as db:
            waiting = select(OutboxEvent.id).where(OutboxEvent.topic == service.GO_ON)
            found = db.scalars(waiting.where(OutboxEvent.done_at.is_(None))).all()
        for event in found:
            kit.run(str(event))


@pytest.fixture
def office(app: Flask) -> Office:
    made = Office(app)
    made.open()
    return made


def test_a_draft_is_withdrawn_rejected_or_published(office: Office):
    before = office.see(f"districts/{YUHANG}/price-list")

    withdrawn = office.drafted("20")
    office.step("district_admin", withdrawn, "submission")
    office.step("approver", withdrawn, "approval")
    assert office.step("district_admin", withdrawn, "withdrawal", {"reason": "另起"})["state"] == "withdrawn"
    assert office.step("approver", withdrawn, "publication", {})["code"] == "draft_step_impossible"

    rejected = office.drafted("30")
    office.step("district_admin", rejected, "submission")
    assert office.step("approver", rejected, "rejection", {"reason": "太高"})["state"] == "rejected"
    assert office.step("district_admin", rejected, "submission")["code"] == "draft_step_impossible"
    assert office.see(f"districts/{YUHANG}/price-list")["version"] == before["version"]

    published = office.drafted("12")
    office.step("district_admin", published, "submission")
    assert office.step("district_admin", published, "approval")["code"] == "scope_missing"
    assert office.step("approver", published, "publication", {})["code"] == "draft_step_impossible"
    approved = office.step("approver", published, "approval")
    assert office.step("approver", published, "publication", {})["state"] == "published"
    now = office.see(f"districts/{YUHANG}/price-list")
    assert now["approval"] == {
        "draft": published,
        "simulation": approved["simulation"],
        "by": approved["approved_by"],
    }
    assert {rate["material"]: rate["subsidy_fen_per_kg"] for rate in now["rates"]}["glass"] == "12"


def test_a_budget_is_frozen_thawed_cut_carried_over_and_closed(office: Office, database: Database):
    this = f"{datetime.now(CITY):%Y}"
    following = f"{datetime.now(CITY) + timedelta(days=366):%Y}"
    named = {"name_zh": "新项目", "name_en": "A new one", **ASSUMED}
    programme = office.admin("programmes", named)["id"]
    asked = {"kind": "fund", "programme": programme, "period": this, "source": "bank", **ASSUMED}
    ends = (("withdrawal", office.admin, None), ("rejection", office.approver, {"reason": "算错了"}))
    for end, whose, why in ends:
        order = office.admin("budget-orders", {**asked, "fen": 700})
        assert order["state"] == "drafted", order
        whose(f"budget-orders/{order['id']}/{end}", why)
        late = office.approver(f"budget-orders/{order['id']}/approval")
        assert late["code"] == "budget_order_decided", late

    assert office.order("fund", programme, this, fen=1_000, source="bank")["state"] == "approved"
    assert office.order("cut", programme, this, fen=1_001)["code"] == "budget_below_drawn"
    assert office.order("cut", programme, this, fen=100)["state"] == "approved"
    path = f"budgets/{programme}/{this}"
    assert office.admin(f"{path}/freezing", {"reason": "核查"})["state"] == "frozen"
    assert office.admin(f"{path}/freezing", {"reason": "核查"})["code"] == "budget_frozen"
    assert office.admin(f"{path}/thawing", {"reason": "核查完毕"})["state"] == "open"

    office.order("carry_over", programme, this, to_period=following)
    over, next_one = office.budget(programme, this), office.budget(programme, following)
    assert (over["budget"]["state"], over["budget"]["available_fen"]) == ("carried_over", 0)
    assert (next_one["budget"]["state"], next_one["budget"]["available_fen"]) == ("open", 900)
    assert office.order("close", programme, this)["code"] == "budget_closed"
    office.order("close", programme, following)
    closed = office.budget(programme, following)["budget"]
    assert (closed["state"], closed["available_fen"], closed["returned_fen"]) == ("closed", 0, 900)
    told = [event["happened"] for event in over["events"]]
    assert {"carried_over", "cut", "frozen", "funded", "thawed"} <= set(told)
    books.seal()
    assert audit.run(database.auditor_url, say=lambda _: None)
