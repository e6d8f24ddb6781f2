"""Pictures of the console in its main states, to be looked at one by one: `make pages`.

Each is held against axe-core, its own width, the console and the network while it is taken.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route

from backend.kit.clock import CITY, utc_now
from backend.kit.db import transaction
from backend.subsidy.queries import period_of
from tests.makers import a_dead_letter
from tests.web.console import LINPING, YUHANG, Office, behind, market, settle, work
from tests.web.pictures import hang, measure
from tests.web.stage import DESK, PHONE, Stage, Window
from tests.web.test_places import put_on_the_map

pytestmark = [pytest.mark.long, pytest.mark.gallery]


@dataclass(frozen=True)
class Picture:
    """A page as somebody sees it, after what they did there."""

    name: str
    path: str
    who: str = "admin"
    then: Callable[[Window], object] = lambda window: None


WEIGHED = "16100000691"
WEEK = ("2026-11-08T00:00:00+08:00", "2026-11-16T00:00:00+08:00")
COUNTED = {"none_found", "credited_kg_per_kg"}
"""What is reckoned out of a factor, and never sent."""


def edit_glass(window: Window) -> None:
    """Open a draft's editor, with the sources of one material."""
    window.page.locator("main .button.plain").first.click()
    window.page.locator("button[aria-expanded]", has_text="").nth(1).click()
    window.page.locator("fieldset").first.wait_for()


def press_first(kind: str) -> Callable[[Window], object]:
    """Press the first button of a kind, and be asked."""

    def press(window: Window) -> None:
        window.page.locator(f"main .button{kind}").first.click()
        window.page.locator("dialog[open]").wait_for()

    return press


def invite(window: Window) -> None:
    """Invite somebody, and be shown the code."""
    window.page.locator("main header .button").click()
    window.page.locator("#invite-name").fill("陈五")
    window.page.locator("main form .button").first.click()
    window.page.locator("[role=status] .code").wait_for()


def register(window: Window) -> None:
    """Register an endpoint, and be shown its secret."""
    window.page.locator("main header .button").click()
    window.page.locator("#endpoint-url").fill("https://example.com/hooks")
    window.page.locator("fieldset input").first.check()
    window.page.locator("main form .button").first.click()
    window.page.locator(".secret").wait_for()


def edit_factor(window: Window) -> None:
    """Open a draft's editor, with the sources of one factor."""
    window.page.locator("main header .button").click()
    window.page.locator("form summary").nth(2).click()


def issue_a_card(window: Window) -> None:
    """Find a household by the end of a number, and make a card for it."""
    window.page.locator("#last4").fill(WEIGHED[-4:])
    window.page.locator("#last4").press("Enter")
    window.page.get_by_role("button", name=re.compile("办家庭卡|Issue a card")).click()
    window.page.locator("dialog[open] .button").first.click()
    window.page.locator("figure img").wait_for()


def place_a_community(window: Window) -> None:
    """Choose a community, and a point of the map for it."""
    window.page.locator("tbody .button").nth(1).click()
    window.page.locator("#latitude").wait_for()
    window.page.locator(".map").click(position={"x": 150, "y": 200})
    window.page.locator(".pin.draft").wait_for()


