"""The README's walk-through, word for word, against the platform as its Procfile starts it."""

import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from honcho.environ import parse_procfile

from backend.local import processes

ROOT = Path(__file__).parents[2]


@pytest.fixture
def address(database, valkey) -> Iterator[str]:
    """A web process of the Procfile on a free port."""
    port = str(processes.free_port())
    command = parse_procfile((ROOT / "Procfile").read_text()).processes["web"]
    path = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    environment = {**os.environ, "PORT": port, "WEB_WORKERS": "1", "PATH": path}
    web = subprocess.Popen(["/bin/sh", "-c", f"exec {command}"], cwd=ROOT, env=environment)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{base}/readyz")
        yield base
    finally:
        web.terminate()
        web.wait(timeout=30)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the walk-through speaks with curl")
def test_the_walk_through_works_word_for_word(address):
    blocks = re.findall(r"```bash\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    script = "set -euo pipefail\n" + "\n".join(blocks)

    done = subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, "BASE": address},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert len(blocks) == 9
    for expected in ("accepted", "arrived", "image/svg+xml", "'green_points': 292"):
        assert expected in done.stdout
    assert done.stdout.rstrip().endswith("92")
