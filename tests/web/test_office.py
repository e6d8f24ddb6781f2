"""What staff decide at the console and others feel, in a real browser on the real platform."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import Copies
from tests.web.console import PASSWORD, Office, answer, enrol, market, press, settle
from tests.web.stage import DESK, PHONE, Stage, Window, playing

pytestmark = pytest.mark.long

HOME = "16100000791"
SEER = "16100000792"


@pytest.fixture(scope="module")
def stage(copies: Copies, own_redis_url: str, browser: Browser) -> Iterator[Stage]:
    """A platform of this file's own: what staff change here, others would feel."""
    with playing(copies, own_redis_url, browser) as own:
        yield own


def test_a_typed_weight_earns_its_subsidy_once_staff_accept_it(stage: Stage, office: Office) -> None:
    draft = office.approved("玻璃须用检定过的秤", glass={"needs_verified_scale": True})
    office.step("approver", f"/v1/price-list-drafts/{draft}", "publication", {})
    resident = stage.newcomer(HOME)
    stage.weigh(HOME, agreed=True)
    before = resident.get("/v1/accounts")["green"]["points"]

    with office.window("admin") as window:
        window.open("/console/")
        window.page.get_by_role("link", name="称重待核定").click()
        press(window, "认可")
        answer(window, "认可", "看过照片，重量相符")
        window.page.get_by_text("没有需要核定的称重").wait_for()
        window.page.get_by_label("状态").select_option("accepted")
        window.page.get_by_text("看过照片，重量相符").first.wait_for()
        window.settle()
        window.check()

    assert resident.get("/v1/accounts")["green"]["points"] > before
    with stage.window(signed_in=HOME) as phone:
        phone.open("/app/account")
        phone.page.get_by_text("核实通过的补贴").wait_for()
        phone.check()


def test_a_paused_subsidy_is_seen_on_the_price_list_before_anything_is_handed_over(
    stage: Stage, office: Office, gallery: Path
) -> None:
    stage.newcomer(SEER)
    [budget] = [one for one in office.call("admin", "GET", "/v1/budgets")["items"] if one["state"] == "open"]
    place = f"/v1/budgets/{budget['programme']['id']}/{budget['period']}"
    for language, mode in (("zh-CN", "plain"), ("en", "elder")):
        with stage.window(signed_in=SEER, language=language) as phone:
            phone.page.add_init_script(f"localStorage.setItem('lv.mode', '{mode}')")
            phone.open("/app/prices")
            glass = phone.page.locator("main li", has_text=re.compile("玻璃|Glass")).first
            glass.get_by_text(re.compile("补贴正常|Subsidy is paid")).wait_for()
            listed = glass.locator(".price").inner_text()
            office.call("admin", "POST", f"{place}/freezing", {"reason": "核对账目"})
            phone.open("/app/prices")
            glass.get_by_text(re.compile("补贴暂停|Subsidy is paused")).wait_for()
            glass.get_by_text(re.compile("暂停承诺|Nothing new is promised")).wait_for()
            assert glass.locator(".price").inner_text() != listed
            phone.picture(gallery / f"prices-paused-{mode}-360-{language[:2]}.png")
            phone.check()
            office.call("admin", "POST", f"{place}/thawing", {"reason": "已核对"})


def test_a_publication_waits_for_its_time_and_gives_way_to_a_newer_one(office: Office) -> None:
    for title, price, is_newer in (("元旦价目", "30", False), ("元旦价目，改", "32", True)):
        draft = office.approved(title, glass=market(price))
        with office.window("approver") as window:
            window.open(f"/console/drafts/{draft}")
            press(window, "发布")
            window.page.get_by_label("定时生效").check()
            if is_newer:
                window.page.get_by_label("替换尚未生效的版本").check()
            answer(window, "发布")
            window.page.get_by_text("已发布").first.wait_for()

            window.open("/console/prices")
            window.page.get_by_text("待生效").wait_for()
            assert window.page.get_by_text("未生效即被替换").count() == is_newer
            window.check()


