"""The page that checks receipts says in a real browser, without a network, what the file says by hand."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from backend.accounts import jobs
from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.web import routes
from ledger.verify import read_json
from tests.ledger.seal.makers import BUREAU, LOG, a_log
from tests.makers import NOON, YUHANG, a_community, some_points

GROWN = a_log(300)
KEYS = f"{LOG.log_key()}\n{BUREAU.witness_key()}"


@pytest.fixture(scope="module")
def cut_off(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has no network."""
    context = browser.new_context(offline=True, locale="en-GB")
    yield context
    context.close()


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page, saved to a disk."""
    file, pages = tmp_path_factory.mktemp("saved") / "verify.html", Flask("pages")
    pages.register_blueprint(routes.blp)
    with pages.app_context():
        file.write_text(routes.verify_page("en", ""), "utf-8")
    return file


@pytest.fixture
def page(cut_off: BrowserContext, saved: Path) -> Iterator[Page]:
    opened = cut_off.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(saved.as_uri())
    yield opened
    opened.close()
    assert complaints == []


def told(page: Page, document: dict[str, Any] | str, keys: str = KEYS) -> tuple[str, str]:
    """Hand the page a file, and read what it says."""
    text = document if isinstance(document, str) else json.dumps(document)
    page.evaluate("document.getElementById('result').hidden = true")
    page.fill("#keys", keys)
    page.set_input_files(
        "#file", {"name": "it.json", "mimeType": "application/json", "buffer": text.encode()}
    )
    page.wait_for_selector("#result:not([hidden])")
    return page.inner_text("#verdict"), page.inner_text("#why")


@pytest.mark.parametrize("index", [0, 255, 256, 299])
def test_a_receipt_is_green(page: Page, index: int) -> None:
    witnessed = BUREAU.cosign(GROWN.checkpoint(), at=NOON)
    verdict, why = told(page, GROWN.receipt(index, witnessed))

    assert verdict == "Proven"
    assert f"position {index} in the 300" in why
    assert "bureau.example/witness has seen that log too, at 2026-11-16T04:00:00.000Z" in why
    assert page.locator("#result.proven").count() == 1
    assert read_json(page.inner_text("#entry")) == GROWN.receipt(index)["entry"]


@pytest.mark.parametrize("old", [0, 1, 256, 299, 300])
def test_a_pair_is_green(page: Page, old: int) -> None:
    verdict, why = told(page, GROWN.pair(old))

    assert verdict == "Proven"
    assert f"The first {old} entries" in why


def changed() -> Iterator[tuple[str, Any, str, str]]:
    """Change one thing each, and say what is then said."""
    receipt, pair, other = GROWN.receipt(7), GROWN.pair(200), a_log(301)
    grams = str(2**63 - 7)
    text = json.dumps(receipt)
    yield "amount", text.replace(grams, str(2**63 - 8)), KEYS, "does not lead"
    yield "salt", receipt | {"salt": receipt["salt"][:-2] + "A="}, KEYS, "does not lead"
    yield "position", text.replace("index 7", "index 8"), KEYS, "does not lead"
    yield "beyond", text.replace("index 7", "index 300"), KEYS, "Position 300"
    yield (
        "size",
        text.replace("\\n300\\n", "\\n301\\n"),
        KEYS,
        "signature of city.example",
    )
    yield "stranger", receipt, str(BUREAU.witness_key()), "No key that was given"
    yield "no key", receipt, "", "Give a key"
    yield "a wrong key", receipt, KEYS.replace("+", "+0", 1), "This is no key"
    yield "twice", text.replace('"entry"', '"entry": 1, "entry"'), KEYS, "neither"
    yield "half", text.replace(grams, "1.5"), KEYS, "neither"
    yield "rest", text + "x", KEYS, "neither"
    yield "nothing", "", KEYS, "neither"
    yield "list", "[]", KEYS, "neither"
    yield "short path", pair | {"path": pair["path"][1:]}, KEYS, "too long or too short"
    yield "shrunk", {"old": pair["new"], "new": pair["old"], "path": []}, KEYS, "shrunk"
    yield "rewritten", pair | {"path": pair["path"][::-1]}, KEYS, "rewritten"
    yield "false witness", GROWN.receipt(7, BUREAU.cosign(other.checkpoint(), at=NOON)), KEYS, "bureau"


@pytest.mark.parametrize(
    ("what", "document", "keys", "said"), [*changed()], ids=[what for what, *_ in changed()]
)
def test_whatever_was_changed_is_red(page: Page, what: str, document: Any, keys: str, said: str) -> None:
    verdict, why = told(page, document, keys)

    assert verdict == "Not proven"
    assert said in why
    assert page.locator("#result.unproven").count() == 1


def test_it_speaks_two_languages(page: Page) -> None:
    page.click("#zh")
    verdict, why = told(page, GROWN.receipt(7))

    assert verdict == "已证实"
    assert "位于第 7 位" in why
    assert page.inner_text("h1") == "验证一张收据"


def test_the_platform_serves_it_with_its_keys_and_nothing_else_may_run(app: Any) -> None:
    with transaction(districts=[YUHANG]) as db:
        a_community(db, YUHANG)
        some_points(db, new_id(NOON), 10)
    jobs.seal()
    anybody = app.test_client()
    served = anybody.get("/verify", headers={"Accept-Language": "en"})

    assert anybody.get(f"/log/{YUHANG}/key").text.strip() in served.text
    policy = served.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "connect-src" not in policy
    assert 'lang="en"' in served.text
    assert "http://" not in served.text
    assert "https://" not in served.text
