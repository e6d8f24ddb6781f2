"""Pictures of the console in its main states, to be looked at one by one: `make pages`.

Each is held against axe-core, its own width, the console and the network while it is taken.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Route

from tests.web.console import LINPING, YUHANG, Office
from tests.web.pictures import hang, measure
from tests.web.scenes import WEIGHED, Scenes
from tests.web.stage import DESK, PHONE, Stage, Window

pytestmark = [pytest.mark.long, pytest.mark.gallery]


@dataclass(frozen=True)
class Picture:
    """A page as somebody sees it, after what they did there."""

    name: str
    path: str
    who: str = "admin"
    then: Callable[[Window], object] = lambda window: None


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
    window.page.locator(".pin").first.wait_for()
    window.page.locator(".map").click(position={"x": 150, "y": 280})
    window.page.locator(".pin.draft").wait_for()


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
