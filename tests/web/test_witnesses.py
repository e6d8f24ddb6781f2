"""The log on the console, and who outside has signed that it only grew."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator

from backend.accounts import witnesses
from ledger.verify import Key
from tests.web.console import YUHANG, Office, behind, work
from tests.web.stage import Stage, served
from tests.witnesses import answering

BUREAU, UNIVERSITY = "bureau.example/witness", "university.example/witness"


@contextmanager
def two_witnesses(stage: Stage, folder: Path) -> Iterator[tuple[Office, list[witnesses.Witness]]]:
    """Let two witnesses of whom the platform knows wait for a checkpoint that the log alone has signed."""
    work(stage)
    with urlopen(f"{stage.base}/log/{YUHANG}/key") as said:  # noqa: S310 - our own address
        keys = [Key.read(line) for line in said.read().decode().splitlines()]
    with ExitStack() as running:
        found = [running.enter_context(answering(name, folder, keys)) for name in (BUREAU, UNIVERSITY)]
        asked = ",".join(f"{witness.key} {witness.url}" for witness in found)
        base = running.enter_context(served({**stage.environment, "LV_WITNESSES": asked}))
        office = Office.open(replace(stage, base=base))
        running.callback(office.close)
        yield office, found


def ask(stage: Stage, witness: witnesses.Witness) -> bool:
    """Ask a witness to sign the newest checkpoint, as the clock does."""
    with behind(stage):
        return witnesses.ask(witness, YUHANG)


def grow(stage: Stage, phone: str) -> None:
    """Let somebody new earn, so that the log goes on and is signed by itself."""
    stage.newcomer(phone)
    stage.weigh(phone, agreed=True)
    work(stage)


def test_staff_see_which_witnesses_have_signed_and_which_are_behind(stage: Stage, tmp_path: Path) -> None:
    with two_witnesses(stage, tmp_path) as (office, (bureau, university)), office.window("auditor") as window:

        def row(*says: str) -> Locator:
            return window.page.get_by_role("row", name=" ".join(says))

        with pytest.raises(witnesses.Unwitnessed):
            ask(stage, university._replace(url="http://127.0.0.1:1"))
        window.open("/console/log")
        window.page.get_by_text("最新检查点还没有见证方签名").wait_for()
        row(BUREAU, "落后，未签 从未签过").wait_for()

        assert ask(stage, bureau)
        window.open("/console/log")
        window.page.get_by_text("最新检查点由 1 个见证方签名").wait_for()
        window.page.get_by_text(f"1 个见证方还没有签最新检查点：{UNIVERSITY}").wait_for()
        row(BUREAU, "已签").wait_for()
        row(UNIVERSITY, "落后，未签 从未签过 –").wait_for()
        row(BUREAU, "见证方").wait_for()
        window.check()

        assert ask(stage, university)
        window.open("/console/log")
        window.page.get_by_text("由 2 个见证方签名").wait_for()
        row(UNIVERSITY, "已签").wait_for()
        assert not window.page.get_by_text("落后").is_visible()

        signed = row(BUREAU, "已签").get_by_role("cell").last.inner_text()
        grow(stage, "16100000695")
        assert ask(stage, university)
        window.open("/console/log")
        row(BUREAU, "落后，未签").get_by_role("cell", name=signed, exact=True).wait_for()
        row(UNIVERSITY, "已签").wait_for()
        window.check()


def test_who_does_not_look_after_the_log_sees_who_signed(stage: Stage, tmp_path: Path) -> None:
    with two_witnesses(stage, tmp_path) as (office, _), office.window("approver") as window:
        window.open("/console/log")

        window.page.get_by_role("row", name="账本自己").wait_for()
        assert not window.page.get_by_role("region", name="各见证方签到哪里").is_visible()
        window.check()
