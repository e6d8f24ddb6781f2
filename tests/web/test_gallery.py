"""Pictures of every page in its main states, to be looked at one by one: `make pages`.

Each is held against axe-core, its own width, the console and the network while it is taken.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.web.build import PAGES
from seeds import load
from tests.web.conftest import DESK, PHONE, Stage, Window

pytestmark = [pytest.mark.long, pytest.mark.gallery]

ZHANG = load.cast("zhang_san")["phone"]
WANG = load.cast("wang_wu")["phone"]
KB = 1024


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


def check_the_proof(window: Window) -> None:
    """Have the newest entry checked in the browser."""
    go_to_first("entries/")(window)
    window.page.get_by_role("button", name=re.compile("检查证明|Check the proof")).click()
    window.page.locator(".verdict.proven").wait_for()


def ask_before_redeeming(window: Window) -> None:
    """Choose an offer, and be asked."""
    window.page.locator(".offers button").first.click()
    window.page.locator("dialog[open]").wait_for()


PICTURES = [
    Picture("landing", "/", None),
    Picture("sign-in", "/app/sign-in", None),
    Picture("not-found", "/app/nowhere", None),
    Picture("set-up", "/app/set-up", "16100000888", choose_district),
    Picture("home", "/app/"),
    Picture("home-elder", "/app/", elder=True),
    Picture("home-offline", "/app/", then=lose_the_network),
    Picture("home-open", "/app/", WANG),
    Picture("pickup-quoted", "/app/", WANG, go_to_first("pickups/")),
    Picture("pickup-quoted-elder", "/app/", WANG, go_to_first("pickups/"), elder=True),
    Picture("book", "/app/book"),
    Picture("pickups", "/app/pickups"),
    Picture("pickup", "/app/pickups", then=go_to_first("pickups/")),
    Picture("prices", "/app/prices"),
    Picture("search", "/app/search"),
    Picture("account", "/app/account"),
    Picture("account-elder", "/app/account", elder=True),
    Picture("entry", "/app/account", then=check_the_proof),
    Picture("rewards", "/app/rewards"),
    Picture("rewards-ask", "/app/rewards", WANG, ask_before_redeeming),
    Picture("redemptions", "/app/redemptions"),
    Picture("redemption", "/app/redemptions", then=go_to_first("redemptions/")),
    Picture("voucher", "/app/redemptions", WANG, go_to_first("redemptions/")),
    Picture("me", "/app/me"),
    Picture("household", "/app/household"),
    Picture("devices", "/app/devices"),
    Picture("accesses", "/app/accesses"),
    Picture("inbox", "/app/inbox"),
    Picture("inbox-empty", "/app/inbox", "16100000999"),
]


@pytest.fixture(scope="module", autouse=True)
def busy(stage: Stage) -> None:
    """Let something be going on: a quote that waits, a voucher in hand, an address that was looked at."""
    newcomer = stage.resident("16100000999")
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
        window.page.screenshot(
            path=gallery / f"{picture.name}-{size['width']}-{language[:2]}.png", full_page=True
        )
        window.check()


def test_measure(stage: Stage, gallery: Path) -> None:
    """Write down how much a resident's first page loads, compressed, and when something is seen."""
    with stage.window(signed_in=ZHANG) as window:
        loaded: list[str] = []
        window.page.on("response", lambda answer: loaded.append(answer.url))
        window.open("/app/")
        painted = window.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    names = [found[1] for url in loaded if (found := re.search(r"/assets/pages/hashed/(.+)$", url))]
    sizes = {name: (PAGES / "hashed" / f"{name}.gz").stat().st_size for name in names}
    measured = {
        "resident_gzip_kb": round(sum(sizes.values()) / KB, 1),
        "first_paint_ms": round(painted),
        "resident_files": len(sizes),
    }
    (gallery.parent / "pages.json").write_text(json.dumps(measured, indent=2) + "\n")

    assert sizes
    assert measured["resident_gzip_kb"] < 150
