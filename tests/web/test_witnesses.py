"""The log on the console, and who outside has signed that it only grew."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from backend.accounts import witnesses
from ledger.verify import Key
from tests.web.console import YUHANG, Office, behind, work
from tests.web.stage import Stage
from tests.witnesses import answering

BUREAU, UNIVERSITY = "bureau.example/witness", "university.example/witness"


@contextmanager
def two_witnesses(stage: Stage, folder: Path) -> Iterator[list[witnesses.Witness]]:
    """Let the newest checkpoint be signed by the log alone, and two witnesses wait for it."""
    work(stage)
    with urlopen(f"{stage.base}/log/{YUHANG}/key") as said:  # noqa: S310 - our own address
        keys = [Key.read(line) for line in said.read().decode().splitlines()]
    with ExitStack() as running:
        yield [running.enter_context(answering(name, folder, keys)) for name in (BUREAU, UNIVERSITY)]


def ask(stage: Stage, witness: witnesses.Witness) -> bool:
    """Ask a witness to sign the newest checkpoint, as the clock does."""
    with behind(stage):
        return witnesses.ask(witness, YUHANG)


def test_the_log_says_which_witnesses_have_signed(stage: Stage, office: Office, tmp_path: Path) -> None:
    with two_witnesses(stage, tmp_path) as (bureau, university), office.window("auditor") as window:
        with pytest.raises(witnesses.Unwitnessed):
            ask(stage, university._replace(url="http://127.0.0.1:1"))
        window.open("/console/log")
        window.page.get_by_text("最新一页还没有见证方签名").wait_for()

        assert ask(stage, bureau)
        window.open("/console/log")
        window.page.get_by_text("最新一页由 1 个见证方签名").wait_for()
        window.page.get_by_role("row", name=f"{BUREAU} 见证方").wait_for()
        assert not window.page.get_by_text(UNIVERSITY).is_visible()
        window.check()

        assert ask(stage, university)
        window.open("/console/log")
        window.page.get_by_text("最新一页由 2 个见证方签名").wait_for()
        window.check()
