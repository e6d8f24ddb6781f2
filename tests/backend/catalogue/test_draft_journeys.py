"""A draft over HTTP, to each of its ends: every step names the state it has seen, and is done once."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from backend.catalogue import service
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.ids import new_id
from tests.makers import YUHANG, a_community, a_material, a_token_of_staff

BASIS = {"grade": "assumption", "zh": "演示的假设。", "en": "Assumption of the demo."}
PATH = "/v1/price-list-drafts"


def a_body(fen: str) -> dict[str, Any]:
    rate = {"material": "glass", "market_fen_per_kg": fen, "market_basis": BASIS}
    return {"title": "玻璃涨价", "note": "", "rates": [rate]}


class Office:
    """An administrator and an approver of Yuhang, each at their desk."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        with transaction(districts=[YUHANG]) as db:
            a_material(db, "glass")
            a_community(db)
            self.tokens = {
                role: a_token_of_staff(db, role=role, username=role.replace("_", "."), at=utc_now())
                for role in ("district_admin", "approver")
            }

    def send(self, role: str, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        given = {"Authorization": f"Bearer {self.tokens[role]}", "Accept-Language": "en", **headers}
        if method == "POST":
            given.setdefault("Idempotency-Key", str(uuid4()))
        return self.client.open(path, method=method, json=body, headers=given)

    def tag(self, draft: str) -> dict[str, str]:
        return {"If-Match": self.send("approver", "GET", f"{PATH}/{draft}").headers["ETag"]}

    def step(self, role: str, draft: str, step: str, body: Any = None) -> dict[str, Any]:
        answer = self.send(role, "POST", f"{PATH}/{draft}/{step}", body, **self.tag(draft))
        assert answer.status_code == 200, answer.get_json()
        assert answer.headers["ETag"] == self.tag(draft)["If-Match"]
        found: dict[str, Any] = answer.get_json()
        return found

    def draft(self, fen: str = "3") -> str:
        answer = self.send("district_admin", "POST", PATH, a_body(fen))
        assert answer.status_code == 201, answer.get_json()
        found: str = answer.get_json()["id"]
        return found

    def simulate(self, draft: str) -> None:
        digest = self.send("approver", "GET", f"{PATH}/{draft}").get_json()["digest"]
        with transaction(districts=[YUHANG]) as db:
            service.mark_simulated(
                db, district=YUHANG, draft=UUID(draft), simulation=new_id(), digest=digest, at=utc_now()
            )


@pytest.fixture
def office(app: Flask) -> Office:
    return Office(app)


def test_published(office: Office):
    draft = office.draft()
    office.simulate(draft)
    office.step("district_admin", draft, "submission")
    office.step("approver", draft, "approval")
    told = office.step("approver", draft, "publication", {})

    shown = office.client.get(f"/v1/districts/{YUHANG}/price-list").get_json()
    assert shown["approval"] == {
        "draft": draft,
        "simulation": told["simulation"],
        "by": told["approved_by"],
    }
    late = office.send("district_admin", "PUT", f"{PATH}/{draft}", a_body("4"), **office.tag(draft))
    assert late.get_json()["code"] == "draft_step_impossible"


def test_rejected_then_edited_then_published(office: Office):
    draft = office.draft()
    office.simulate(draft)
    office.step("district_admin", draft, "submission")
    rejected = office.step("approver", draft, "rejection", {"reason": "太高。"})
    assert (rejected["state"], rejected["reason"]) == ("rejected", "太高。")

    edited = office.send("district_admin", "PUT", f"{PATH}/{draft}", a_body("2"), **office.tag(draft))
    assert (edited.get_json()["state"], edited.get_json()["is_simulated"]) == ("drafted", False)
    early = office.send("district_admin", "POST", f"{PATH}/{draft}/submission", **office.tag(draft))
    assert early.get_json()["code"] == "simulation_outdated"
    office.simulate(draft)
    for role, step in (("district_admin", "submission"), ("approver", "approval")):
        office.step(role, draft, step)
    assert office.step("approver", draft, "publication", {})["state"] == "published"
    (told,) = office.client.get(f"/v1/districts/{YUHANG}/price-lists/1/differences").get_json()["items"]
    assert told["en"] == "Glass: comes in: the market price is 0.02 yuan per kilogram."


def test_withdrawn(office: Office):
    draft = office.draft()
    office.simulate(draft)
    office.step("district_admin", draft, "submission")
    office.step("district_admin", draft, "withdrawal", {"reason": "另起草案。"})

    late = office.send("approver", "POST", f"{PATH}/{draft}/approval", **office.tag(draft))
    assert (late.status_code, late.get_json()["code"]) == (409, "draft_step_impossible")
    assert office.client.get(f"/v1/districts/{YUHANG}/price-list").status_code == 404


def test_a_step_names_the_state_that_it_has_seen(office: Office):
    draft = office.draft()
    seen = office.tag(draft)
    unsaid = office.send("district_admin", "PUT", f"{PATH}/{draft}", a_body("4"))
    assert (unsaid.status_code, unsaid.get_json()["code"]) == (428, "if_match_missing")

    assert office.send("district_admin", "PUT", f"{PATH}/{draft}", a_body("4"), **seen).status_code == 200
    stale = office.send("district_admin", "PUT", f"{PATH}/{draft}", a_body("5"), **seen)
    assert (stale.status_code, stale.get_json()["code"]) == (412, "changed_meanwhile")
    approval = office.send("approver", "POST", f"{PATH}/{draft}/approval", **seen)
    assert (approval.status_code, approval.get_json()["code"]) == (412, "changed_meanwhile")


def test_a_step_that_is_sent_twice_is_taken_once(office: Office):
    draft = office.draft()
    office.simulate(draft)
    headers = {**office.tag(draft), "Idempotency-Key": "once"}
    first, second = (
        office.send("district_admin", "POST", f"{PATH}/{draft}/submission", **headers) for _ in range(2)
    )

    assert first.get_json() == second.get_json()
    assert second.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("fen", "code"), [("-1", "rate_negative"), ("100000.01", "rate_absurd"), ("1e3", "invalid")]
)
def test_a_figure_that_makes_no_sense_is_told(office: Office, fen: str, code: str):
    answer = office.send("district_admin", "POST", PATH, a_body(fen))

    assert (answer.status_code, answer.get_json()["code"]) == (422, code)
