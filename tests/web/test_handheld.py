"""What a phone does for the collectors' pages: it keeps them as an app."""

from tests.web.stage import Stage, Window

OF_APPLE = "navigator.standalone = false"
FROM_THE_HOME_SCREEN = "matchMedia = (asked) => ({matches: asked.includes('standalone')})"


def offer(window: Window) -> None:
    """Let the browser offer to install the page; whoever takes it up has it installed."""
    window.page.evaluate("""() => {
        const offer = new Event("beforeinstallprompt", {cancelable: true});
        offer.prompt = async () => dispatchEvent(new Event("appinstalled"));
        dispatchEvent(offer);
    }""")


def test_a_browser_can_install_the_app(stage: Stage) -> None:
    with stage.window() as window:
        window.open("/collector/sign-in")
        window.page.wait_for_function("navigator.serviceWorker.controller !== null")

        devtools = window.page.context.new_cdp_session(window.page)
        found = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
        assert [each["errorId"] for each in found] == ["in-incognito"]  # as all windows of a test are


def test_what_the_browser_offers_is_taken_up_in_the_page(stage: Stage) -> None:
    with stage.window(signed_in="C0001") as window:
        window.open("/collector/me")
        window.page.wait_for_function("navigator.serviceWorker.controller !== null")
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
