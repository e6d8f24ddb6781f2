"""What a resident does with the pages, in a real browser on the real platform."""

from tests.web.conftest import CODE, Stage


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
        page.get_by_role("checkbox").check()
        window.check()
        page.get_by_role("button", name="完成").click()

        page.get_by_role("button", name="一键预约上门回收").click()
        page.get_by_role("region", name="上门回收").wait_for()
        window.settle()
        window.check()


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
