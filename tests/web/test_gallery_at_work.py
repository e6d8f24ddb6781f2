"""Pictures of collectors and tills at work, step by step: `make pages`.

Each is held against axe-core, its own width, the console and the network while it is taken.
"""

import re
from datetime import datetime
from pathlib import Path

import pytest

from backend.kit.clock import CITY
from seeds import load
from tests.web.stage import DESK, PHONE, Stage, Window
from tests.web.test_handheld import OF_APPLE, a_voucher, detector, offer, sign_a_till_in
from tests.web.test_places import put_on_the_map

pytestmark = [pytest.mark.long, pytest.mark.gallery]

WALKS = [
    pytest.param(size, language, f"1610000067{nth}", id=f"{size['width']}-{language}")
    for nth, (size, language) in enumerate(
        (size, language) for size in (PHONE, DESK) for language in ("zh-CN", "en")
    )
]
"""Each walks with a household of its own, so that none finds done what it is to picture."""


@pytest.fixture(scope="module", autouse=True)
def placed(stage: Stage) -> None:
    """Put the first communities on the map; where they are stands for none."""
    put_on_the_map(stage)


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


@pytest.mark.parametrize(("size", "language"), [walk.values[:2] for walk in WALKS])
def test_take_a_collectors_door(stage: Stage, gallery: Path, size: dict[str, int], language: str) -> None:
    with stage.window(size=size, language=language) as window:
        window.open("/collector/sign-in")
        snap(window, gallery, "collector-sign-in")
        press(window, "我有邀请码|I have an invitation")
        snap(window, gallery, "collector-arrival")


@pytest.mark.parametrize(("size", "language", "phone"), WALKS)
def test_take_a_collectors_way(
    stage: Stage, gallery: Path, size: dict[str, int], language: str, phone: str
) -> None:
    communities = stage.resident(phone).get("/v1/districts/330110/communities?limit=4")["items"]
    home = communities[int(phone[-1])]["code"]
    pickup = stage.newcomer(phone, community=home).post("/v1/pickups", {"note": "请从北门进，门铃坏了"})
    number = pickup["collector"]["number"]
    day = datetime.fromisoformat(pickup["window_start"]).astimezone(CITY).date()
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
        press(window, "用家庭卡|Use the household's card")
        snap(window, gallery, "collector-card")
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
        window.page.locator("#number").fill("C0002")
        window.page.locator("#pin").fill(load.cast("C0002")["pin"])
        press(window, "^(登录|Sign in)$")
        window.page.wait_for_url("**/collector/")
        window.open("/collector/sign-in")
        snap(window, gallery, "collector-swap-two")


@pytest.mark.parametrize(("size", "language"), [walk.values[:2] for walk in WALKS])
def test_take_a_phone_that_the_app_is_not_yet_on(
    stage: Stage, gallery: Path, size: dict[str, int], language: str
) -> None:
    with stage.window(size=size, language=language, signed_in="C0001") as window:
        window.open("/collector/me")
        window.until("navigator.serviceWorker.controller !== null")
        offer(window)
        snap(window, gallery, "collector-install")
        press(window, "^(安装|Install)$")
        snap(window, gallery, "collector-installed")
    with stage.window(size=size, language=language) as window:
        window.page.add_init_script(OF_APPLE)
        window.open("/collector/sign-in")
        snap(window, gallery, "collector-install-by-hand")


@pytest.mark.parametrize(("size", "language", "phone"), WALKS)
def test_take_a_day_at_the_till(
    stage: Stage, gallery: Path, size: dict[str, int], language: str, phone: str
) -> None:
    other = f"{phone[:-2]}6{phone[-1]}"
    voucher = a_voucher(stage, other)
    with stage.window(size=size, language=language) as window:
        window.open("/till/")
        snap(window, gallery, "till-sign-in")
        sign_a_till_in(window)
        snap(window, gallery, "till")
        for name in ("till-yes", "till-no"):
            window.page.locator("#code").fill(voucher)
            window.page.locator("#code").press("Enter")
            window.page.locator(".verdict").wait_for()
            snap(window, gallery, name)
            press(window, "下一张|Next voucher")
        window.page.context.set_offline(True)
        window.page.locator("#code").fill(voucher)
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


@pytest.mark.parametrize(("size", "language"), [walk.values[:2] for walk in WALKS])
def test_take_a_camera_of_a_till(stage: Stage, gallery: Path, size: dict[str, int], language: str) -> None:
    with stage.window(size=size, language=language) as window:
        window.page.add_init_script(detector())
        window.open("/till/")
        sign_a_till_in(window)
        press(window, "用摄像头扫一扫|Scan with the camera")
        window.page.get_by_text(re.compile("不能使用摄像头|The camera cannot be used")).wait_for()
        snap(window, gallery, "till-no-camera")
        window.page.context.grant_permissions(["camera"])
        press(window, "用摄像头扫一扫|Scan with the camera")
        window.until("() => document.querySelector('video')?.currentTime > 0")
        snap(window, gallery, "till-scan")
