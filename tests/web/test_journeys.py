"""What people do with the pages, in a real browser on the real platform."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import BrowserContext, Route

from backend.kit.clock import CITY, utc_now
from seeds import load
from tests.web.stage import CODE, Person, Stage, Window


def test_a_stranger_signs_in_sets_up_and_books(stage: Stage) -> None:
    with stage.window() as window:
        page = window.page
        window.open("/app/")
        page.get_by_label("手机号").fill("161 0000 0777")
        page.get_by_role("button", name="获取验证码").click()
        page.get_by_label("短信验证码").fill(CODE)
        window.check()
        page.get_by_role("button", name="登录").click()

        page.get_by_text("余杭区").click()
        page.locator(".options button").first.click()
        page.get_by_label("门牌地址").fill("示范路 7 号 7 幢 707 室")
        page.get_by_text("条款 2026-01 版").click()
        page.get_by_text("谁能看到").wait_for()
        page.get_by_role("checkbox").check()
        window.check()
        page.get_by_role("button", name="完成").click()

        page.get_by_role("button", name="一键预约上门回收").click()
        page.get_by_role("region", name="上门回收").wait_for()
        window.settle()
        window.check()


def test_a_late_answer_to_what_was_typed_before_is_not_shown(stage: Stage) -> None:
    stage.newcomer("16100000791")
    with stage.window(signed_in="16100000791") as window:
        window.open("/app/search")
        late = hold_back(window, lambda url: unquote(url).endswith("q=纸"))
        field = window.page.get_by_label("物品名称")
        with window.page.expect_request(lambda asked: unquote(asked.url).endswith("q=纸")):
            field.fill("纸")
        field.fill("玻璃")
        window.page.get_by_role("heading", name="报纸", exact=True).wait_for(state="detached")
        answer_at_last(window, late)

        assert window.page.get_by_role("heading", name="玻璃", exact=True).is_visible()
        assert not window.page.get_by_role("heading", name="报纸", exact=True).is_visible()


def test_the_communities_of_a_district_are_not_taken_for_those_of_another(stage: Stage) -> None:
    with stage.window(signed_in="16100000792") as window:
        window.open("/app/set-up")
        late = hold_back(window, lambda url: "/v1/districts/330106/communities" in url)
        with window.page.expect_request("**/v1/districts/330106/communities*"):
            window.page.get_by_text("西湖区").click()
        window.page.get_by_text("余杭区").click()
        of_yuhang = window.page.get_by_role("button", name="顾家桥社区")
        of_yuhang.wait_for()
        answer_at_last(window, late)

        assert of_yuhang.is_visible()


def hold_back(window: Window, asked: Callable[[str], bool]) -> list[Route]:
    """Let no answer come from these addresses; the requests gather in the list."""
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    window.page.route(asked, hold)
    return late


def answer_at_last(window: Window, late: list[Route]) -> None:
    """Let the answers come that were held back, and the page draw what it makes of them."""
    assert late
    for route in late:
        with window.page.expect_response(route.request.url):
            route.continue_()
    window.settle()
    window.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def test_tokens_are_out_of_reach_of_scripts(stage: Stage) -> None:
    with stage.window(signed_in="16100000778") as window:
        window.open("/app/")

        kept = window.page.evaluate("[document.cookie, JSON.stringify({...localStorage})]")
        [access] = [
            one for one in window.page.context.cookies(f"{stage.base}/v1/me") if "access" in one["name"]
        ]
        assert access["httpOnly"]
        assert access["sameSite"] == "Strict"
        assert all(access["value"] not in text for text in kept)


def book(stage: Stage, phone: str) -> tuple[Person, dict[str, Any]]:
    """Let a new household book with one tap; somebody is on the way."""
    resident = stage.newcomer(phone)
    return resident, resident.post("/v1/pickups", {})


def go_to_the_door(window: Window, pickup: dict[str, Any], *, network: bool = True) -> None:
    """Take a job on and stand at its door, where there may be no network."""
    day = datetime.fromisoformat(pickup["window_start"]).astimezone(CITY).date()
    window.open(f"/collector/stops/{pickup['id']}?date={day}")
    window.page.context.set_offline(not network)
    window.page.get_by_role("button", name="接单").click()
    window.page.get_by_role("button", name="我到门口了").click()
    window.page.get_by_role("button", name="开始称重").click()


def press_keys(window: Window, weight: str) -> None:
    """Choose glass, and press what the scale shows."""
    window.page.get_by_role("button", name="玻璃", exact=True).click()
    keys = window.page.get_by_role("group", name="数字键")
    for key in weight:
        keys.get_by_role("button", name="小数点" if key == "." else key, exact=True).click()


def type_weight(window: Window, weight: str) -> None:
    """Write down what the scale shows of a bag of glass."""
    press_keys(window, weight)
    window.page.get_by_role("button", name="记下").click()
    window.page.get_by_role("button", name="称好了，出报价").wait_for()


def weigh_without_a_network(window: Window, pickup: dict[str, Any]) -> None:
    """Stand at the door, lose the network there, and weigh all the same."""
    go_to_the_door(window, pickup)
    window.until("navigator.serviceWorker.controller !== null")
    window.settle()
    window.page.context.set_offline(True)
    type_weight(window, "5.4")
    window.page.get_by_role("button", name="称好了，出报价").click()
    window.page.get_by_text("报价在本机").wait_for()


def test_a_resident_and_a_collector_at_once(stage: Stage) -> None:
    resident = stage.newcomer("16100000781")
    with stage.window(signed_in="16100000781") as phone:
        phone.open("/app/")
        phone.page.get_by_role("button", name="一键预约上门回收").click()
        phone.page.get_by_role("region", name="上门回收").wait_for()
        [pickup] = resident.get("/v1/pickups")["items"]
        collector = resident.get(f"/v1/pickups/{pickup['id']}")["collector"]["number"]
        phone.open(f"/app/pickups/{pickup['id']}")

        with stage.window(signed_in=collector) as window:
            go_to_the_door(window, pickup)
            type_weight(window, "5.4")
            window.page.get_by_role("button", name="称好了，出报价").click()
            window.page.get_by_role("region", name="居民同意吗？").wait_for()

            phone.page.get_by_role("button", name="同意，记入账本").click()
            window.page.get_by_text("居民在手机上同意").wait_for()
            window.check()
        phone.page.get_by_text("已记入账本").wait_for()
        phone.check()

    [weighing] = resident.get("/v1/weighings")["items"]
    points = resident.get(f"/v1/weighings/{weighing['id']}")["totals"]["green_points"]
    assert points > 0
    assert resident.get("/v1/accounts")["green"]["points"] == points


def test_what_was_weighed_without_a_network_is_posted_once(stage: Stage) -> None:
    resident, pickup = book(stage, "16100000782")
    with stage.window(signed_in=pickup["collector"]["number"]) as window:
        context = window.page.context
        weigh_without_a_network(window, pickup)
        window.check(network=False)
        window.page.close()

        later = Window(context.new_page(), stage.base)
        later.page.goto(f"{stage.base}/collector/tickets")
        later.page.get_by_text("1 张在本机，还没有全部发送").wait_for()
        assert resident.get("/v1/weighings")["items"] == []

        lose_an_answer(context, "**/v1/weighings")
        context.set_offline(False)
        later.page.get_by_text("全部已到服务器").wait_for()
        later.page.get_by_role("link", name="等居民答复").click()
        [weighing] = resident.get("/v1/weighings")["items"]
        quote = resident.get(f"/v1/weighings/{weighing['id']}")
        later.page.get_by_label("六位数字", exact=True).fill(quote["confirmation_code"])
        later.page.get_by_role("button", name="记入账本").click()
        later.page.get_by_text("凭六位数字同意").wait_for()

    assert [line["gross_grams"] for line in quote["lines"]] == [5400]
    entries = resident.get("/v1/accounts/green/entries")["items"]
    assert [entry["points"] for entry in entries] == [quote["totals"]["green_points"]]


def test_a_phone_that_knows_no_scale_says_so_and_reads_them_with_the_network(stage: Stage) -> None:
    _, pickup = book(stage, "16100000788")
    with stage.window(signed_in=pickup["collector"]["number"]) as window:
        context = window.page.context
        context.route("**/v1/scales*", lambda route: route.abort("connectionreset"))
        go_to_the_door(window, pickup)
        type_weight(window, "5.4")
        deliver = window.page.get_by_role("button", name="称好了，出报价")
        window.page.get_by_role("alert").get_by_text("没有可用的秤").wait_for()
        assert deliver.is_disabled()
        window.check(network=False)

        context.unroute("**/v1/scales*")
        context.set_offline(True)
        context.set_offline(False)
        deliver.click()
        window.page.get_by_role("region", name="居民同意吗？").wait_for()


def test_a_network_that_is_lost_after_a_wrong_code_does_not_stop_the_right_one(stage: Stage) -> None:
    resident, pickup = book(stage, "16100000789")
    with stage.window(signed_in=pickup["collector"]["number"]) as window:
        go_to_the_door(window, pickup)
        type_weight(window, "5.4")
        window.page.get_by_role("button", name="称好了，出报价").click()
        window.page.get_by_role("region", name="居民同意吗？").wait_for()
        [weighing] = resident.get("/v1/weighings")["items"]
        quote = resident.get(f"/v1/weighings/{weighing['id']}")
        code = window.page.get_by_label("六位数字", exact=True)
        agreed = window.page.get_by_role("button", name="记入账本")

        window.page.route(f"**/v1/weighings/{weighing['id']}", lambda route: route.abort("connectionreset"))
        code.fill(f"{(int(quote['confirmation_code']) + 1) % 10**6:06}")
        agreed.click()
        window.page.get_by_role("alert").get_by_text("验证码不正确。").wait_for()
        code.fill(quote["confirmation_code"])
        agreed.click()
        window.page.get_by_text("凭六位数字同意").wait_for()


def test_too_many_wrong_codes_stop_neither_the_phone_nor_the_resident(stage: Stage) -> None:
    resident, pickup = book(stage, "16100000799")
    number = pickup["collector"]["number"]
    with stage.window(signed_in=number) as window:
        go_to_the_door(window, pickup)
        type_weight(window, "5.4")
        window.page.get_by_role("button", name="称好了，出报价").click()
        window.page.get_by_role("region", name="居民同意吗？").wait_for()
        [weighing] = resident.get("/v1/weighings")["items"]
        path = f"/v1/weighings/{weighing['id']}"
        right = resident.get(path)["confirmation_code"]
        beside, wrong = stage.collector(number), {"code": f"{(int(right) + 1) % 10**6:06}"}
        for _ in range(5):
            with pytest.raises(HTTPError, match="403"):
                beside.post(f"{path}/confirmation", wrong)

        window.page.get_by_label("六位数字", exact=True).fill(right)
        window.page.get_by_role("button", name="记入账本").click()
        window.page.get_by_role("alert").get_by_text("验证码错误次数过多").wait_for()
        window.open("/collector/tickets")
        window.page.get_by_text("全部已到服务器").wait_for()

    resident.post(f"{path}/confirmation", {})


def tap_twice(window: Window, name: str) -> None:
    """Tap a button again before anything can have come of the first tap."""
    button = window.page.get_by_role("button", name=name)
    button.click(trial=True)
    button.evaluate("(button) => [1, 2].forEach(() => button.click())")


def test_who_taps_twice_weighs_and_agrees_once(stage: Stage) -> None:
    resident, pickup = book(stage, "16100000790")
    with stage.window(signed_in=pickup["collector"]["number"]) as window:
        go_to_the_door(window, pickup)
        press_keys(window, "5.4")
        tap_twice(window, "记下")
        tap_twice(window, "称好了，出报价")
        window.page.get_by_role("region", name="居民同意吗？").wait_for()
        [weighing] = resident.get("/v1/weighings")["items"]
        quote = resident.get(f"/v1/weighings/{weighing['id']}")
        window.page.get_by_label("六位数字", exact=True).fill(quote["confirmation_code"])
        tap_twice(window, "记入账本")
        window.page.get_by_text("凭六位数字同意").wait_for()
        window.check()

    assert [line["gross_grams"] for line in quote["lines"]] == [5400]


@pytest.mark.long
def test_a_week_without_a_signal_loses_nothing(stage: Stage) -> None:
    resident, pickup = book(stage, "16100000786")
    with stage.window(signed_in=pickup["collector"]["number"]) as window:
        context = window.page.context
        weigh_without_a_network(window, pickup)
        window.page.close()

        context.clock.set_system_time(utc_now() + timedelta(days=7))
        for _ in range(2):
            page = context.new_page()
            page.goto(f"{stage.base}/collector/tickets")
            page.get_by_text("1 张在本机，还没有全部发送").wait_for()
            page.get_by_text("5.4 公斤").wait_for()
            page.close()
        assert resident.get("/v1/weighings")["items"] == []

        back = Window(context.new_page(), stage.base)
        back.page.goto(f"{stage.base}/collector/tickets")
        context.set_offline(False)
        back.page.get_by_text("全部已到服务器").wait_for()
        back.check(network=False)

    [weighing] = resident.get("/v1/weighings")["items"]
    quote = resident.get(f"/v1/weighings/{weighing['id']}")
    assert [line["gross_grams"] for line in quote["lines"]] == [5400]


def lose_an_answer(context: BrowserContext, url: str) -> None:
    """Let the next request arrive and its answer not."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    context.route(url, lose, times=1)


