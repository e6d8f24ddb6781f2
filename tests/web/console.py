"""Staff at the console: who they are, how they come in, and what the platform does behind it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import BrowserContext
from sqlalchemy.orm import Session

from backend.accounts import jobs as accounts
from backend.app import introduce
from backend.identity import queries as identities
from backend.identity import service as identity
from backend.identity import totp
from backend.identity.queries import StaffRole
from backend.kit import db as kit
from backend.kit.clock import CITY, utc_now
from backend.kit.db import transaction
from backend.settings import settings
from tests.web.stage import DESK, Stage, Window, later, remember

PASSWORD = "seven lamps by the lake"
MOST_ROUNDS = 50
"""More than anything needs that goes on piece by piece."""
YUHANG, LINPING = "330110", "330113"
SETTLED_AT = datetime(2026, 12, 2, 3, tzinfo=CITY)
CAST: Mapping[str, tuple[StaffRole, str, tuple[str, ...]]] = {
    "admin": ("district_admin", "吴一", (YUHANG,)),
    "approver": ("approver", "郑二", (YUHANG,)),
    "auditor": ("auditor", "王三", (YUHANG, LINPING)),
    "newcomer": ("approver", "冯四", (YUHANG,)),
    "manager": ("operator_manager", "褚六", (YUHANG,)),
}
OPERATOR = UUID("019b7523-3400-7d78-b543-2769133114a1")
"""Who collects in Yuhang, of the registers."""


@dataclass
class Office:
    """The staff of Yuhang, each with a browser of their own that stays signed in."""

    stage: Stage
    names: dict[str, str]
    secrets: dict[str, str]
    desks: dict[str, BrowserContext] = field(default_factory=dict)

    @classmethod
    def open(cls, stage: Stage) -> "Office":
        """Enter the staff; a newcomer has a first password and no second factor yet."""
        mark = token_hex(3)
        names = {who: f"{who}-{mark}" for who in CAST}
        with behind(stage), transaction(districts=[YUHANG, LINPING]) as db:
            secrets = {who: _entered(db, who, name) for who, name in names.items()}
        return cls(stage, names, secrets)

    def close(self) -> None:
        """Close every browser."""
        for desk in self.desks.values():
            desk.close()

    def code(self, who: str, *, steps: int = 0) -> str:
        """Read somebody's authenticator, now or some half minutes ahead; a code is good once."""
        return totp.code_at(self.secrets[who], utc_now() + steps * timedelta(seconds=totp.STEP_SECONDS))

    @contextmanager
    def window(self, who: str, *, size: dict[str, int] = DESK, language: str = "zh-CN") -> Iterator[Window]:
        """Open a page in somebody's browser."""
        page = self._desk(who).new_page()
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        page.add_init_script(f"localStorage.setItem('lv.language', '{language}')")
        try:
            yield Window(page, self.stage.base)
        finally:
            page.close()

    def call(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Call the API as somebody's page does, and expect success."""
        given = {"Lv-Session": "console", "Idempotency-Key": str(uuid4()), **headers}
        answer = self._desk(who).request.fetch(
            f"{self.stage.base}{path}", method=method, headers=given, data=body
        )
        assert answer.ok, answer.text()
        return answer.json()

    def step(self, who: str, path: str, step: str, body: Any = None) -> Any:
        """Take a step that says which state was seen."""
        return self.call(who, "POST", f"{path}/{step}", body, **self._seen(who, path))

    def edit(self, who: str, path: str, body: Any) -> Any:
        """Write something anew, as it was seen."""
        return self.call(who, "PUT", path, body, **self._seen(who, path))

    def draft(self, title: str, *, note: str = "", **changed: dict[str, Any]) -> str:
        """Draft a price list, with what is changed of each material."""
        made = self.call("admin", "POST", "/v1/price-list-drafts", {"title": title})
        rates = [_sent(rate) | changed.get(rate["material"], {}) for rate in made["rates"]]
        body = {"title": title, "note": note, "rates": rates}
        self.edit("admin", f"/v1/price-list-drafts/{made['id']}", body)
        return str(made["id"])

    def approved(self, title: str, **changed: dict[str, Any]) -> str:
        """Draft a price list, try it, and have a second person approve it."""
        draft = self.draft(title, note="", **changed)
        self.simulate(draft)
        work(self.stage)
        self.step("admin", f"/v1/price-list-drafts/{draft}", "submission")
        self.step("approver", f"/v1/price-list-drafts/{draft}", "approval")
        return draft

    def simulate(self, draft: str) -> None:
        """Ask for a draft to be tried on the week that was."""
        period = {"since": "2026-11-08T00:00:00+08:00", "until": "2026-11-16T00:00:00+08:00"}
        self.call("admin", "POST", "/v1/simulations", {"draft": draft, **period})

    def queue(self) -> tuple[str, str, int]:
        """Spend all that the programme has, and let what comes after wait for next year's money."""
        budget = self.call("admin", "GET", "/v1/budgets")["items"][0]
        programme, fen = budget["programme"]["id"], budget["available_fen"]
        self.rule(programme, "queue")
        self.move(programme, budget["period"], kind="cut", fen=fen)
        return programme, budget["period"], fen

    def rule(self, programme: str, cap_rule: str, **taper: int) -> None:
        """Choose what happens once a programme's money is spent."""
        path = f"/v1/programmes/{programme}"
        body = {"cap_rule": cap_rule, **taper, "reason": "由浏览器里的故事改动"}
        self.call("admin", "PUT", f"{path}/cap-rule", body, **self._seen("admin", path))

    def move(self, programme: str, period: str, *, kind: str, fen: int, source: str | None = None) -> None:
        """Order money to move, and have a second person approve it."""
        body = {"kind": kind, "programme": programme, "period": period, "fen": fen, "source": source}
        basis = {"basis_zh": "演示的假设。", "basis_en": "Assumption of the demo."}
        order = self.call("admin", "POST", "/v1/budget-orders", {**body, **basis})
        self.call("approver", "POST", f"/v1/budget-orders/{order['id']}/approval")

    def _seen(self, who: str, path: str) -> dict[str, str]:
        seen = self._desk(who).request.get(f"{self.stage.base}{path}", headers={"Lv-Session": "console"})
        return {"If-Match": seen.headers["etag"]}

    def _desk(self, who: str) -> BrowserContext:
        if who not in self.desks:
            self.desks[who] = self._signed_in(who)
        return self.desks[who]

    def _signed_in(self, who: str) -> BrowserContext:
        context = self.stage.browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", accept_downloads=True
        )
        first = {"username": self.names[who], "password": PASSWORD}
        for step, body in (("staff", first), ("second-factor", {"code": self.code(who)})):
            said = context.request.post(
                f"{self.stage.base}/v1/sign-in/{step}", data=body, headers={"Lv-Session": "console"}
            )
            assert said.ok, said.text()
        remember(context, "lv.session.console", said.json()["access_expires_at"])
        return context


