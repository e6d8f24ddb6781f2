"""Pictures of every page in its main states, to be looked at one by one: `make pages`.

Each is held against axe-core, its own width, the console and the network while it is taken.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from seeds import load
from tests.web.pictures import measure
from tests.web.stage import DESK, PHONE, Stage, Window
from tests.web.test_places import put_on_the_map

pytestmark = [pytest.mark.long, pytest.mark.gallery]

ZHANG = load.cast("zhang_san")["phone"]
WANG = load.cast("wang_wu")["phone"]
NEWCOMER, LAPSED = "16100000999", "16100000998"
NEW_NUMBERS = count(16100000870)
MOST_KB = 150
"""What a first page may load on a phone."""


@dataclass(frozen=True)
class Picture:
    """A page as somebody sees it, after what they did there."""

    name: str
    path: str
    who: str | None = ZHANG
    then: Callable[[Window], object] = lambda window: None
    elder: bool = False


def choose_district(window: Window) -> None:
    """Go as far as the list of communities."""
    window.page.locator(".districts label").nth(5).click()
    window.page.wait_for_selector(".options")


def lose_the_network(window: Window) -> None:
    """Cut the network under an open page."""
    window.page.context.set_offline(True)
    window.page.wait_for_selector(".offline")


def go_to_first(link: str) -> Callable[[Window], object]:
    """Follow the first link that begins so."""

    def follow(window: Window) -> None:
        window.page.locator(f'main a[href^="/app/{link}"]').first.click()
        window.page.wait_for_url(f"**/app/{link}*")
        window.settle()

    return follow


def ask_for_a_code(window: Window) -> None:
    """Type a number, and wait for the message; no number gets two within a minute."""
    window.page.locator("#phone").fill(str(next(NEW_NUMBERS)))
    window.page.locator("form .button").first.click()
    window.page.locator("#code").wait_for()


def choose_community(window: Window) -> None:
    """Go as far as the consent."""
    choose_district(window)
    window.page.locator(".options button").first.click()
    window.page.locator(".consent").wait_for()


def check_the_proof(window: Window) -> None:
    """Have the newest entry checked in the browser."""
    go_to_first("entries/")(window)
    window.page.get_by_role("button", name=re.compile("检查证明|Check the proof")).click()
    window.page.locator(".verdict.proven").wait_for()


def see_the_receipt(window: Window) -> None:
    """Go from a pickup to its receipt."""
    go_to_first("pickups/")(window)
    go_to_first("receipts/")(window)


def ask_before_redeeming(window: Window) -> None:
    """Choose an offer, and be asked."""
    window.page.locator(".offers button").first.click()
    window.page.locator("dialog[open]").wait_for()


def end_the_session(window: Window) -> None:
    """Lose the session, as if it had been ended elsewhere."""
    window.page.context.clear_cookies()
    window.page.locator("main a[href='/app/devices']").click()
    window.page.locator(".lapsed").wait_for()
    window.complaints.clear()


PICTURES = [
    Picture("landing", "/", None),
    Picture("sign-in", "/app/sign-in", None),
    Picture("sign-in-code", "/app/sign-in", None, ask_for_a_code),
    Picture("not-found", "/app/nowhere", None),
    Picture("set-up", "/app/set-up", "16100000888", choose_district),
    Picture("set-up-consent", "/app/set-up", "16100000888", choose_community),
    Picture("home", "/app/"),
    Picture("home-elder", "/app/", elder=True),
    Picture("home-offline", "/app/", then=lose_the_network),
    Picture("home-open", "/app/", WANG),
    Picture("pickup-quoted", "/app/", WANG, go_to_first("pickups/")),
    Picture("pickup-quoted-elder", "/app/", WANG, go_to_first("pickups/"), elder=True),
    Picture("book", "/app/book"),
    Picture("pickups", "/app/pickups"),
    Picture("pickup", "/app/pickups", then=go_to_first("pickups/")),
    Picture("receipt", "/app/pickups", then=see_the_receipt),
    Picture("prices", "/app/prices"),
    Picture("prices-elder", "/app/prices", elder=True),
    Picture("search", "/app/search"),
    Picture("search-elder", "/app/search", elder=True),
    Picture("guide", "/app/guide"),
    Picture("outlets", "/app/outlets"),
    Picture("outlets-elder", "/app/outlets", elder=True),
    Picture("lapsed", "/app/me", LAPSED, end_the_session),
    Picture("account", "/app/account"),
    Picture("account-elder", "/app/account", elder=True),
    Picture("factors", "/app/factors"),
    Picture("entry", "/app/account", then=check_the_proof),
    Picture("rewards", "/app/rewards"),
    Picture("rewards-ask", "/app/rewards", WANG, ask_before_redeeming),
    Picture("redemptions", "/app/redemptions"),
    Picture("redemption", "/app/redemptions", then=go_to_first("redemptions/")),
    Picture("voucher", "/app/redemptions", WANG, go_to_first("redemptions/")),
    Picture("me", "/app/me"),
    Picture("household", "/app/household"),
    Picture("household-elder", "/app/household", elder=True),
    Picture("devices", "/app/devices"),
    Picture("accesses", "/app/accesses", WANG),
    Picture("accesses-empty", "/app/accesses", NEWCOMER),
    Picture("terms", "/app/terms"),
    Picture("inbox", "/app/inbox"),
    Picture("inbox-empty", "/app/inbox", NEWCOMER),
]


@pytest.fixture(scope="module", autouse=True)
def busy(stage: Stage) -> None:
    """Let something be going on: a quote that waits, a voucher in hand, an address that was looked at.

    Places on the map are the tests' own, and stand for none.
    """
    put_on_the_map(stage)
    stage.newcomer(LAPSED)
    newcomer = stage.resident(NEWCOMER)
    community = newcomer.get("/v1/districts/330110/communities?limit=1")["items"][0]["code"]
    home = {"community": community, "address": "示范路 9 号 9 幢 909 室"}
    newcomer.post("/v1/household", {**home, "consent": {"agreed": True, "version": "2026-01"}})
    stage.take_an_offer(WANG)
    stage.weigh(WANG)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=lambda size: str(size["width"]))
@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_take(stage: Stage, gallery: Path, picture: Picture, size: dict[str, int], language: str) -> None:
    with stage.window(size=size, language=language, signed_in=picture.who) as window:
        if picture.elder:
            window.page.add_init_script("localStorage.setItem('lv.mode', 'elder')")
        window.open(picture.path)
        picture.then(window)
        window.picture(gallery / f"{picture.name}-{size['width']}-{language[:2]}.png")
        window.check()


@pytest.mark.parametrize(
    ("name", "path", "who"),
    [
        ("landing", "/", None),
        ("resident", "/app/", ZHANG),
        ("collector", "/collector/", "C0001"),
        ("till", "/till/", None),
    ],
)
def test_measure(stage: Stage, gallery: Path, name: str, path: str, who: str | None) -> None:
    with stage.window(signed_in=who) as window:
        assert 0 < measure(window, gallery, name, path) < MOST_KB