def test_a_sheet_is_signed_by_two_people_and_its_payment_recorded(stage: Stage, office: Office) -> None:
    settle(stage)
    with office.window("admin") as window:
        window.open("/console/settlement")
        window.page.get_by_role("link", name="示范便利店").first.click()
        press(window, "签字")
        answer(window, "签字")
        window.page.get_by_text("第二签须由另一人完成").wait_for()
        sheet = window.page.url.removeprefix(stage.base)
        assert window.page.get_by_role("button", name="复签").count() == 0

    with office.window("approver") as window:
        window.open(sheet)
        press(window, "复签")
        answer(window, "签字")
        press(window, "登记付款")
        answer(window, "登记付款", "2026-1202-0031")
        window.page.get_by_text("已付款").wait_for()
        window.settle()
        window.check()

    found = office.call("approver", "GET", sheet.replace("/console/settlement", "/v1/settlement/sheets"))
    assert (found["state"], found["paid_reference"]) == ("paid", "2026-1202-0031")
    assert found["signed_by"] != found["countersigned_by"]
    with office.window("auditor", size=PHONE) as window:
        window.open(sheet)
        for entry in (found["settled_entry"], found["paid_entry"]):
            window.page.get_by_text(entry, exact=True).wait_for()
        window.check()


def invited(window: Window, name: str, role: str = "") -> str:
    """Invite somebody into a role, or the first that is offered, and read the code."""
    window.open("/console/people")
    press(window, "邀请同事")
    window.page.get_by_label("姓名").fill(name)
    if role:
        window.page.get_by_label("岗位").select_option(role)
        window.page.get_by_label("所在单位").select_option(index=0)
    window.check()
    window.page.locator("main form").get_by_role("button", name="邀请同事").click()
    code = window.page.locator("[role=status] .code").inner_text()
    window.check()
    return code


def test_a_colleague_arrives_with_an_authenticator_and_is_out_at_once_on_leaving(
    stage: Stage, office: Office
) -> None:
    with office.window("admin") as admin, stage.window(size=DESK) as window:
        code = invited(admin, "陈五")
        arrive(window, code, f"chen-{office.names['admin']}")

        admin.open("/console/people")
        colleagues = admin.page.get_by_role("region", name="在职人员")
        row = colleagues.get_by_role("row").filter(has_text="陈五")
        row.get_by_role("button", name="办理离岗").click()
        answer(admin, "办理离岗", "合同到期")
        row.wait_for(state="detached")
        admin.settle()
        admin.check()

        window.page.get_by_role("link", name="预算", exact=True).click()
        window.page.get_by_label("用户名").wait_for()
        window.settle()
        assert window.page.url.endswith("/console/sign-in?to=/budgets")


def arrive(window: Window, code: str, username: str) -> None:
    """Begin to work at the console with an invitation, up to its first page."""
    page = window.page
    window.open("/console/")
    page.get_by_role("button", name="我有邀请码").click()
    page.get_by_label("邀请码").fill(code)
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    window.check()
    page.get_by_role("button", name="加入").click()
    enrol(window, PASSWORD)
    page.get_by_role("button", name="我已保存").click()
    page.get_by_role("heading", name="余杭区今日").wait_for()


def test_a_merchants_till_is_invited_and_counts_nothing_yet(stage: Stage, office: Office) -> None:
    with office.window("admin") as admin:
        code = invited(admin, "卫九", role="till")
    with stage.window(size=PHONE) as window:
        page = window.page
        window.open("/till/")
        page.get_by_role("button", name="我有邀请码").click()
        page.get_by_label("邀请码").fill(code)
        page.get_by_label("用户名").fill(f"wei-{office.names['admin']}")
        page.get_by_label("密码").fill(PASSWORD)
        window.check()
        page.get_by_role("button", name="加入").click()
        page.get_by_label("券码").wait_for()
        window.check()
        page.get_by_role("link", name="我的").click()
        page.get_by_text("卫九").wait_for()
        window.settle()
        window.check()


