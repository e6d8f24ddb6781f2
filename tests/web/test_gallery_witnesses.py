"""Pictures of the log on the console while one of two witnesses is behind, and once both have signed."""

from pathlib import Path

import pytest

from tests.web.pictures import hang
from tests.web.stage import Stage
from tests.web.test_witnesses import ask, grow, two_witnesses

pytestmark = [pytest.mark.long, pytest.mark.gallery]


def test_take_a_log_while_witnesses_sign_it(stage: Stage, gallery: Path, tmp_path: Path) -> None:
    with two_witnesses(stage, tmp_path) as (office, (bureau, university)):

        def take(name: str) -> None:
            for language in ("zh-CN", "en"):
                with office.window("auditor", language=language) as window:
                    window.open("/console/log")
                    hang(window, gallery, f"console-log-{name}")

        ask(stage, university)
        grow(stage, "16100000696")
        ask(stage, bureau)
        take("one-away")
        ask(stage, university)
        take("witnessed")
