"""The platform as the tests of the pages see it: windows of a browser, and people beside it."""

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from honcho.environ import parse_procfile
from playwright.sync_api import Browser, BrowserContext, ElementHandle, Page, Request
from sqlalchemy import select

from backend import worker  # noqa: F401 - registers what may happen later
from backend.accounts import jobs as accounts
from backend.kit import db as kit
from backend.kit.clock import utc_now
from backend.kit.db import transaction
from backend.kit.jobs import OutboxEvent, run
from backend.local import places, processes
from backend.settings import settings
from backend.web import build
from seeds import load
from seeds.stories import yuhang_week
from tests.conftest import Copies, _point_at

CODE = "246810"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}
AXE = build.MODULES / "axe-core" / "axe.min.js"


@dataclass
class Window:
    """A window of the browser, which notes what no page may do."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen to the console, and to whom the page talks."""
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._watch)

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(text)

    def _watch(self, request: Request) -> None:
        to = urlsplit(request.url)
        if to.scheme not in {"blob", "data"} and f"{to.scheme}://{to.netloc}" != self.base:
            self.complaints.append(f"asked {request.url}")

    def open(self, path: str) -> None:
        """Go to an address of the platform and wait until it is quiet."""
        self.page.goto(f"{self.base}{path}")
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is on its way and nothing says that it loads."""
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_selector("h1")
        self.page.wait_for_selector(".loading", state="detached")

    def until(self, says: str, about: ElementHandle | None = None, *, seconds: float = 30) -> None:
        """Wait until an expression is true; it is asked from here, for no page of ours may evaluate a text.

        :param about: what is handed to it, if it is a function
        """
        latest = time.monotonic() + seconds
        while not self.page.evaluate(says, about):
            assert time.monotonic() < latest, f"{self.page.url}: not within {seconds} s: {says}"
            self.page.wait_for_timeout(50)

    def forget_what_was_not_found(self) -> None:
        """Let the browser complain of a 404 that the page was ready for."""
        self.complaints = [said for said in self.complaints if "404" not in said]

    def picture(self, path: Path) -> None:
        """Take a picture of the whole page, with what stands at the window's edge at the end of the page."""
        size = self.page.viewport_size
        assert size is not None
        self.page.evaluate(
            "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
        )
        tall = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": max(size["height"], tall)})
        self.page.screenshot(path=path, full_page=True)
        self.page.set_viewport_size(size)

    def check(self, *, network: bool = True, refusals: bool = False) -> None:
        """Hold the page against axe-core and its own width; nothing may have been complained of.

        :param network: whether there is one; without it the browser itself complains of that
        :param refusals: whether the server refused something, of which the browser complains as well
        """
        lost = ["net::ERR_INTERNET_DISCONNECTED", "net::ERR_CONNECTION_RESET"] if not network else []
        known = [*lost, "the server responded with a status of 409"] if refusals else lost
        assert [one for one in self.complaints if not any(word in one for word in known)] == []
        wide, seen = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= seen, f"{self.page.url} is {wide} wide in a window of {seen}"
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []


@dataclass(frozen=True)
class Person:
    """Somebody who calls the API beside the browser, as another app would."""

    base: str
    token: str = ""

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Ask or do, and expect success."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.base}{path}", data, headers, method=method)  # noqa: S310 - ours
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own address
            said = answer.read()
        return json.loads(said) if said else None

    def get(self, path: str) -> Any:
        """Ask."""
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Any:
        """Do."""
        return self.call("POST", path, body)


def remember(context: BrowserContext, name: str, value: str) -> None:
    """Let the pages of a context find something that they had kept, unless they keep something newer."""
    place, kept = json.dumps(name), json.dumps(value)
    context.add_init_script(f"localStorage.setItem({place}, localStorage.getItem({place}) ?? {kept})")