def test_a_word_of_the_district_and_rates_from_a_file(stage: Stage, office: Office, tmp_path: Path) -> None:
    with office.window("admin") as window:
        page = window.page
        window.open("/console/materials")
        page.get_by_role("button", name="给“玻璃”添加叫法").click()
        page.get_by_label("叫法", exact=True).fill("酒瓶儿")
        window.check()
        press(window, "添加")
        page.get_by_role("button", name="撤下叫法“酒瓶儿”").wait_for()
        words = page.locator("ul.words", has_text="酒瓶儿").locator("span[lang]")
        languages = [str(word.get_attribute("lang")) for word in words.all()]
        assert set(languages) == {"zh-CN", "en"}
        assert languages == sorted(languages, key=["zh-CN", "en"].index)
        with stage.window(signed_in="16100000001") as resident:
            resident.open("/app/search")
            resident.page.get_by_label("物品名称").fill("酒瓶儿")
            resident.page.get_by_role("heading", name="玻璃").wait_for()
            resident.page.get_by_role("link", name="低值可回收物补贴").click()
            resident.page.get_by_role("heading", name="低值可回收物补贴").wait_for()
            resident.page.locator(".ruled").get_by_text("玻璃", exact=True).wait_for()
            resident.settle()
            resident.check()
        page.get_by_role("button", name="撤下叫法“酒瓶儿”").click()
        answer(window, "撤下", "另有所指")
        page.get_by_role("button", name="撤下叫法“酒瓶儿”").wait_for(state="detached")

        window.open(f"/console/drafts/{office.draft('来自文件', glass=market('33'))}")
        with page.expect_download() as download:
            press(window, "下载价目表（TOML）")
        good, bad = tmp_path / "rates.toml", tmp_path / "bad.toml"
        download.value.save_as(good)
        bad.write_text(good.read_text().replace('material = "glass"', 'material = "glas"'))
        for file, says in ((bad, "草案没有改动"), (good, "文件没有问题")):
            page.get_by_label("Excel 或 TOML 文件").set_input_files(file)
            press(window, "先检查")
            page.get_by_text(says).wait_for()
            window.settle()
            window.check()
        press(window, "导入")
        page.get_by_text("已导入").wait_for()

        broken = tmp_path / "broken.toml"
        broken.write_text("# 价目\nmaterial = @\n")
        page.get_by_label("Excel 或 TOML 文件").set_input_files(broken)
        press(window, "先检查")
        page.get_by_text("第 2 行第 12 列不符合格式").wait_for()


def test_a_card_is_made_over_the_counter_and_ended(stage: Stage, office: Office) -> None:
    stage.newcomer("16100000793")
    with office.window("admin") as window:
        page = window.page
        window.open("/console/people")
        page.get_by_label("手机号后四位").fill("0793")
        press(window, "查找")
        press(window, "办家庭卡")
        answer(window, "办家庭卡")
        page.get_by_alt_text("家庭卡二维码").wait_for()
        window.settle()
        window.check()
        press(window, "作废这张卡")
        page.get_by_alt_text("家庭卡二维码").wait_for(state="detached")


def test_a_subsidy_that_waits_for_money_is_known_to_who_waits(stage: Stage, office: Office) -> None:
    phone = "16100000794"
    stage.newcomer(phone)
    programme, period, fen = office.queue()
    try:
        stage.weigh(phone, agreed=True)
        with stage.window(signed_in=phone) as window:
            window.open("/app/account")
            window.page.get_by_role("heading", name="待发补贴").wait_for()
            window.page.get_by_role("listitem").filter(has_text="年资金").first.wait_for()
            window.settle()
            window.check()
            window.open("/app/guide")
            window.page.get_by_text("排队").first.wait_for()
            window.check()
    finally:
        office.move(programme, period, kind="fund", fen=fen, source="treasury")
        office.rule(programme, "stop")


def test_a_collector_is_invited_and_binds_the_phone_by_arriving(stage: Stage, office: Office) -> None:
    with office.window("manager") as manager:
        code = invited(manager, "卫七")
    with stage.window(size=PHONE) as window:
        page = window.page
        window.open("/collector/")
        page.get_by_role("button", name="我有邀请码").click()
        page.get_by_label("工号").fill("C0077")
        page.get_by_label("邀请码").fill(code)
        keys = page.get_by_role("group", name="数字键")
        for key in "480261":
            keys.get_by_role("button", name=key, exact=True).click()
        window.check()
        page.get_by_role("button", name="加入").click()
        page.get_by_role("heading", name="今天的路线").wait_for()
        page.get_by_role("link", name="我的").click()
        page.get_by_text("卫七").wait_for()
        window.settle()
        window.check()
