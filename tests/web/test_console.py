"""What staff do at the console, in a real browser on the real platform."""

import re
from datetime import timedelta
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import FilePayload

from backend.identity import totp
from backend.identity.queries import ROLES
from backend.kit.clock import CITY, utc_now
from backend.web.build import HERE
from tests.makers import a_picture
from tests.web.console import PASSWORD, Office, enrol, work
from tests.web.stage import PHONE, Stage, Window

NEW_PASSWORD = "eight lamps by the lake"


def test_the_first_sign_in_changes_the_password_and_enrols_an_authenticator(
    stage: Stage, office: Office
) -> None:
    with stage.window(size=PHONE) as window:
        page = window.page
        window.open("/console/")
        page.get_by_label("用户名").fill(office.names["newcomer"])
        page.get_by_label("密码").fill(PASSWORD)
        window.check()
        page.get_by_role("button", name="登录").click()

        page.get_by_label("现在的密码").fill(PASSWORD)
        page.get_by_label("新密码（至少十二个字符）").fill(NEW_PASSWORD)
        page.get_by_label("再输一遍新密码").fill(NEW_PASSWORD)
        window.check()
        page.get_by_role("button", name="换成新密码").click()

        enrol(window, NEW_PASSWORD)
        assert page.locator("ol .code").count() == totp.RECOVERY_CODES
        window.check()
        page.get_by_role("button", name="我已保存").click()
        page.get_by_role("heading", name="余杭区今日").wait_for()
        window.settle()
        window.check()


def test_a_rate_goes_from_a_draft_to_what_residents_see(stage: Stage, office: Office, tmp_path: Path) -> None:
    with office.window("admin") as admin:
        page = admin.page
        admin.open("/console/prices")
        page.get_by_role("button", name="起草新价目").click()
        page.get_by_label("名称").fill("玻璃涨价")
        page.get_by_role("button", name="开始起草").click()
        page.get_by_role("heading", name="玻璃涨价").wait_for()
        draft = page.url
        raise_glass(admin)
        page.get_by_text("先试算，再提交。").wait_for()

        page.get_by_role("button", name="用过去的称重试算").click()
        page.get_by_text("排队中").wait_for()
        work(stage)
        page.get_by_text("与账本分毫不差").wait_for()
        assert "00:00" not in page.get_by_text("时段：").inner_text()
        admin.settle()
        admin.check()
        with page.expect_download() as download:
            page.get_by_role("button", name="下载 Excel").click()
        download.value.save_as(tmp_path / "simulation.xlsx")
        assert load_workbook(tmp_path / "simulation.xlsx").worksheets

        page.get_by_role("button", name="提交审批").click()
        page.locator("dialog[open]").get_by_role("button", name="提交审批").click()
        page.get_by_text("待批准").first.wait_for()
        assert page.get_by_role("button", name="批准").count() == 0

    with office.window("approver") as approver:
        page = approver.page
        approver.open("/console/")
        page.get_by_text("价目草案待批准").wait_for()
        approver.open(draft.removeprefix(stage.base))
        page.get_by_role("button", name="批准").click()
        page.locator("dialog[open]").get_by_role("button", name="批准").click()
        page.get_by_role("button", name="发布").click()
        approver.check()
        page.locator("dialog[open]").get_by_role("button", name="发布").click()
        page.get_by_text("已发布").first.wait_for()

    with stage.window() as resident:
        stage.let_in(resident.page.context, "16100000001")
        resident.open("/app/prices")
        assert resident.page.get_by_text("¥0.45").count() == 1


def raise_glass(window: Window) -> None:
    """Let glass be worth more on the market, with a basis."""
    page = window.page
    page.get_by_role("button", name="修改", exact=True).click()
    page.get_by_label("玻璃 市场价 元/公斤").fill("0.35")
    window.check()
    page.get_by_role("button", name="保存草案").click()
    page.get_by_text("市场价").first.wait_for()


def test_a_scale_is_registered_certified_and_put_out_of_use_by_its_check(office: Office) -> None:
    today = utc_now().astimezone(CITY).date()
    with office.window("admin") as window:
        page = window.page
        window.open("/console/scales")
        page.get_by_role("button", name="登记新秤").click()
        page.get_by_label("序列号", exact=True).fill("JOURNEY-1")
        for label, typed in (("最小秤量（公斤）", "0.4"), ("最大秤量（公斤）", "60"), ("分度值（克）", "20")):
            page.get_by_label(label).fill(typed)
        window.check()
        page.get_by_role("button", name="登记", exact=True).click()
        page.get_by_role("heading", name="秤 JOURNEY-1").wait_for()

        page.get_by_role("button", name="登记新证书").click()
        page.get_by_label("证书编号").fill("JOURNEY-C")
        page.get_by_label("检定机构").fill("示范计量检定所（虚构）")
        page.get_by_label("检定日期").fill(str(today))
        page.get_by_label("有效期至").fill(str(today + timedelta(days=20)))
        page.get_by_role("button", name="登记证书").click()
        page.get_by_text("可用", exact=True).wait_for()
        page.get_by_text("还剩 20 天").wait_for()

        page.get_by_label("砝码（公斤）").fill("20")
        page.get_by_label("秤显示（公斤）").fill("20.04")
        page.get_by_role("button", name="记录核查").click()
        page.get_by_text("这台秤已停止使用").wait_for()
        page.get_by_text("核查不合格", exact=True).wait_for()
        window.settle()
        window.check()