class Scenes:
    """What goes on in the district while the pictures are taken."""

    def __init__(self, office: Office) -> None:
        """Let a draft wait for its approver, money for its approval, and a month for its signatures."""
        self.office = office
        note = "入冬后玻璃和纸板行情有变。"
        self._need_a_scale_for_glass()
        self.draft = office.draft("余杭区冬季价目", note=note, glass=market("35"), cardboard=market("60"))
        self.sketch = office.draft("纸板降价（起草中）", note=note, cardboard=market("70"))
        office.simulate(self.draft)
        work(office.stage)
        office.step("admin", f"/v1/price-list-drafts/{self.draft}", "submission")
        office.simulate(self.sketch)
        self._order()
        self.scale = self._scales()
        with behind(office.stage), transaction(districts=[YUHANG]) as db:
            a_dead_letter(db, at=utc_now())
        settle(office.stage)
        found = office.call("admin", "GET", "/v1/settlement/sheets")["items"]
        put_on_the_map(office.stage)
        self.sheet = next(each["id"] for each in found if each["party_kind"] == "operator")
        self.programme = office.call("admin", "GET", "/v1/budgets")["items"][0]
        found = office.call("admin", "GET", "/v1/simulations")["items"]
        self.simulation = next(each["id"] for each in found if each["draft"] == self.draft)
        self.endpoint = self._endpoint()
        self.factor_draft, self.factor_set, self.factor_run = self._factors()

    def _need_a_scale_for_glass(self) -> None:
        """Let a typed weight of glass wait for staff."""
        draft = self.office.approved("玻璃须用检定过的秤", glass={"needs_verified_scale": True})
        self.office.step("approver", f"/v1/price-list-drafts/{draft}", "publication", {})
        self.office.stage.newcomer(WEIGHED)
        self.office.stage.weigh(WEIGHED, agreed=True)

    def _order(self) -> None:
        programme = self.office.call("admin", "GET", "/v1/programmes")["items"][0]["id"]
        body = {
            "kind": "fund",
            "programme": programme,
            "period": period_of(utc_now()),
            "fen": 5_000_000,
            "source": "bank",
        }
        basis = {"basis_zh": "演示的追加拨款。", "basis_en": "More money, for the demo."}
        self.office.call("admin", "POST", "/v1/budget-orders", {**body, **basis})

    def _scales(self) -> str:
        """Register scales that stand in every way; return one that failed its check."""
        today = utc_now().astimezone(CITY).date()
        ends = {"GALLERY-SOON": 12, "GALLERY-GONE": -3, "GALLERY-SOLD": 200, "GALLERY-OFF": 90}
        for serial in ("GALLERY-NEW", *ends):
            scale = f"/v1/scales/{self.office.call('admin', 'POST', '/v1/scales', self._plate(serial))['id']}"
            if serial in ends:
                issued_on, expires_on = today - timedelta(days=90), today + timedelta(days=ends[serial])
                paper = {"number": serial.replace("GALLERY", "HZJL"), "issuer": "示范计量检定所（虚构）"}
                days = {"issued_on": str(issued_on), "expires_on": str(expires_on)}
                self.office.call("admin", "POST", f"{scale}/certificates", paper | days)
            if serial == "GALLERY-SOLD":
                self.office.step("admin", scale, "retirement", {"reason": "秤台变形，已报废。"})
        for read in (20_000, 20_060):
            self.office.call(
                "admin", "POST", f"{scale}/checks", {"nominal_grams": 20_000, "read_grams": read}
            )
        return scale.rpartition("/")[2]

    def _plate(self, serial: str) -> dict[str, Any]:
        operator = self.office.call("admin", "GET", "/v1/operators")["items"][0]["id"]
        range_grams = {"min_grams": 400, "max_grams": 60_000, "interval_grams": 20}
        return {"serial": serial, "operator": operator, "accuracy_class": "III", **range_grams}

    def _endpoint(self) -> str:
        """Register an endpoint that nobody answers at, and try it."""
        body = {"url": "https://hooks.recycler.example/lvzhang", "event_types": ["weighing.confirmed"]}
        endpoint = self.office.call(
            "manager", "POST", "/v1/webhooks/endpoints", body | {"description": "调度"}
        )
        self.office.call("manager", "POST", f"/v1/webhooks/endpoints/{endpoint['id']}/ping")
        work(self.office.stage)
        return str(endpoint["id"])

    def _factors(self) -> tuple[str, str, str]:
        """Try a draft of factors, and begin to apply the set in force; return both and the run."""
        of, drafts, week = (
            self.office.call,
            "/v1/carbon/factor-set-drafts",
            {"since": WEEK[0], "until": WEEK[1]},
        )
        newest = of("admin", "GET", "/v1/carbon/factor-sets")["items"][0]
        naming = {key: newest[key] for key in newest if key == "name" or key.endswith(("_zh", "_en"))}
        lines = [{key: line[key] for key in line.keys() - COUNTED} for line in newest["factors"]]
        glass = next(line for line in lines if line["material"] == "glass")
        glass |= {"kg_per_kg": "0.9", "upper_kg_per_kg": "1.2"}
        body = {"title": "玻璃因子更正", "note": "", "naming": naming, "factors": lines}
        draft = of("admin", "POST", drafts, body)["id"]
        of("admin", "POST", "/v1/carbon/simulations", {"draft": draft, **week})
        of("approver", "POST", "/v1/carbon/recomputations", {"factor_set": newest["id"], **week})
        work(self.office.stage)
        self.office.step("admin", f"{drafts}/{draft}", "submission")
        runs = of("admin", "GET", "/v1/carbon/runs")["items"]
        return draft, newest["id"], next(each["id"] for each in runs if each["kind"] == "recomputation")

    def path(self, written: str) -> str:
        """Fill in what came to be with the scenes."""
        budget = f"{self.programme['programme']['id']}/{self.programme['period']}"
        return written.format(
            draft=self.draft,
            sketch=self.sketch,
            sheet=self.sheet,
            budget=budget,
            simulation=self.simulation,
            scale=self.scale,
            endpoint=self.endpoint,
            factor_draft=self.factor_draft,
            factor_set=self.factor_set,
            factor_run=self.factor_run,
        )