def test_collectors_change_over_and_each_sends_their_own(stage: Stage) -> None:
    _, pickup = book(stage, "16100000783")
    first = pickup["collector"]["number"]
    second = {"C0001": "C0002", "C0002": "C0001"}[first]
    with stage.window(signed_in=first) as window:
        page = window.page
        go_to_the_door(window, pickup)
        type_weight(window, "2")
        page.goto(f"{stage.base}/collector/sign-in")
        sign_in(window, second)
        page.get_by_role("link", name="称重单").click()
        page.get_by_text("同事有 1 张在本机").wait_for()
        window.check()

        page.goto(f"{stage.base}/collector/sign-in")
        sign_in(window, first)
        page.get_by_role("link", name="1 张在本机").wait_for()


def sign_in(window: Window, number: str, *, to: str = "**/collector/") -> None:
    """Take a phone that is bound, with number and PIN, and come to a page."""
    window.page.get_by_label("工号").fill(number)
    keys = window.page.get_by_role("group", name="数字键")
    for key in load.cast(number)["pin"]:
        keys.get_by_role("button", name=key, exact=True).click()
    window.page.get_by_role("button", name="登录").click()
    window.page.wait_for_url(to)
    window.settle()


def test_of_two_devices_that_end_both_are_signed_out_even_if_the_page_is_left(stage: Stage) -> None:
    stage.newcomer("16100000793")
    lost = [stage.resident("16100000793") for _ in range(2)]
    with stage.window(signed_in="16100000793") as window:
        window.open("/app/devices")
        for nth in range(2):
            window.page.get_by_role("button", name="退出").nth(nth).click()
        window.page.goto("about:blank")
        for device in lost:
            wait_until_out(window, device)