def test_a_photo_goes_from_a_desk_to_what_residents_see(stage: Stage, office: Office) -> None:
    alt = "洗净的透明玻璃瓶"
    photo, paper = (
        FilePayload(name="glass.png", mimeType="image/png", buffer=content)
        for content in (a_picture("green", (1_500, 900)), b"no picture")
    )
    with office.window("admin") as admin:
        page = admin.page
        admin.open("/console/prices")
        page.get_by_role("link", name="品类与照片").click()
        page.get_by_role("button", name="给“玻璃”添加照片").click()
        page.get_by_label("照片（JPEG、PNG 或 WebP）").set_input_files(paper)
        page.get_by_text("浏览器无法显示这个文件。").wait_for()
        page.get_by_label("照片（JPEG、PNG 或 WebP）").set_input_files(photo)
        page.get_by_alt_text("将要上传的照片").wait_for()
        page.get_by_label("中文说明").fill(alt)
        page.get_by_label("英文说明").fill("Clear glass bottles, rinsed")
        admin.check()
        page.get_by_role("button", name="上传").click()
        page.get_by_alt_text(alt).wait_for()
        admin.settle()
        admin.check()

        with stage.window(signed_in="16100000001") as resident:
            for path in ("/app/prices", "/app/search"):
                resident.open(path)
                seen = resident.page.get_by_alt_text(alt)
                seen.scroll_into_view_if_needed()
                resident.until("image => image.naturalWidth === 320", seen.element_handle())
                resident.check()

        page.get_by_role("button", name="撤下").click()
        page.get_by_label("理由（会记入审计记录）").fill("照片里是别的东西。")
        page.locator("dialog[open]").get_by_role("button", name="撤下").click()
        page.get_by_alt_text(alt).wait_for(state="detached")


def test_an_auditor_sees_every_district_and_changes_nothing(office: Office) -> None:
    with office.window("auditor") as window:
        page = window.page
        window.open("/console/prices")
        page.get_by_text("只读", exact=True).wait_for()
        assert page.get_by_role("button", name="起草新价目").count() == 0
        page.get_by_label("所在区").select_option("330113")
        page.get_by_text("本区还没有发布价目。").first.wait_for()
        window.settle()
        window.forget_what_was_not_found()
        window.check()


def test_each_entry_of_the_menu_has_one_line(office: Office) -> None:
    with office.window("admin", language="en") as window:
        for path in ("/console/prices", "/console/scales"):
            window.open(path)
            entries = window.page.locator("nav a").all()
            assert {entry.bounding_box()["height"] for entry in entries} == {40}  # type: ignore[index]


def test_on_a_phone_a_row_of_a_table_is_a_card_that_says_what_it_holds(office: Office) -> None:
    with office.window("admin", size=PHONE) as window:
        window.open("/console/people")
        window.until("document.querySelectorAll('tbody tr').length > 3")
        seen = window.page.locator(".table-place").first.evaluate(
            """place => {
              const [name, ...cells] = place.querySelector("tbody tr").cells;
              const { bottom } = name.getBoundingClientRect();
              return {
                hidden: place.scrollWidth - place.clientWidth,
                said: cells.map((cell) => getComputedStyle(cell, "::before").content.split('"')[1]),
                below: cells.map((cell) => cell.getBoundingClientRect().top >= bottom),
              };
            }"""
        )
        assert seen == {"hidden": 0, "said": ["岗位", "起始", ""], "below": [True, True, True]}
        window.check()


def test_no_line_of_facts_begins_with_a_dot(office: Office) -> None:
    with office.window("admin", size=PHONE, language="en") as window:
        window.open("/console/people")
        facts = window.page.locator("tbody .facts", has_text="you").first
        facts.evaluate("facts => (facts.style.width = '3rem')")
        edges = facts.evaluate(
            """facts => [...facts.children].map((fact) => {
              const dot = parseFloat(getComputedStyle(fact).paddingLeft);
              return fact.getBoundingClientRect().left + dot - facts.getBoundingClientRect().left;
            })"""
        )
        assert edges == [0, 0]
        assert facts.evaluate("facts => getComputedStyle(facts).overflowX") == "clip"


def test_the_console_knows_what_each_role_may_do() -> None:
    text = (HERE / "pages" / "console" / "may.ts").read_text()
    known = {
        name: set(re.findall(r'"([\w:]+)"', said))
        for name, said in re.findall(r"(\w+) = \[(.*?)\] as", text, re.DOTALL)
    }
    roles = re.findall(r"^  (\w+): \[(.*?)\],$", text, re.DOTALL | re.MULTILINE)
    shown = {scope for scopes in known.values() for scope in scopes} | {
        scope for _, said in roles for scope in re.findall(r'"([\w:]+)"', said)
    }

    assert {role for role, _ in roles} == {"district_admin", "approver", "auditor", "operator_manager"}
    for role, said in roles:
        spread = [known[name] for name in re.findall(r"\.\.\.(\w+)", said)]
        may = set(re.findall(r'"([\w:]+)"', said)).union(*spread)
        assert may == ROLES[role] & shown, role
