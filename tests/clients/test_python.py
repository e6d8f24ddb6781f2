"""The client in Python is generated as the guide says, fits its types, and takes one bag all the way."""

import shutil
from pathlib import Path

import pytest

from tests.clients.conftest import DOCUMENT, block
from tests.clients.test_generated import operations
from tests.clients.tools import HERE, Tools

pytestmark = pytest.mark.long


def test_the_client_in_python_takes_one_bag_all_the_way(tools: Tools, tmp_path: Path, address: str):
    shutil.copy(DOCUMENT, tmp_path)
    shutil.copy(HERE / "journey.py", tmp_path)
    (tmp_path / "client.yaml").write_text(block("Python", "yaml"))
    (tmp_path / "example.py").write_text(block("Python", "python"))

    tools.run(tmp_path, block("Python", "bash"))
    tools.run(tmp_path, "mypy --strict --follow-imports=silent journey.py example.py")
    tools.run(tmp_path, f"python journey.py {address}")

    made = {path.stem for path in tmp_path.glob("lvzhang/api/*/*.py")}
    assert operations() <= made