def market(price: str) -> dict[str, str]:
    """Change a market price, in fen a kilogram."""
    return {"market_fen_per_kg": price}


def _sent(rate: dict[str, Any]) -> dict[str, Any]:
    """Write a rate as it is sent."""
    return {key: value for key, value in rate.items() if not key.startswith("name_")}


@contextmanager
def behind(stage: Stage) -> Iterator[None]:
    """Act on the platform's own database, as its worker and its server's commands do."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in stage.environment.items():
            if os.environ.get(name) != value:
                patch.setenv(name, value)
        settings.cache_clear()
        yield
        kit.engine().dispose()
    settings.cache_clear()


def settle(stage: Stage) -> None:
    """Let the clock draw up the sheets of the month of the story, as it does once the month is over."""
    with behind(stage), transaction(districts=[YUHANG]) as db:
        introduce()
        accounts.draw_up(db, district=YUHANG, at=SETTLED_AT, month="2026-11")


def answer(window: Window, does: str, reason: str = "") -> None:
    """Say yes to what the page asks, and why."""
    dialog = window.page.locator("dialog[open]")
    if reason:
        dialog.get_by_role("textbox").fill(reason)
    window.check()
    dialog.get_by_role("button", name=does, exact=True).click()
    dialog.wait_for(state="detached")


def press(window: Window, what: str) -> None:
    """Press a button of the page."""
    window.page.locator("main").get_by_role("button", name=what, exact=True).first.click()


def enrol(window: Window, password: str) -> None:
    """Bind an authenticator, up to the recovery codes."""
    page = window.page
    page.get_by_label("请再输入一次密码").fill(password)
    page.get_by_role("button", name="开始绑定").click()
    secret = page.locator("form .code").first.inner_text()
    page.get_by_label("验证器上的六位数字").fill(totp.code_at(secret, utc_now()))
    window.check()
    page.get_by_role("button", name="完成绑定").click()
    page.get_by_role("heading", name="请保存恢复码").wait_for()


def work(stage: Stage) -> None:
    """Let a worker do all that waits, and what follows from it."""
    with behind(stage):
        for _ in range(MOST_ROUNDS):
            if not later():
                return


def _entered(db: Session, who: str, username: str) -> str:
    role, name, districts = CAST[who]
    at, is_new = utc_now() - timedelta(hours=1), who == "newcomer"
    person = identity.register_staff(
        db,
        username=username,
        password=PASSWORD,
        name=name,
        role=role,
        organisation=OPERATOR if role == "operator_manager" else None,
        district=districts[0],
        must_change=is_new,
        at=at,
    )
    for district in districts[1:]:
        identity.assign(db, person=person, district=district, role=role, at=at)
    return "" if is_new else _enrolled(db, username, at=at)


def _enrolled(db: Session, username: str, *, at: datetime) -> str:
    """Enrol an authenticator, an hour ago, so that the code of now is unused."""
    session = identity.sign_in_staff(db, username=username, password=PASSWORD, at=at)
    who = identities.authenticate(db, session.access_token, at)
    given = identity.enrol_second_factor(db, by=who, password=PASSWORD, at=at)
    identity.confirm_second_factor(db, by=who, code=totp.code_at(given.secret, at), at=at)
    return given.secret