def wait_until_out(window: Window, device: Person, *, seconds: float = 30) -> None:
    """Wait until a device is signed out."""
    latest = time.monotonic() + seconds
    while time.monotonic() < latest:
        try:
            device.get("/v1/me")
        except HTTPError as refusal:
            if refusal.code != 401:
                raise
            return
        window.page.wait_for_timeout(100)
    pytest.fail(f"not within {seconds} s")


def take_back(window: Window, why: str) -> None:
    """Take the goods back on the page of a visit, and read that it is done."""
    window.page.get_by_role("button", name="不卖了，拿回来").click()
    dialog = window.page.get_by_role("dialog")
    dialog.get_by_label("原因").fill(why)
    dialog.get_by_role("button", name="不卖了，拿回来").click()
    window.page.get_by_text("物品已退回，没有绿积分变动。").wait_for()
    window.check()


def test_a_resident_takes_the_goods_back(stage: Stage) -> None:
    resident = stage.newcomer("16100000784")
    stage.weigh("16100000784")
    with stage.window(signed_in="16100000784") as window:
        window.open("/app/")
        window.page.get_by_role("link", name="有一次称重等您确认").click()
        take_back(window, "重量不对")

    assert resident.get("/v1/accounts")["green"]["points"] == 0


def test_a_resident_takes_the_goods_back_before_there_is_a_quote(stage: Stage) -> None:
    resident, pickup = book(stage, "16100000798")
    stage.begin(pickup)
    with stage.window(signed_in="16100000798") as window:
        window.open(f"/app/pickups/{pickup['id']}")
        window.page.get_by_text("收集员正在称重").wait_for()
        assert not window.page.get_by_role("button", name="取消预约").count()
        take_back(window, "收集员走了")

    assert resident.get(f"/v1/pickups/{pickup['id']}")["state"] == "returned"


