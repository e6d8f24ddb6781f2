"""Whatever an office does wrong has a code and a sentence of its own, in Chinese and in English."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from backend.identity import queries as identity
from backend.kit.auth import Actor
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.subsidy import orders
from backend.subsidy.queries import period_of
from tests.journeys.test_ends import ASSUMED, WEEK, YUHANG, Office
from tests.makers import a_draft

BASIS = {"grade": "assumption", "zh": "演示的假设。", "en": "Assumption of the demo."}
MARCH, MAY = "2027-03-01T00:00:00+08:00", "2027-05-01T00:00:00+08:00"
NAMING = ("name", "name_zh", "name_en", "boundary_zh", "boundary_en", "baseline_zh", "baseline_en")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_IDENTIFIER = re.compile(r"[a-z]+_[a-z]+|[{}]")


@dataclass(frozen=True)
class Sent:
    """What somebody sends, and the state that they have seen."""

    role: str
    path: str
    body: Any = None
    tag: str | None = None


def a_rate(**said: Any) -> Sent:
    """Begin a draft with a rate that makes no sense."""
    rate = {"material": "glass", "market_fen_per_kg": "1", "market_basis": BASIS, **said}
    return Sent("district_admin", "price-list-drafts", {"title": "玻璃", "rates": [rate]})


def a_step(office: Office, draft: object, step: str, body: Any = None, *, by: str = "approver") -> Sent:
    """Take a draft a step further, from the state that is there."""
    path = f"price-list-drafts/{draft}"
    return Sent(by, f"{path}/{step}", body, office.send(by, "GET", path)[1])


def brought(state: str, *, by: Actor | None = None) -> object:
    """Bring a draft of what is in force as far as a state."""
    with transaction(districts=[YUHANG]) as db:
        return a_draft(db, by=by, at=utc_now(), state=state)


def approver(office: Office) -> Actor:
    """The approver, as somebody who drafted before."""
    with transaction() as db:
        return identity.authenticate(db, office.tokens["approver"], utc_now())


def an_untried_draft(office: Office) -> Sent:
    drafted = office.admin("price-list-drafts", {"title": "未试算"})
    return a_step(office, drafted["id"], "submission", by="district_admin")


def an_overtaken_draft(office: Office) -> Sent:
    draft = brought("drafted")
    brought("published")
    return a_step(office, draft, "submission", by="district_admin")


def an_overlap(office: Office) -> Sent:
    announced = a_step(office, brought("approved"), "publication", {"effective_at": MAY})
    assert answered(office, announced, "en")["state"] == "published"
    return a_step(office, brought("approved"), "publication", {"effective_at": MARCH})


def an_order(office: Office, **said: Any) -> Sent:
    (programme, *_) = office.see("programmes")["items"]
    body = {"programme": programme["id"], "period": period_of(utc_now()), **ASSUMED, **said}
    return Sent("district_admin", "budget-orders", body)


def an_order_of_ones_own(office: Office) -> Sent:
    sent = an_order(office, kind="fund", fen=100, source="bank", to_period=None)
    with transaction(districts=[YUHANG]) as db:
        drafted = orders.draft(db, by=approver(office), at=utc_now(), **sent.body)
    return Sent("approver", f"budget-orders/{drafted.id}/approval")


def an_order_for_more_than_there_is(office: Office) -> Sent:
    drafted = answered(office, an_order(office, kind="fund", fen=9, source="treasury"), "en")
    return Sent("approver", f"budget-orders/{drafted['id']}/approval")


def a_factor(_: Office) -> Sent:
    naming = dict.fromkeys((*NAMING, "approved_by_zh", "approved_by_en"), "甲")
    factor = {"material": "glass", "kg_per_kg": "101", "grade": "A", "source": "甲"}
    factors = [{**factor, "basis_zh": "甲", "basis_en": "A"}]
    body = {"title": "因子", "naming": naming, "factors": factors}
    return Sent("district_admin", "carbon/factor-set-drafts", body)


def a_simulation(_: Office) -> Sent:
    unpaid = {"subsidy_fen_per_kg": "0", "operator_fen_per_tonne": "0"}
    changes = [{"material": "glass", "market_fen_per_kg": "-3", **unpaid}]
    return Sent("district_admin", "simulations", {**WEEK, "changes": changes})


MISTAKES: dict[str, list[Callable[[Office], Sent]]] = {
    "rate_negative": [
        lambda _: a_rate(market_fen_per_kg="-1"),
        lambda _: a_rate(ceiling_grams=-1),
        a_simulation,
    ],
    "rate_absurd": [lambda _: a_rate(market_fen_per_kg="100000.01")],
    "material_unknown": [lambda _: a_rate(material="gold")],
    "material_refused": [lambda _: a_rate(material="lamp")],
    "refused_material_priced": [lambda _: a_rate(accepted=False)],
    "programme_missing": [lambda _: a_rate(subsidy_fen_per_kg="1")],
    "simulation_missing": [an_untried_draft],
    "draft_outdated": [an_overtaken_draft],
    "own_draft": [
        lambda office: a_step(office, brought("submitted", by=approver(office)), "approval"),
        lambda office: a_step(office, brought("approved", by=approver(office)), "publication", {}),
    ],
    "draft_step_impossible": [lambda office: a_step(office, brought("withdrawn"), "publication", {})],
    "effective_in_the_past": [
        lambda office: a_step(
            office, brought("approved"), "publication", {"effective_at": "2026-01-01T00:00:00+08:00"}
        )
    ],
    "validity_overlaps": [an_overlap],
    "budget_below_drawn": [lambda office: an_order(office, kind="cut", fen=20_000_000)],
    "treasury_short": [an_order_for_more_than_there_is],
    "budget_year_out_of_reach": [
        lambda office: an_order(office, kind="fund", fen=9, source="bank", period="2019"),
        lambda office: an_order(office, kind="fund", fen=9, source="bank", period="2099"),
        lambda office: an_order(office, kind="carry_over", to_period="2099"),
    ],
    "own_budget_order": [an_order_of_ones_own],
    "factor_absurd": [a_factor],
}
_BLANKS = " \u3000\t\n"
UNSAID: dict[str, Callable[[Office], Sent]] = {
    "title": lambda _: Sent("district_admin", "price-list-drafts", {"title": _BLANKS}),
    "naming.name_zh": lambda _: Sent(
        "district_admin", "carbon/factor-set-drafts", {"title": "因子", "naming": {"name_zh": _BLANKS}}
    ),
    "basis_zh": lambda office: an_order(office, kind="fund", fen=9, basis_zh=_BLANKS),
    "reason": lambda office: a_step(office, brought("submitted"), "rejection", {"reason": _BLANKS}),
}
"""What is filled with blanks alone, by its field."""


@pytest.fixture
def office(app: Flask) -> Office:
    made = Office(app)
    made.open()
    return made


def answered(office: Office, sent: Sent, language: str) -> Any:
    headers = {"Accept-Language": language, **({"If-Match": sent.tag} if sent.tag else {})}
    return office.send(sent.role, "POST", sent.path, sent.body, **headers)[0]


def test_each_mistake_is_told_by_its_name_in_both_languages(office: Office):
    told: dict[str, set[str]] = {}
    for code, ways in MISTAKES.items():
        for way in ways:
            sent = way(office)
            zh, en = (answered(office, sent, language) for language in ("zh-CN", "en"))
            assert (zh.get("code"), en.get("code")) == (code, code), (zh, en)
            assert _CHINESE.search(zh["detail"])
            assert not _CHINESE.search(en["detail"])
            assert not _IDENTIFIER.search(zh["detail"] + en["detail"]), (zh, en)
            told.setdefault(code, set()).update((zh["detail"], en["detail"]))
    assert len(set().union(*told.values())) == sum(map(len, told.values())), "no two say the same"


def test_what_is_filled_with_blanks_is_not_filled(office: Office):
    for field, way in UNSAID.items():
        sent = way(office)
        zh, en = (answered(office, sent, language) for language in ("zh-CN", "en"))
        assert (zh["code"], en["code"]) == ("invalid", "invalid")
        assert zh["errors"][field][0].startswith("长度应为 1 到")
        assert en["errors"][field][0].startswith("Length must be between 1 and")

    drafted = office.admin("price-list-drafts", {"title": f"{_BLANKS}玻璃{_BLANKS}", "note": _BLANKS})
    assert (drafted["title"], drafted["note"]) == ("玻璃", "")
