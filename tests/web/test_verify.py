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
from tests.ledger.seal.vectors import Vector, vectors
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


def told(page: Page, document: dict[str, Any] | str | bytes, keys: str = KEYS) -> tuple[str, str]:
    """Hand the page a file, and read what it says."""
    text = json.dumps(document) if isinstance(document, dict) else document
    content = text.encode() if isinstance(text, str) else text
    page.fill("#keys", keys)
    page.set_input_files("#file", {"name": "it.json", "mimeType": "application/json", "buffer": content})
    return said(page)


def said(page: Page) -> tuple[str, str]:
    """Read what the page says."""
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
    assert read_json(page.inner_text("#entry").encode()) == GROWN.receipt(index)["entry"]


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
    yield "half a key", receipt, "a+b+c", "This is no key of a log or a witness: a+b+c"
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


@pytest.mark.parametrize("vector", [*vectors()], ids=lambda vector: vector.name)
def test_it_says_of_what_is_nearly_right_what_the_file_says(page: Page, vector: Vector) -> None:
    verdict, _ = told(page, vector.file, vector.keys)

    assert verdict == ("Proven" if vector.proves else "Not proven")
    assert page.locator("#entry").inner_text().count("points") == 0


def test_a_witness_is_named_once(page: Page) -> None:
    twice = [BUREAU.cosign(GROWN.checkpoint(), at=NOON)] * 2

    assert told(page, GROWN.receipt(7, *twice))[1].count("bureau.example/witness") == 1


def test_what_it_says_is_about_the_file_and_the_keys_that_stand_there(page: Page, tmp_path: Path) -> None:
    assert told(page, GROWN.pair(200))[0] == "Proven"
    drop(page, json.dumps(GROWN.receipt(7)))
    assert "position 7" in said(page)[1]
    page.fill("#keys", str(BUREAU.witness_key()))
    assert "No key that was given" in said(page)[1]

    gone = tmp_path / "gone.json"
    gone.write_text(json.dumps(GROWN.receipt(7)))
    page.set_input_files("#file", gone)
    said(page)
    gone.unlink()
    page.fill("#keys", KEYS)
    assert said(page) == ("Not proven", "The file cannot be read.")


def drop(page: Page, text: str) -> None:
    """Drop a file on the page, and wait until it is read."""
    page.evaluate(
        """text => {
            const files = new DataTransfer();
            files.items.add(new File([text], "it.json"));
            document.getElementById("drop").dispatchEvent(new DragEvent("drop", { dataTransfer: files }));
        }""",
        text,
    )


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