def test_who_saw_a_residents_data_is_told_in_whole_sentences(stage: Stage) -> None:
    resident, pickup = book(stage, "16100000787")
    collector = stage.collector(resident.get(f"/v1/pickups/{pickup['id']}")["collector"]["number"])
    for step in ("reveal", "acceptance", "arrival", "vouch"):
        collector.post(f"/v1/pickups/{pickup['id']}/{step}")

    for language, said in (
        ("zh-CN", ("收集员查看了您的地址", "收集员为您的登录作证")),
        ("en", ("Collector looked at your address", "Collector vouched for your sign-in")),
    ):
        with stage.window(signed_in="16100000787", language=language) as window:
            window.open("/app/accesses")
            for line in said:
                window.page.get_by_text(line).wait_for()
            window.check()


def test_a_voucher_is_redeemed_kept_and_honoured_once(stage: Stage) -> None:
    stage.newcomer("16100000785")
    stage.weigh("16100000785", agreed=True)
    with stage.window(signed_in="16100000785") as phone, stage.window() as till:
        phone.open("/app/rewards")
        phone.page.get_by_role("button", name="兑换 便利店2元代金券").click()
        phone.page.get_by_role("dialog").get_by_role("button", name="兑换").click()
        picture = phone.page.get_by_role("img", name="兑换券的二维码")
        picture.wait_for()
        last = (utc_now().astimezone(CITY) + timedelta(days=30)).date()
        phone.page.get_by_text(f"有效期至 {last.year}年{last.month}月{last.day}日", exact=True).wait_for()
        phone.page.get_by_role("button", name="退回，取回绿积分").click()
        phone.page.get_by_role("button", name="撤销").click()
        [scanned] = zxingcpp.read_barcodes(Image.open(BytesIO(picture.screenshot())))
        phone.check()

        till.open("/till/")
        till.page.get_by_label("用户名").fill("demo-store")
        till.page.get_by_label("密码").fill(load.cast("sun_ba")["password"])
        till.page.get_by_role("button", name="登录").click()
        till.page.get_by_label("券码").fill(scanned.text)
        lose_an_answer(till.page.context, "**/v1/vouchers/honouring")
        till.page.get_by_role("button", name="核对并收下").click()
        till.page.get_by_text("没有得到答复").wait_for()
        till.open("/till/")
        for verdict in ("可以", "不可以"):
            till.page.get_by_label("券码").fill(scanned.text)
            till.page.get_by_role("button", name="核对并收下").click()
            till.page.get_by_role("heading", name=verdict, exact=True).wait_for()
            till.check(network=False, refusals=True)
            till.page.get_by_role("button", name="下一张").click()
        till.page.get_by_role("link", name="今日").click()
        till.page.get_by_role("listitem").filter(has_text="便利店2元代金券").first.wait_for()
        till.settle()
        till.check(network=False, refusals=True)
        phone.page.get_by_text("已使用").wait_for()
