"""Pictures of what residents read of a subsidy: paid, less, paused, used up, put off, and ended.

The programme is brought into one state after the other and not back, so these come last of all.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.web.console import Office, work
from tests.web.pictures import hang
from tests.web.stage import Stage

pytestmark = [pytest.mark.long, pytest.mark.gallery]

LANGUAGES = ("zh-CN", "en")
SEER, WAITS = "16100000651", "16100000652"


class Programme:
    """The district's programme, moved from state to state."""

    def __init__(self, office: Office) -> None:
        """Begin with one that pays the whole rate."""
        self.office = office
        budget = office.call("admin", "GET", "/v1/budgets")["items"][0]
        self.id, self.period, self.fen = budget["programme"]["id"], budget["period"], budget["available_fen"]
        self.budget = f"/v1/budgets/{self.id}/{self.period}"

    def pay_less(self) -> None:
        """Pay half once less is left than there is."""
        self.office.rule(self.id, "taper", taper_below_fen=self.fen + 1, taper_percent=50)

    def pause(self) -> None:
        """Freeze its money."""
        self.office.call("admin", "POST", f"{self.budget}/freezing", {"reason": "核对账目"})

    def use_up(self) -> None:
        """Spend all that it has, with nothing to follow."""
        self.office.call("admin", "POST", f"{self.budget}/thawing", {"reason": "已核对"})
        self.office.rule(self.id, "stop")
        self.office.move(self.id, self.period, kind="cut", fen=self.fen)

    def put_off(self) -> None:
        """Let what comes wait for the next year's money."""
        self.office.rule(self.id, "queue")
        self.office.stage.weigh(WAITS, agreed=True)

    def end(self) -> None:
        """Pay what waits, also for a decision, and close the programme."""
        for each in self.office.call("admin", "GET", "/v1/evidence")["items"]:
            self.office.call(
                "admin", "POST", f"/v1/evidence/{each['id']}/acceptance", {"reason": "照片与重量相符"}
            )
        self.office.move(self.id, self.period, kind="fund", fen=self.fen, source="treasury")
        work(self.office.stage)
        self.office.call("admin", "POST", f"/v1/programmes/{self.id}/closing", {"reason": "项目到期"})


@pytest.fixture(scope="module")
def programme(stage: Stage, office: Office) -> Programme:
    for phone in (SEER, WAITS):
        stage.newcomer(phone)
    return Programme(office)


STATES: list[tuple[str, Callable[[Programme], None]]] = [
    ("paid", lambda programme: None),
    ("less", Programme.pay_less),
    ("paused", Programme.pause),
    ("used-up", Programme.use_up),
    ("put-off", Programme.put_off),
]


def test_take(stage: Stage, gallery: Path, programme: Programme) -> None:
    for name, bring in STATES:
        bring(programme)
        for path in ("prices", "guide"):
            _take(stage, gallery, SEER, path, f"{path}-{name}")
    _take(stage, gallery, WAITS, "account", "account-to-come")
    programme.end()
    for path in ("prices", "guide"):
        _take(stage, gallery, SEER, path, f"{path}-ended")
    for language in LANGUAGES:
        with programme.office.window("admin", language=language) as window:
            window.open("/console/budgets")
            hang(window, gallery, "console-budgets-ended")


def _take(stage: Stage, gallery: Path, phone: str, path: str, name: str) -> None:
    for language in LANGUAGES:
        with stage.window(signed_in=phone, language=language) as window:
            window.open(f"/app/{path}")
            window.page.get_by_text(re.compile("补贴|[Ss]ubsid")).first.wait_for()
            hang(window, gallery, name)
