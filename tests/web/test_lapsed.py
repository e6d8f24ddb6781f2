"""A session that ends elsewhere: said once and in plain words, and nothing that was typed is lost."""

from typing import Any

import pytest

from seeds import load
from tests.web.stage import CODE, Person, Stage, Window
from tests.web.test_journeys import (
    book,
    go_to_the_door,
    press_keys,
    sign_in,
    weigh_without_a_network,
)

WROTE = "请从东门进，门铃坏了"


def end_all_others(person: Person) -> None:
    """Sign somebody out wherever else they are signed in."""
    for device in person.get("/v1/me/devices")["items"]:
        if not device["is_this"]:
            person.call("DELETE", f"/v1/me/devices/{device['id']}")


def lapse(window: Window) -> None:
    """Read that the session is over, of which the browser complains as well."""
    window.page.get_by_text("登录已经结束").wait_for()
    assert window.page.locator(".failure").count() == 0
    assert all("401" in said for said in window.complaints)
    window.complaints.clear()
    window.check()


def test_what_a_resident_typed_is_still_there_after_signing_in_again(stage: Stage) -> None:
    phone = "16100000770"
    resident = stage.newcomer(phone)
    with stage.window(signed_in=phone) as window:
        page = window.page
        window.open("/app/book")
        page.get_by_role("textbox").fill(WROTE)
        end_all_others(resident)
        page.get_by_role("button", name="预约", exact=True).click()
        lapse(window)

        page.get_by_role("link", name="重新登录").click()
        page.get_by_label("手机号").fill(phone)
        page.get_by_role("button", name="获取验证码").click()
        page.get_by_label("短信验证码").fill(CODE)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/app/book")
        assert page.get_by_role("textbox").input_value() == WROTE
        page.get_by_role("button", name="预约", exact=True).click()
        page.get_by_text(WROTE).wait_for()
        window.check()


@pytest.mark.long
def test_what_a_collector_weighed_is_sent_after_signing_in_again(stage: Stage) -> None:
    resident, pickup = book(stage, "16100000771")
    number = pickup["collector"]["number"]
    with stage.window(signed_in=number) as window:
        weigh_without_a_network(window, pickup)
        end_all_others(stage.collector(number))
        window.complaints.clear()
        window.page.context.set_offline(False)
        window.page.get_by_text("本机的称重单和填写的内容都还在").wait_for()
        window.complaints.clear()
        assert resident.get("/v1/weighings")["items"] == []

        window.page.get_by_role("link", name="重新登录").click()
        sign_in(window, number, to=f"**/collector/stops/{pickup['id']}*")
        window.page.get_by_role("link", name="称重单").click()
        window.page.get_by_text("全部已到服务器").wait_for()
    assert len(resident.get("/v1/weighings")["items"]) == 1


def lapse_at_the_keypad(window: Window, stage: Stage, pickup: dict[str, Any]) -> None:
    """Press what the scale shows, and read that the session is over before it is written down."""
    window.open("/collector/")
    window.until("navigator.serviceWorker.controller !== null")
    go_to_the_door(window, pickup, network=False)
    press_keys(window, "5.4")
    end_all_others(stage.collector(pickup["collector"]["number"]))
    window.complaints.clear()
    window.page.context.set_offline(False)
    window.page.get_by_role("link", name="重新登录").click()
    window.complaints.clear()


@pytest.mark.long
def test_what_a_collector_typed_waits_until_he_signs_in_again(stage: Stage) -> None:
    _, pickup = book(stage, "16100000772")
    number = pickup["collector"]["number"]
    with stage.window(signed_in=number) as window:
        lapse_at_the_keypad(window, stage, pickup)
        sign_in(window, number, to="**/scale*")
        assert "5.4" in window.page.get_by_role("button", name="秤上显示").inner_text()
        window.page.get_by_role("button", name="记下").click()
        window.page.get_by_role("button", name="称好了，出报价").wait_for()
        window.check()


@pytest.mark.long
def test_what_a_collector_typed_is_not_shown_to_the_next_one(stage: Stage) -> None:
    _, pickup = book(stage, "16100000773")
    other = next(each for each in ("C0001", "C0002") if each != pickup["collector"]["number"])
    with stage.window(signed_in=pickup["collector"]["number"]) as window:
        lapse_at_the_keypad(window, stage, pickup)
        sign_in(window, other, to="**/scale*")
        window.page.get_by_role("button", name="玻璃", exact=True).wait_for()
        assert window.page.get_by_role("button", name="秤上显示").count() == 0


@pytest.mark.long
def test_a_code_that_a_till_typed_is_still_there_after_signing_in_again(stage: Stage) -> None:
    username, password = "demo-store", load.cast("sun_ba")["password"]
    with stage.window() as window:
        page = window.page

        def come_in() -> None:
            page.get_by_label("用户名").fill(username)
            page.get_by_label("密码").fill(password)
            page.get_by_role("button", name="登录").click()

        window.open("/till/")
        come_in()
        page.locator("#code").fill("LV1.330110.ABC")
        body = {"username": username, "password": password}
        token = Person(stage.base).post("/v1/sign-in/staff", body)["access_token"]
        end_all_others(Person(stage.base, token))
        page.locator("#code").press("Enter")
        lapse(window)

        page.get_by_role("link", name="重新登录").click()
        come_in()
        page.wait_for_url("**/till/")
        assert page.locator("#code").input_value() == "LV1.330110.ABC"
