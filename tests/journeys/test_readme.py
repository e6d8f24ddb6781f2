"""The README's walk-through, word for word, against the platform as its Procfile starts it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


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
