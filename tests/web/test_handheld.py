"""What a phone or a till does for its pages: it keeps them as an app, and looks through its camera."""

import json

import pytest

from seeds import load
from tests.web.stage import Stage, Window

OF_APPLE = "navigator.standalone = false"
FROM_THE_HOME_SCREEN = "matchMedia = (asked) => ({matches: asked.includes('standalone')})"
ASKS_FOR_LONG = """{
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    const answered = new Promise((answer) => { globalThis.allow = answer; });
    navigator.mediaDevices.getUserMedia = (wanted) => globalThis.camera = answered.then(() => ask(wanted));
}"""
ALLOWED_AT_LAST = """async () => {
    allow();
    const tracks = (await camera).getTracks();
    await new Promise((later) => setTimeout(later));
    return tracks.map((track) => track.readyState);
}"""
WITHOUT_A_DETECTOR = "delete globalThis.BarcodeDetector"


def offer(window: Window) -> None:
    """Let the browser offer to install the page; whoever takes it up has it installed."""
    window.page.evaluate("""() => {
        const offer = new Event("beforeinstallprompt", {cancelable: true});
        offer.prompt = async () => dispatchEvent(new Event("appinstalled"));
        dispatchEvent(offer);
    }""")


def detector(*found: str, formats: tuple[str, ...] = ("qr_code",)) -> str:
    """Give a browser a detector of codes, and what it finds in every picture."""
    codes = [{"rawValue": text} for text in found]
    return f"""BarcodeDetector = class {{
        static getSupportedFormats = async () => {json.dumps(formats)};
        detect = async () => {json.dumps(codes)};
    }}"""


def a_voucher(stage: Stage, phone: str) -> str:
    """Let a new household earn and take a bar of soap; return what its voucher says."""
    stage.newcomer(phone)
    stage.weigh(phone, agreed=True)
    resident = stage.resident(phone)
    offers = resident.get("/v1/offers")["items"]
    soap = next(offer["id"] for offer in offers if offer["title_zh"] == "肥皂一块")
    said: str = resident.post("/v1/redemptions", {"offer_id": soap})["voucher"]["code"]
    return said


def sign_a_till_in(window: Window) -> None:
    """Sign the till of the demo's shop in with the form that is open."""
    window.page.locator("#username").fill("demo-store")
    window.page.locator("#password").fill(load.cast("sun_ba")["password"])
    window.page.locator("#password").press("Enter")
    window.page.locator("#code").wait_for()


def test_a_browser_can_install_the_app(stage: Stage) -> None:
    with stage.window() as window:
        window.open("/collector/sign-in")
        window.until("navigator.serviceWorker.controller !== null")

        devtools = window.page.context.new_cdp_session(window.page)
        found = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
        assert [each["errorId"] for each in found] == ["in-incognito"]  # as all windows of a test are


def test_what_the_browser_offers_is_taken_up_in_the_page(stage: Stage) -> None:
    with stage.window(signed_in="C0001") as window:
        window.open("/collector/me")
        window.until("navigator.serviceWorker.controller !== null")
        install = window.page.get_by_role("heading", name="装到这台手机")
        assert not install.is_visible()

        offer(window)
        install.wait_for()
        window.check()
        window.page.get_by_role("button", name="安装", exact=True).click()
        window.page.get_by_text("已装好，以后请从主屏幕打开。").wait_for()
        window.check()


def test_where_the_browser_offers_nothing_the_page_says_how(stage: Stage) -> None:
    with stage.window() as window:
        window.page.add_init_script(OF_APPLE)
        window.open("/collector/sign-in")

        window.page.get_by_text("再选“添加到主屏幕”").wait_for()
        window.check()


def test_an_app_on_the_home_screen_is_not_installed_again(stage: Stage) -> None:
    with stage.window(signed_in="C0001") as window:
        window.page.add_init_script(OF_APPLE)
        window.page.add_init_script(FROM_THE_HOME_SCREEN)
        window.open("/collector/me")

        assert not window.page.get_by_text("添加到主屏幕").is_visible()
        offer(window)
        assert not window.page.get_by_role("heading", name="装到这台手机").is_visible()


def test_a_till_takes_what_its_camera_sees(stage: Stage) -> None:
    with stage.window() as window:
        window.page.context.grant_permissions(["camera"])
        window.page.add_init_script(detector(a_voucher(stage, "16100000680")))
        window.open("/till/")
        sign_a_till_in(window)

        window.page.get_by_role("button", name="用摄像头扫一扫").click()
        window.page.get_by_role("heading", name="可以", exact=True).wait_for()
        window.check()


def test_a_till_that_may_not_use_its_camera_says_so(stage: Stage) -> None:
    with stage.window() as window:
        window.page.add_init_script(detector())
        window.open("/till/")
        sign_a_till_in(window)

        window.page.get_by_role("button", name="用摄像头扫一扫").click()
        window.page.get_by_text("不能使用摄像头，请手工输入。").wait_for()
        window.check()


def test_a_camera_that_is_allowed_once_nobody_looks_is_turned_off(stage: Stage) -> None:
    with stage.window() as window:
        window.page.context.grant_permissions(["camera"])
        window.page.add_init_script(detector())
        window.page.add_init_script(ASKS_FOR_LONG)
        window.open("/till/")
        sign_a_till_in(window)

        scan = window.page.get_by_role("button", name="用摄像头扫一扫")
        scan.click()
        assert scan.is_disabled()
        window.page.locator('nav a[href$="/me"]').click()
        window.page.locator("#code").wait_for(state="detached")
        assert window.page.evaluate(ALLOWED_AT_LAST) == ["ended"]
        window.check()


@pytest.mark.parametrize(
    "browser_has", [WITHOUT_A_DETECTOR, detector(formats=())], ids=["none", "no formats"]
)
def test_a_browser_that_cannot_read_codes_says_so(stage: Stage, browser_has: str) -> None:
    with stage.window() as window:
        window.page.add_init_script(browser_has)
        window.open("/till/")
        sign_a_till_in(window)

        window.page.get_by_text("这个浏览器不能用摄像头扫码，请手工输入。").wait_for()
        assert not window.page.get_by_role("button", name="用摄像头扫一扫").is_visible()
        window.check()
