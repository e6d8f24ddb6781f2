"""What an operator's own systems hear, and what a kilogram saves, from the console on the real platform."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from standardwebhooks import Webhook

from seeds import load
from tests import receivers
from tests.conftest import Copies
from tests.receivers import Receiver, a_certificate, receiving
from tests.web.console import Office, answer, press, work
from tests.web.stage import PHONE, Stage, Window, playing

pytestmark = pytest.mark.long

WEEK = ("2026-11-08", "2026-11-15")
"""Of the story, in which things were weighed."""


@pytest.fixture(scope="module")
def stage(copies: Copies, own_redis_url: str, browser: Browser) -> Iterator[Stage]:
    """A platform of this file's own: what staff change here, others would feel."""
    with playing(copies, own_redis_url, browser) as own:
        yield own


@pytest.fixture
def receiver(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Run a system of the operator's on this machine, which the worker may call and trusts."""
    certificate = a_certificate(tmp_path, "localhost")
    workers = {"LV_WEBHOOKS_TO_LOOPBACK": "yes", "SSL_CERT_FILE": str(certificate)}
    for name, value in workers.items():
        monkeypatch.setitem(stage.environment, name, value)
    with receiving(certificate=certificate) as running:
        yield running


def send(stage: Stage, window: Window) -> None:
    """Let the worker send what waits, and look again."""
    work(stage)
    press(window, "刷新推送记录")


def registered(window: Window, url: str) -> str:
    """Register an endpoint, and copy the secret that is shown this once."""
    page = window.page
    press(window, "登记接口")
    page.get_by_label("地址（https）").fill(url)
    page.get_by_label("说明（选填）").fill("调度系统")
    page.get_by_label("称重已确认").check()
    window.check()
    press(window, "登记接口")

    secret = page.locator(".secret").inner_text()
    press(window, "复制")
    page.get_by_text("已复制").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    window.check()
    press(window, "我已记下")
    assert page.get_by_text(secret).count() == 0
    return secret


def test_an_operator_hears_of_what_happens_and_keeps_it_in_hand(
    stage: Stage, office: Office, receiver: Receiver
) -> None:
    with office.window("manager") as window:
        page = window.page
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        window.open("/console/")
        page.get_by_role("link", name="推送接口").click()
        page.get_by_text("还没有登记接口").wait_for()
        secret = registered(window, f"https://localhost:{receiver.port}/hooks")
        page.get_by_role("link", name=f"localhost:{receiver.port}").click()
        page.get_by_text("还没有推送过").wait_for()

        press(window, "发测试消息")
        page.get_by_text("等待推送").last.wait_for()
        send(stage, window)
        page.get_by_text("返回 204").first.wait_for()
        headers, body = receiver.came[0]
        assert Webhook(secret).verify(body, headers)["type"] == "webhook.ping"

        press(window, "重新推送")
        page.locator("td").get_by_text("等待推送").wait_for()
        receiver.habit = receivers.status(500)
        send(stage, window)
        page.get_by_text("返回 500 · 对方没有接受").first.click()
        page.locator("li").get_by_text("返回 204").wait_for()
        assert len(set(receiver.ids)) == 1
        window.check()

        press(window, "更换密钥")
        answer(window, "更换密钥")
        page.get_by_text("旧密钥仍同时签名").first.wait_for()
        assert page.locator(".secret").inner_text() != secret
        press(window, "我已记下")

        press(window, "暂停")
        page.get_by_text("由负责人暂停").wait_for()
        press(window, "恢复")
        page.get_by_text("使用中").wait_for()
        press(window, "按时间重新推送")
        answer(window, "重新推送")

        press(window, "修改")
        page.get_by_label("已报价").check()
        press(window, "保存")
        page.get_by_text("称重已确认和已报价").wait_for()
        window.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        window.check()

        press(window, "移除")
        answer(window, "移除")
        page.get_by_text("还没有登记接口").wait_for()

    kinds = [each["kind"] for each in office.call("admin", "GET", "/v1/trail?limit=20")["items"]]
    assert {"webhook.registered", "webhook.removed", "webhook.secret_renewed"} <= set(kinds)


def period(page: Page) -> None:
    """Choose the week of the story."""
    page.get_by_label("从这一天").fill(WEEK[0])
    page.get_by_label("到这一天（含）").fill(WEEK[1])


def correct_glass(window: Window) -> None:
    """Write another factor of glass into a draft."""
    page = window.page
    press(window, "修改")
    page.locator("summary", has_text="玻璃").first.click()
    page.locator("#glass-kg_per_kg").fill("0.9")
    page.locator("#glass-upper_kg_per_kg").fill("1.2")
    window.check()
    press(window, "保存草案")
    page.get_by_role("rowheader", name="玻璃").last.wait_for()


def test_a_set_of_factors_is_drafted_tried_answered_for_and_applied(stage: Stage, office: Office) -> None:
    with office.window("admin") as window:
        page = window.page
        window.open("/console/")
        page.get_by_role("link", name="减碳因子").click()
        page.get_by_text("现行").wait_for()
        press(window, "起草新因子")
        page.locator("dialog[open]").get_by_label("名称").fill("玻璃因子更正")
        answer(window, "开始起草")
        page.get_by_role("heading", name="玻璃因子更正").wait_for()
        assert page.get_by_role("button", name="提交审批", exact=True).is_disabled()

        correct_glass(window)
        period(page)
        press(window, "用过去的称重试算")
        page.locator("[role=status]", has_text="排队中").wait_for()
        work(stage)
        page.get_by_text("户增加").wait_for()
        window.settle()
        window.check()
        press(window, "提交审批")
        answer(window, "提交审批")
        page.get_by_text("待批准").first.wait_for()
        draft = page.url.removeprefix(stage.base)

    with office.window("approver") as window:
        page = window.page
        window.open(draft)
        press(window, "批准")
        answer(window, "批准")
        press(window, "发布")
        page.get_by_text("发布这套因子？").wait_for()
        answer(window, "发布")
        page.get_by_text("已发布").first.wait_for()
        window.open("/console/factors")
        page.get_by_role("row", name="现行").get_by_role("link").click()
        period(page)
        press(window, "重算过去的称重")
        answer(window, "重算过去的称重")
        page.get_by_role("heading", name="重算").wait_for()
        work(stage)
        page.get_by_text("入账笔数").wait_for()
        page.get_by_text("每个数字只和所用因子的来源一样可靠").wait_for()
        window.settle()
        window.check()
        run = page.url.removeprefix(stage.base)

    found = office.call("approver", "GET", run.replace("/console/factor-runs", "/v1/carbon/runs"))
    assert found["state"] == "done"
    assert found["posted"] > 0

    with office.window("auditor", language="en", size=PHONE) as window:
        for path in ("/console/factors", draft, run):
            window.open(path)
            window.check()
            assert window.page.locator("main .button:not(.plain):not(.quiet)").count() == 0


def test_a_boundary_in_english_says_so_among_chinese(office: Office) -> None:
    with office.window("auditor") as window:
        window.open("/console/factors")
        window.page.get_by_role("row", name="现行").get_by_role("link").click()
        window.page.get_by_text("（英文原文）").first.wait_for()
        assert window.page.locator("td [lang=en]", has_text="recycling credit vs virgin").count() > 0
        window.check()


def test_a_resident_reads_how_saved_carbon_is_counted(stage: Stage) -> None:
    with stage.window(signed_in=load.cast("zhang_san")["phone"]) as window:
        window.open("/app/account")
        window.page.get_by_role("link", name="减碳量怎么算").click()
        window.page.get_by_text("未找到").first.wait_for()
        window.settle()
        window.check()
