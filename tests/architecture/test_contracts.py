"""Every import contract holds, and breaks when it is violated."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backend.local.places import ROOT

PLANTED = {
    "ledger-knows-nobody": ("ledger/values.py", "import flask"),
    "ledger-layers": ("ledger/errors.py", "from ledger import posting"),
    "plumbing": ("backend/kit/ids.py", "import ledger"),
    "rooms": ("backend/network/service.py", "from backend.weighing import service as weighing"),
    "doors": ("backend/weighing/service.py", "from backend.booking import models as their_tables"),
    "inside-a-room": ("backend/booking/errors.py", "from backend.booking import service"),
    "no-http-inside": ("backend/booking/service.py", "import flask"),
    "one-hand-posts": ("backend/rewards/service.py", "import ledger"),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tree, to plant things in."""
    unneeded = shutil.ignore_patterns("__pycache__", "static", "node_modules")
    for name in ("backend", "ledger", "tests/architecture"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=unneeded)
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    return tmp_path


def lint(tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo", *options]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def test_all_contracts_are_kept(copy: Path) -> None:
    checked = lint(copy)

    assert checked.returncode == 0, checked.stdout
    assert f"Contracts: {len(PLANTED)} kept, 0 broken." in checked.stdout


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_import_breaks_its_contract(copy: Path, contract: str) -> None:
    path, statement = PLANTED[contract]
    (copy / path).write_text(f"{(copy / path).read_text()}\n{statement}\n")

    checked = lint(copy, "--contract", contract)

    assert checked.returncode == 1
    assert "Contracts: 0 kept, 1 broken." in checked.stdout


def test_what_lies_behind_a_door_is_entered_through_the_door(copy: Path) -> None:
    planted = copy / "backend" / "booking" / "service.py"
    planted.write_text(f"{planted.read_text()}\nfrom backend.identity.queries.staff import collectors\n")

    checked = lint(copy, "--contract", "doors")

    assert checked.returncode == 1
    assert "backend.booking.service enters backend.identity.queries.staff through the wall." in checked.stdout


def test_a_room_without_a_place_breaks_the_build(copy: Path) -> None:
    (copy / "backend" / "cellar").mkdir()
    (copy / "backend" / "cellar" / "__init__.py").write_text('"""A room that nobody planned."""\n')

    checked = lint(copy, "--contract", "rooms")

    assert checked.returncode == 1
    assert "backend.cellar" in checked.stdout