PICTURES = [
    Picture("today", "/console/"),
    Picture("today-approver", "/console/", "approver"),
    Picture("prices", "/console/prices"),
    Picture("version", "/console/prices/2"),
    Picture("draft-sketch", "/console/drafts/{sketch}"),
    Picture("draft-edit", "/console/drafts/{sketch}", then=edit_glass),
    Picture("draft-submitted", "/console/drafts/{draft}", "approver"),
    Picture("draft-reject", "/console/drafts/{draft}", "approver", press_first(".danger")),
    Picture("materials", "/console/materials"),
    Picture("simulations", "/console/simulations"),
    Picture("simulation", "/console/simulations/{simulation}", "auditor"),
    Picture("budgets", "/console/budgets", "approver"),
    Picture(
        "budget-order",
        "/console/budgets",
        then=lambda window: window.page.locator("header .button").nth(-1).click(),
    ),
    Picture("budget", "/console/budgets/{budget}"),
    Picture("sheets", "/console/settlement", "auditor"),
    Picture("sheet", "/console/settlement/{sheet}", "approver"),
    Picture("evidence", "/console/evidence"),
    Picture("evidence-accept", "/console/evidence", then=press_first(".quiet")),
    Picture("scales", "/console/scales"),
    Picture(
        "scale-register",
        "/console/scales?state=ending",
        then=lambda window: window.page.locator("header .button").nth(-1).click(),
    ),
    Picture("scale", "/console/scales/{scale}"),
    Picture("scale-retire", "/console/scales/{scale}", then=press_first(".danger")),
    Picture("places", "/console/places", "auditor"),
    Picture("place", "/console/places", then=place_a_community),
    Picture("log", "/console/log", "auditor"),
    Picture("factors", "/console/factors", "auditor"),
    Picture("factor-set", "/console/factors/{factor_set}", "approver"),
    Picture("factor-apply", "/console/factors/{factor_set}", "approver", press_first("[type=submit]")),
    Picture("factor-draft", "/console/factor-drafts/{factor_draft}", "approver"),
    Picture("factor-edit", "/console/factor-drafts/{factor_draft}", then=edit_factor),
    Picture("factor-run", "/console/factor-runs/{factor_run}", "approver"),
    Picture("webhooks", "/console/webhooks", "manager"),
    Picture("webhook-secret", "/console/webhooks", "manager", register),
    Picture("webhook", "/console/webhooks/{endpoint}", "manager"),
    Picture("webhook-remove", "/console/webhooks/{endpoint}", "manager", press_first(".danger")),
    Picture("people", "/console/people"),
    Picture("people-invited", "/console/people", then=invite),
    Picture("trail", "/console/trail", "auditor"),
    Picture("jobs", "/console/jobs"),
    Picture("service", "/console/service"),
    Picture("people-card", "/console/people", then=issue_a_card),
    Picture("inbox", "/console/inbox"),
    Picture("me", "/console/me"),
    Picture("not-found", "/console/nowhere"),
]


@pytest.fixture(scope="module")
def scenes(stage: Stage) -> Iterator[Scenes]:
    office = Office.open(stage)
    yield Scenes(office)
    office.close()


languages = pytest.mark.parametrize("language", ["zh-CN", "en"])


@languages
@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_take(scenes: Scenes, gallery: Path, picture: Picture, language: str) -> None:
    with scenes.office.window(picture.who, language=language) as window:
        window.open(scenes.path(picture.path))
        picture.then(window)
        hang(window, gallery, f"console-{picture.name}")


@languages
def test_take_the_menu(scenes: Scenes, gallery: Path, language: str) -> None:
    with scenes.office.window("admin", size=PHONE, language=language) as window:
        window.open("/console/")
        window.page.locator(".menu").click()
        window.page.screenshot(path=gallery / f"console-menu-360-{language[:2]}.png")
        window.check()


@languages
def test_take_the_sign_in(stage: Stage, gallery: Path, language: str) -> None:
    with stage.window(size=DESK, language=language) as window:
        window.open("/console/")
        hang(window, gallery, "console-sign-in")
        window.page.locator(".button.quiet", has_text=re.compile("邀请码|invitation")).click()
        hang(window, gallery, "console-arrival")


@languages
def test_take_what_loads_and_what_fails(scenes: Scenes, gallery: Path, language: str) -> None:
    with scenes.office.window("admin", language=language) as window:
        held: list[Route] = []
        window.page.route("**/v1/settlement/sheets*", lambda route: held.append(route))  # noqa: PLW0108
        window.page.goto(f"{scenes.office.stage.base}/console/settlement")
        window.page.wait_for_selector(".loading")
        hang(window, gallery, "console-sheets-loading")
        for route in held:
            route.abort()
        window.page.wait_for_selector(".failure")
        window.complaints.clear()
        hang(window, gallery, "console-sheets-failed")


@languages
def test_take_a_district_that_has_not_begun(scenes: Scenes, gallery: Path, language: str) -> None:
    with scenes.office.window("auditor", language=language) as window:
        window.open("/console/")
        window.page.locator("#district").select_option(LINPING)
        window.page.locator(".place-of", has_text=LINPING).wait_for(state="attached")
        window.settle()
        window.forget_what_was_not_found()
        hang(window, gallery, "console-today-empty")
        window.page.locator("#district").select_option(YUHANG)
        window.page.locator(".place-of", has_text=YUHANG).wait_for(state="attached")


def test_measure(scenes: Scenes, gallery: Path) -> None:
    with scenes.office.window("admin") as window:
        assert measure(window, gallery, "console", "/console/") > 0