@dataclass(frozen=True)
class Stage:
    """A platform with its registers, its cast and a week of its story, for all browser tests."""

    base: str
    browser: Browser
    environment: Mapping[str, str] = field(repr=False)

    @contextmanager
    def window(
        self, *, size: dict[str, int] = PHONE, language: str = "zh-CN", signed_in: str | None = None
    ) -> Iterator[Window]:
        """Open a window of somebody's own: of a resident's phone number, a collector's number, or nobody."""
        context = self.browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            locale=language,
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        if signed_in:
            self.let_in(context, signed_in)
        try:
            yield Window(context.new_page(), self.base)
        finally:
            context.close()

    def let_in(self, context: BrowserContext, who: str) -> None:
        """Sign somebody in as the page does, without its form."""
        if who.startswith("C"):
            body = {"number": who, "pin": load.cast(who)["pin"], "phone_code": CODE}
            said = self._keep(context, "collector", body)
            remember(context, "lv.phone", said["phone_token"])
            remember(context, "lv.phone.numbers", json.dumps([who]))
        else:
            self._keep(context, "resident", {"phone": who, "request_id": "any", "code": CODE}, name="app")

    def _keep(self, context: BrowserContext, role: str, body: dict[str, str], *, name: str = "") -> Any:
        """Sign in, and let the pages of this context know until when."""
        name = name or role
        url = f"{self.base}/v1/sign-in/{role}"
        said = context.request.post(url, data=body, headers={"Lv-Session": name}).json()
        remember(context, f"lv.session.{name}", said["access_expires_at"])
        return said

    def newcomer(self, phone: str, *, community: str = "") -> Person:
        """Let somebody sign in for the first time and set a household up, in some community or the first."""
        resident = self.resident(phone)
        community = community or resident.get("/v1/districts/330110/communities?limit=1")["items"][0]["code"]
        home = {"community": community, "address": f"示范路 9 号 9 幢 {phone[-3:]} 室"}
        resident.post("/v1/household", {**home, "consent": {"agreed": True, "version": "2026-01"}})
        return self.resident(phone)

    def resident(self, phone: str) -> Person:
        """Sign a resident in beside the browser."""
        body = {"phone": phone, "request_id": "any", "code": CODE}
        return self._in("/v1/sign-in/resident", body)

    def collector(self, number: str) -> Person:
        """Sign a collector in beside the browser."""
        body = {"number": number, "pin": load.cast(number)["pin"], "phone_code": CODE}
        return self._in("/v1/sign-in/collector", body)

    def weigh(self, phone: str, *, agreed: bool = False) -> None:
        """Bring a bag of somebody's from one tap to a delivered quote, or until it is agreed on."""
        resident = self.resident(phone)
        collector, path = self.begin(resident.post("/v1/pickups", {}))
        collector.post(f"{path}/quote")
        if agreed:
            resident.post(f"{path}/confirmation", {})

    def begin(self, booked: Mapping[str, Any]) -> tuple[Person, str]:
        """Put a bag onto the scale at the door; return its collector, and where the weighing is."""
        collector, path = self.collector(booked["collector"]["number"]), f"/v1/pickups/{booked['id']}"
        for step in ("reveal", "acceptance", "arrival"):
            collector.post(f"{path}/{step}")
        scale = collector.get("/v1/scales")["items"][0]["id"]
        glass = {"material": "glass", "gross_grams": 5_400, "tare_grams": 200}
        cardboard = {"material": "cardboard", "gross_grams": 3_000, "tare_grams": 0}
        body = {"pickup_id": booked["id"], "scale_id": scale, "lines": [glass, cardboard]}
        quote = collector.post("/v1/weighings", body)
        return collector, f"/v1/weighings/{quote['id']}"

    def take_an_offer(self, phone: str) -> None:
        """Take the cheapest offer of somebody's district."""
        resident = self.resident(phone)
        offer = resident.get("/v1/offers")["items"][0]["id"]
        resident.post("/v1/redemptions", {"offer_id": offer})

    def _in(self, path: str, body: dict[str, str]) -> Person:
        return Person(self.base, Person(self.base).post(path, body)["access_token"])


@contextmanager
def playing(copies: Copies, own_redis_url: str, browser: Browser) -> Iterator[Stage]:
    """Build the platform on a database of its own, with a web process of the Procfile."""
    build.build()
    made = copies.take()
    with pytest.MonkeyPatch.context() as patch:
        _point_at(patch, made)
        patch.setenv("REDIS_URL", own_redis_url)
        settings.cache_clear()
        load.registers(say=lambda _: None)
        load.demo(say=lambda _: None)
        yuhang_week.play(say=lambda _: None)
        later()
        kit.engine().dispose()
        environment = dict(os.environ)
    settings.cache_clear()
    with served(environment) as base:
        yield Stage(base, browser, environment)
    copies.drop(made.name)


def later() -> bool:
    """Let what was put off until after a transaction happen, and seal what was posted; was there anything?"""
    with transaction() as db:
        alive = (OutboxEvent.done_at.is_(None), OutboxEvent.dead_at.is_(None))
        due = (*alive, OutboxEvent.due_at <= utc_now())
        waiting = db.scalars(select(OutboxEvent.id).where(*due).order_by(OutboxEvent.id)).all()
    for event in waiting:
        run(str(event))
    accounts.seal()
    return bool(waiting)


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    port = str(processes.free_port())
    command = parse_procfile((places.ROOT / "Procfile").read_text()).processes["web"]
    path = f"{places.ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    web = subprocess.Popen(
        ["/bin/sh", "-c", f"exec {command}"],
        cwd=places.ROOT,
        env={**environment, "PORT": port, "WEB_WORKERS": "1", "PATH": path},
    )
    try:
        _wait(f"http://127.0.0.1:{port}/readyz")
        yield f"http://127.0.0.1:{port}"
    finally:
        web.terminate()
        web.wait(timeout=30)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 180
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
