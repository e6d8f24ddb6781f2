"""The pages in a real browser, on a platform that really runs."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from backend.local import locks, places
from tests.conftest import Copies

pytest.register_assert_rewrite("tests.web.stage", "tests.web.console")

from tests.web.console import Office  # noqa: E402 - what it asserts is to be seen
from tests.web.stage import Stage, playing  # noqa: E402


@pytest.fixture(scope="session")
def chromium() -> str:
    """Debian's browser, installed where we have the rights."""
    with locks.alone("chromium"):
        if not shutil.which("chromium") and shutil.which("apt-get") and os.geteuid() == 0:
            packages = ("chromium", "fonts-noto-cjk")
            subprocess.run(["apt-get", "-qq", "update"], check=False, capture_output=True)
            subprocess.run(
                ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", *packages],
                check=False,
                capture_output=True,
            )
    return shutil.which("chromium") or pytest.skip("no browser: apt-get install chromium")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for all; each test has windows of its own."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--use-fake-device-for-media-stream"]
        started = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="session")
def stage(copies: Copies, own_redis_url: str, browser: Browser) -> Iterator[Stage]:
    """The platform on a database of its own, for all files that change nothing for others."""
    with playing(copies, own_redis_url, browser) as shared:
        yield shared


@pytest.fixture(scope="module")
def office(stage: Stage) -> Iterator[Office]:
    """The staff of Yuhang at their desks, anew for each file."""
    opened = Office.open(stage)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def gallery() -> Path:
    """Where pictures of the pages are hung."""
    folder = places.ROOT / "bench" / "out" / "pages"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
