"""What people put on the map of a district, and who finds it there, also without a network."""

import re
from datetime import datetime
from typing import Any

import pytest

from backend.kit.auth import Actor
from backend.kit.clock import CITY, utc_now
from backend.kit.db import transaction
from backend.kit.positions import Position
from backend.network import places
from backend.network import queries as networks
from backend.outlets import queries as outlets
from backend.outlets import service as shops
from tests.makers import as_it_is
from tests.web.console import YUHANG, Office, answer, behind, press
from tests.web.stage import PHONE, Stage, Window

HERE = Position(30_300_000, 119_950_000)
"""The tests' own: nobody says that anything stands there."""


def a_community(stage: Stage, nth: int) -> dict[str, Any]:
    """Choose a community of Yuhang that no other test lives in."""
    found: dict[str, Any] = stage.resident("16100000760").get(
        f"/v1/districts/{YUHANG}/communities?limit={nth}"
    )["items"][-1]
    return found


def place(stage: Stage, community: str) -> None:
    """Put a community on the map, as staff do at the console."""
    with behind(stage), transaction(districts=[YUHANG]) as db:
        by = Actor.system(YUHANG)
        places.place(db, community, by=by, at=utc_now(), position=HERE, is_as_seen=as_it_is)


def put_on_the_map(stage: Stage) -> None:
    """Put on the map what the pictures show: the first communities, and where the demo's shops would be."""
    with behind(stage), transaction(districts=[YUHANG]) as db:
        by, at = Actor.system(YUHANG), utc_now()
        found = networks.communities(db, YUHANG, name="", cursor=None, limit=4).items
        for nth, each in enumerate(found):
            where = Position(30_300_000 + 9_000 * nth, 119_950_000 + 12_000 * (nth % 2))
            places.place(db, each.code, by=by, at=at, position=where, is_as_seen=as_it_is)
        (shop, *_) = outlets.outlets(db, YUHANG, kind=None, closed=False, cursor=None, limit=9).items
        names = {name: getattr(shop, name) for name in ("name_zh", "name_en", "address")}
        seen = {"merchant": shop.merchant and shop.merchant.id, "position": Position(30_310_000, 119_975_000)}
        hours = "每天 8:00–21:00"
        shops.change(db, shop.id, by=by, at=at, is_as_seen=as_it_is, hours=hours, **names, **seen)


def pin(window: Window, says: str) -> Any:
    """Find a pin of the map by what it says."""
    return window.page.locator(".map").get_by_role("button", name=re.compile(re.escape(says)))


def test_a_collector_finds_his_stop_on_the_map_without_a_network(stage: Stage) -> None:
    community = a_community(stage, 7)
    booked = stage.newcomer("16100000761", community=community["code"]).post("/v1/pickups", {})
    number, day = booked["collector"]["number"], _day(booked)
    with stage.window(signed_in=number) as window:
        window.open(f"/collector/?date={day}")
        window.page.get_by_role("button", name="在地图上看").click()
        window.page.get_by_text("还没有标在地图上").wait_for()
        window.check()

        place(stage, community["code"])
        window.open(f"/collector/?date={day}")
        stops = stage.collector(number).get(f"/v1/day?date={day}")["stops"]
        nth = [stop["id"] for stop in stops].index(booked["id"]) + 1
        pin(window, f"第 {nth} 站，{community['name_zh']}").wait_for()
        window.check()

        window.until("navigator.serviceWorker.controller !== null")
        window.settle()
        window.page.context.set_offline(True)
        window.page.goto(f"{stage.base}/collector/?date={day}")
        pin(window, f"第 {nth} 站，{community['name_zh']}").click()
        window.page.wait_for_url(f"**/collector/stops/{booked['id']}*")
        window.page.get_by_role("button", name="接单").wait_for()
        window.check(network=False)


def _day(booked: dict[str, Any]) -> str:
    return datetime.fromisoformat(booked["window_start"]).astimezone(CITY).date().isoformat()


@pytest.mark.long
def test_staff_put_a_community_on_the_map_and_take_it_back(stage: Stage, office: Office) -> None:
    community = a_community(stage, 8)
    path = f"/v1/communities/{community['code']}"
    with office.window("admin") as window:
        window.open("/console/places")
        window.page.get_by_label("按名称查找").fill(community["name_zh"])
        window.page.get_by_label("按名称查找").press("Enter")
        choose = window.page.get_by_role("button", name=f"标出位置：{community['name_zh']}").first
        choose.click()
        window.page.get_by_label("纬度（°）").fill("31.230000")
        window.page.get_by_label("经度（°）").fill("121.470000")
        press(window, "保存位置")
        window.page.get_by_text("不在本区范围内").wait_for()
        window.complaints.clear()
        window.page.get_by_label("纬度（°）").fill("30.300000")
        window.page.get_by_label("经度（°）").fill("119.950000")
        press(window, "保存位置")
        pin(window, community["name_zh"]).wait_for()
        window.check()
        assert office.call("admin", "GET", path)["position"]["latitude_microdegrees"] == 30_300_000

        here = pin(window, community["name_zh"]).bounding_box()
        press(window, "撤销")
        pin(window, community["name_zh"]).wait_for(state="detached")
        assert office.call("admin", "GET", path)["position"] is None

        choose.click()
        window.page.get_by_role("heading", name=f"标出位置：{community['name_zh']}").wait_for()
        window.page.mouse.click(here["x"] - 16, here["y"])  # beside it, where no other test has a pin
        assert float(window.page.get_by_label("纬度（°）").input_value()) == pytest.approx(30.3, abs=0.1)
        press(window, "保存位置")
        window.page.get_by_text("已更新").wait_for()
        pin(window, community["name_zh"]).wait_for()
        assert office.call("admin", "GET", path)["position"] is not None

    with office.window("auditor", size=PHONE, language="en") as window:
        window.open("/console/places")
        pin(window, community["name_zh"]).wait_for()
        assert window.page.get_by_role("button", name=re.compile("Put on the map")).count() == 0
        window.check()


@pytest.mark.long
def test_a_resident_finds_an_outlet_that_staff_registered(stage: Stage, office: Office) -> None:
    stage.newcomer("16100000762")
    with office.window("admin") as window, stage.window(signed_in="16100000762") as phone:
        window.open("/console/places")
        press(window, "登记网点")
        window.page.get_by_label("名称（中文）").fill("示范回收站（测试）")
        window.page.get_by_label("地址").fill("示范路 3 号")
        window.check()
        press(window, "保存")
        window.page.get_by_role("heading", name="标出位置：示范回收站（测试）").wait_for()
        phone.open("/app/outlets")
        phone.page.get_by_role("heading", name="示范回收站（测试）").wait_for()
        assert pin(phone, "示范回收站（测试）").count() == 0
        phone.check()

        window.page.get_by_label("纬度（°）").fill("30.290000")
        window.page.get_by_label("经度（°）").fill("119.940000")
        press(window, "保存位置")
        pin(window, "示范回收站（测试）").wait_for()
        phone.open("/app/")
        phone.page.get_by_role("link", name=re.compile("附近网点")).click()
        pin(phone, "示范回收站（测试）").focus()
        phone.page.keyboard.press("Enter")
        assert "示范路 3 号" in phone.page.locator("li:focus").inner_text()
        phone.check()

        window.page.get_by_role("button", name="关闭 示范回收站（测试）").click()
        answer(window, "关闭", "搬迁")
        phone.open("/app/outlets")
        assert phone.page.get_by_role("heading", name="示范回收站（测试）").count() == 0
