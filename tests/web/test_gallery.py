"""Pictures of every page in its main states, to be looked at one by one: `make pages`.

Each is held against axe-core, its own width, the console and the network while it is taken.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from backend.kit.clock import CITY
from seeds import load
from tests.web.pictures import measure
from tests.web.stage import DESK, PHONE, Stage, Window
from tests.web.test_places import put_on_the_map

pytestmark = [pytest.mark.long, pytest.mark.gallery]

ZHANG = load.cast("zhang_san")["phone"]
WANG = load.cast("wang_wu")["phone"]
NEWCOMER, LAPSED = "16100000999", "16100000998"
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
    """Type a number, and wait for the message."""
    window.page.locator("#phone").fill("16100000887")
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
    Picture("inbox", "/app/inbox"),
    Picture("inbox-empty", "/app/inbox", NEWCOMER),
]


WALKS = [
    pytest.param(size, language, f"1610000067{nth}", id=f"{size['width']}-{language}")
    for nth, (size, language) in enumerate(
        (size, language) for size in (PHONE, DESK) for language in ("zh-CN", "en")
    )
]
"""Each walks with a household of its own, so that none finds done what it is to picture."""


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


def snap(window: Window, folder: Path, name: str) -> None:
    """Take a picture of a page as it stands, and hold it against what holds for every page."""
    window.settle()
    width, language = window.page.evaluate("[innerWidth, document.documentElement.lang.slice(0, 2)]")
    window.picture(folder / f"{name}-{width}-{language}.png")
    window.check(network=False, refusals=True)


def press(window: Window, *names: str) -> None:
    """Press one button or link after the other, each by what it says in either language."""
    for name in names:
        role = window.page.get_by_role("button", name=re.compile(name))
        role.or_(window.page.get_by_role("link", name=re.compile(name))).first.click()


@pytest.mark.parametrize(("size", "language", "phone"), WALKS)
def test_take_a_collectors_way(
    stage: Stage, gallery: Path, size: dict[str, int], language: str, phone: str
) -> None:
    communities = stage.resident(phone).get("/v1/districts/330110/communities?limit=4")["items"]
    home = communities[int(phone[-1])]["code"]
    pickup = stage.newcomer(phone, community=home).post("/v1/pickups", {"note": "请从北门进，门铃坏了"})
    number = pickup["collector"]["number"]
    day = datetime.fromisoformat(pickup["window_start"]).astimezone(CITY).date()
    with stage.window(size=size, language=language) as window:
        window.open("/collector/sign-in")
        snap(window, gallery, "collector-sign-in")
        press(window, "我有邀请码|I have an invitation")
        snap(window, gallery, "collector-arrival")
    with stage.window(size=size, language=language, signed_in=number) as window:
        window.open("/collector/?date=2020-01-01")
        snap(window, gallery, "collector-day-empty")
        window.open(f"/collector/?date={day}")
        snap(window, gallery, "collector-day")
        press(window, "在地图上看|Show the map")
        window.page.locator(".pin").first.wait_for()
        snap(window, gallery, "collector-map")
        press(window, "收起地图|Hide the map")
        window.open(f"/collector/stops/{pickup['id']}?date={day}")
        snap(window, gallery, "collector-stop")
        press(window, "接单|Take it on", "我到门口了|I am at the door")
        window.page.get_by_role("button", name=re.compile("开始称重|Begin to weigh")).wait_for()
        snap(window, gallery, "collector-door")
        press(window, "开始称重|Begin to weigh")
        snap(window, gallery, "collector-materials")
        press(window, "^(玻璃|Glass)", "^5$")
        press(window, "小数点|Decimal point", "^4$")
        snap(window, gallery, "collector-scale")
        press(window, "记下|Write it down")
        snap(window, gallery, "collector-ticket")
        window.page.context.set_offline(True)
        press(window, "称好了|All weighed")
        window.page.get_by_text(re.compile("报价在本机|The quote is on this phone")).wait_for()
        snap(window, gallery, "collector-ticket-offline")
        window.page.locator("nav a[href='/collector/tickets']").click()
        snap(window, gallery, "collector-tickets-offline")
        window.page.context.set_offline(False)
        window.page.get_by_text(re.compile("全部已到服务器|Everything is on the server")).wait_for()
        snap(window, gallery, "collector-tickets")
        window.page.locator("main a[href^='/collector/stops/']").first.click()
        window.page.get_by_role("region", name=re.compile("居民同意吗|Does the resident agree")).wait_for()
        snap(window, gallery, "collector-quoted")
        [weighing] = stage.resident(phone).get("/v1/weighings")["items"]
        stage.resident(phone).post(f"/v1/weighings/{weighing['id']}/confirmation", {})
        window.page.get_by_text(re.compile("居民在手机上同意|agreed on their phone")).wait_for()
        snap(window, gallery, "collector-confirmed")
        window.page.locator("nav a[href='/collector/me']").click()
        snap(window, gallery, "collector-me")


@pytest.mark.parametrize(("size", "language"), [walk.values[:2] for walk in WALKS])
def test_take_a_phone_that_is_shared(
    stage: Stage, gallery: Path, size: dict[str, int], language: str
) -> None:
    with stage.window(size=size, language=language, signed_in="C0001") as window:
        window.open("/collector/me")
        window.page.locator("summary").click()
        window.page.locator("#old").wait_for()
        snap(window, gallery, "collector-pin")
        press(window, "^(换人|Change over)$")
        snap(window, gallery, "collector-swap")


@pytest.mark.parametrize(("size", "language", "phone"), WALKS)
def test_take_a_day_at_the_till(
    stage: Stage, gallery: Path, size: dict[str, int], language: str, phone: str
) -> None:
    other = f"{phone[:-2]}6{phone[-1]}"
    stage.newcomer(other)
    stage.weigh(other, agreed=True)
    offers = stage.resident(other).get("/v1/offers")["items"]
    soap = next(offer["id"] for offer in offers if offer["title_zh"] == "肥皂一块")
    voucher = stage.resident(other).post("/v1/redemptions", {"offer_id": soap})["voucher"]
    with stage.window(size=size, language=language) as window:
        window.open("/till/")
        snap(window, gallery, "till-sign-in")
        window.page.locator("#username").fill("demo-store")
        window.page.locator("#password").fill(load.cast("sun_ba")["password"])
        window.page.locator("#password").press("Enter")
        window.page.locator("#code").wait_for()
        snap(window, gallery, "till")
        for name in ("till-yes", "till-no"):
            window.page.locator("#code").fill(voucher["code"])
            window.page.locator("#code").press("Enter")
            window.page.locator(".verdict").wait_for()
            snap(window, gallery, name)
            press(window, "下一张|Next voucher")
        window.page.context.set_offline(True)
        window.page.locator("#code").fill(voucher["code"])
        window.page.locator("#code").press("Enter")
        window.page.locator(".failure").wait_for()
        snap(window, gallery, "till-offline")
        window.page.context.set_offline(False)
        window.open("/till/takings")
        snap(window, gallery, "till-takings")
        window.open("/till/takings?date=2026-01-01")
        snap(window, gallery, "till-takings-empty")
        window.open("/till/me")
        snap(window, gallery, "till-me")


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
