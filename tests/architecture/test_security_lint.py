"""Bandit finds nothing in what runs, by the command of `make check`; and finds what is planted."""

import shlex
import subprocess
import sys
from pathlib import Path

from backend.local.places import ROOT

PLANTED = """\
import subprocess

from sqlalchemy import text


def look(name: str) -> object:
    subprocess.run(name, shell=True)
    return text("select * from person where name = '" + name + "'")
"""


def bandit(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bandit", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def arguments_of_the_check() -> list[str]:
    """Read what `make check` hands to it."""
    (line,) = [line for line in (ROOT / "Makefile").read_text().splitlines() if "bandit" in line]
    return shlex.split(line.split("bandit", 1)[1])


def test_nothing_is_found() -> None:
    assert {"backend", "ledger", "seeds"} <= set(arguments_of_the_check())
    ended = bandit(*arguments_of_the_check())
    assert ended.returncode == 0, ended.stdout


def test_what_is_planted_is_found(tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text(PLANTED)
    options = [word for word in arguments_of_the_check() if word not in {"backend", "ledger", "seeds"}]

    found = bandit(*options, str(tmp_path))

    assert found.returncode == 1
    assert {"B602", "B608"} <= {word.strip("[:") for word in found.stdout.replace(":", " ").split()}
