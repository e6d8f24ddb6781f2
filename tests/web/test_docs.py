"""The pages load nothing but our own files, and say so to the browser."""

import gzip
import json
import re
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.kit.auth import notes
from backend.web import build as bundles
from backend.web import routes
from backend.web.errors import AssetNotFound, PagesNotBuilt

PAGES = ("/docs", "/redoc")
OUTSIDE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[\w.-]+\.\w", re.IGNORECASE)


class Elements(HTMLParser):
    """The elements of a page, with their attributes and the text inside scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] in {"script", "style"} and data.strip():
            self.inline.append(data)

    def addresses(self) -> Iterator[str]:
        for _, attributes in self.found:
            for name in ("src", "href"):
                if address := attributes.get(name):
                    yield address


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    bundles.build()


@pytest.fixture
def visitor() -> FlaskClient:
    app = Flask("pages", static_folder=None)
    app.testing = True
    app.register_blueprint(routes.blp)
    return app.test_client()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_lets_only_our_own_scripts_run(visitor: FlaskClient, path: str) -> None:
    shown = visitor.get(path)

    allowed = dict(part.split(" ", 1) for part in shown.headers["Content-Security-Policy"].split("; "))
    assert shown.status_code == 200
    assert allowed["default-src"] == "'none'"
    assert allowed["script-src"] == "'self'"
    assert allowed["connect-src"] == "'self'"
    assert "unsafe" not in shown.headers["Content-Security-Policy"]
    assert not OUTSIDE.search(shown.headers["Content-Security-Policy"])


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_nothing_inline_and_nothing_from_outside(visitor: FlaskClient, path: str) -> None:
    html = visitor.get(path).text
    page = Elements(html)

    assert not OUTSIDE.search(html)
    assert page.inline == []
    assert not [name for _, given in page.found for name in given if name.startswith(("on", "style"))]


@pytest.mark.parametrize("path", PAGES)
def test_every_file_a_page_names_is_served(visitor: FlaskClient, path: str) -> None:
    named = [each for each in Elements(visitor.get(path).text).addresses() if each.startswith("/assets/")]

    assert named
    for address in named:
        with visitor.get(address) as served:  # a file stays open until its response is closed
            assert served.status_code == 200, address


def test_the_nonce_of_a_style_is_used_once(visitor: FlaskClient) -> None:
    first, second = visitor.get("/redoc"), visitor.get("/redoc")

    told = re.search(r'property="csp-nonce" content="([^"]+)"', first.text)
    assert told is not None
    assert f"'nonce-{told[1]}'" in first.headers["Content-Security-Policy"]
    assert told[1] not in second.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["docs.js", "redoc.js", "page.css", "leaf.svg"])
def test_our_own_files_name_no_outside_address_to_load(name: str) -> None:
    text = re.sub(r'a\[href\^="[^"]+"\]', "", (routes.STATIC / name).read_text())  # a selector loads nothing

    assert not OUTSIDE.search(text)


def test_the_bundles_name_no_outside_address_to_load() -> None:
    redoc = (bundles.VENDOR / "redoc.standalone.js").read_text()
    styles = (bundles.VENDOR / "swagger-ui.css").read_text()

    assert not [address for address in bundles.LOADED_FROM_OUTSIDE if address in redoc]
    assert not re.search(r"https://[\w.]*\bcdn\b", redoc)
    assert not re.search(r"fonts\.(googleapis|gstatic)\.com", redoc + styles)
    assert "@import" not in styles
    assert all(address.startswith("data:") for address in re.findall(r"url\([\"']?([^\"')]+)", styles))


def test_the_pages_speak_two_languages(visitor: FlaskClient) -> None:
    assert 'lang="zh-CN"' in visitor.get("/docs").text
    assert 'lang="en"' in visitor.get("/docs", headers={"Accept-Language": "en-GB,en;q=0.9"}).text


@pytest.mark.parametrize("name", ["../routes.py", "%2e%2e/routes.py", "vendor/none.js", "vendor"])
def test_only_the_files_of_the_pages_are_served(visitor: FlaskClient, name: str) -> None:
    with pytest.raises(AssetNotFound):
        visitor.get(f"/assets/{name}")


ENTRIES = (
    "/",
    *(
        f"/{name}/{inside}"
        for name in ("app", "collector", "console", "till")
        for inside in ("", "any/thing")
    ),
)


@pytest.mark.parametrize("path", ENTRIES)
def test_an_entry_loads_and_runs_only_our_own_files(visitor: FlaskClient, path: str) -> None:
    with visitor.get(path) as shown:
        page, said = Elements(shown.get_data(as_text=True)), shown.headers

    assert said["Content-Security-Policy"].startswith("default-src 'self';")
    assert "unsafe" not in said["Content-Security-Policy"]
    assert "no-cache" in said["Cache-Control"]
    assert page.inline == []
    assert not [name for _, given in page.found for name in given if name.startswith(("on", "style"))]
    assert all(address.startswith("/assets/") for address in page.addresses())


@pytest.mark.parametrize("path", ["/app/", "/collector/"])
def test_a_home_screen_gets_an_icon_of_ours(visitor: FlaskClient, path: str) -> None:
    with visitor.get(path) as shown:
        links = [given for tag, given in Elements(shown.get_data(as_text=True)).found if tag == "link"]
    [icon] = [given["href"] for given in links if given["rel"] == "apple-touch-icon"]

    with visitor.get(str(icon)) as served:
        assert served.mimetype == "image/png"
        assert struct.unpack(">II", served.data[16:24]) == (180, 180)
        assert len(served.data) < 4_000


def test_a_file_named_by_its_digest_is_kept_for_ever_and_comes_compressed(visitor: FlaskClient) -> None:
    with visitor.get("/app/") as shown:
        [script] = re.findall(r'<script[^>]* src="([^"]+)"', shown.get_data(as_text=True))

    with visitor.get(script, headers={"Accept-Encoding": "gzip"}) as small, visitor.get(script) as large:
        assert "immutable" in small.headers["Cache-Control"]
        assert gzip.decompress(small.data) == large.data
        assert small.mimetype == large.mimetype
        assert "Accept-Encoding" in large.headers["Vary"]


def test_the_collectors_app_names_what_it_needs_without_a_network(visitor: FlaskClient) -> None:
    with visitor.get("/collector/worker.js") as worker:
        [listed] = re.findall(r"const FILES = (\[.*\]);", worker.get_data(as_text=True))
        assert worker.headers["Content-Security-Policy"] == routes.PAGE_POLICY  # it fetches by its own
        assert "no-cache" in worker.headers["Cache-Control"]
    with visitor.get("/collector/") as shown:
        [script] = re.findall(r'<script[^>]* src="([^"]+)"', shown.get_data(as_text=True))
        assert "camera=(self)" in shown.headers["Permissions-Policy"]
    assert script in json.loads(listed)
    for file in json.loads(listed):
        with visitor.get(file) as found:
            assert found.status_code == 200

    for language in ("zh-CN", "en"):
        with visitor.get(f"/assets/pages/collector/manifest.{language}.json") as manifest:
            assert manifest.get_json()["scope"] == "/collector/"


def test_anybody_may_see_them() -> None:
    assert [notes(view)["scope"] for view in (routes.docs, routes.redoc, routes.asset)] == [None] * 3


def test_pages_that_are_not_built_say_so(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(routes, "VENDOR", tmp_path)

    with pytest.raises(PagesNotBuilt):
        visitor.get("/docs")


def test_the_lock_file_holds_no_download_address() -> None:
    packages = json.loads((bundles.HERE / "package-lock.json").read_text())["packages"]

    assert not [name for name, said in packages.items() if "://" in said.get("resolved", "")]
    assert all("integrity" in said for name, said in packages.items() if "version" in said and name)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of its own for what is built."""
    monkeypatch.setattr(bundles, "MODULES", tmp_path / "modules")
    monkeypatch.setattr(bundles, "VENDOR", tmp_path / "vendor")
    monkeypatch.setattr(bundles, "STAMP", tmp_path / "vendor" / "stamp")
    return tmp_path


def test_two_builds_side_by_side_build_once(monkeypatch: pytest.MonkeyPatch, elsewhere: Path) -> None:
    installed, made = [], []

    def install() -> None:
        installed.append(1)
        for source in bundles.BUNDLES:
            file = bundles.MODULES / source
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("fetch('https://otel.cloud.redocly.com/v1/traces')")

    monkeypatch.setattr(bundles, "install", install)
    monkeypatch.setattr(bundles, "make_pages", lambda: made.append(1))
    with ThreadPoolExecutor(2) as two:
        done = sorted(two.map(lambda _: bundles.build(), range(2)))

    assert done == [False, True]
    assert (len(installed), len(made)) == (1, 1)
    assert (elsewhere / "vendor" / "redoc.standalone.js").read_text() == "fetch('data:,')"


def test_a_build_that_was_cut_off_is_done_again(monkeypatch: pytest.MonkeyPatch, elsewhere: Path) -> None:
    def install() -> None:
        raise SystemExit("no network")

    monkeypatch.setattr(bundles, "install", install)
    with pytest.raises(SystemExit):
        bundles.build()

    assert not bundles.is_built()
