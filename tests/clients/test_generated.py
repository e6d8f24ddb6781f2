"""Clients are generated as the guide says, they compile, and no operation is missing in them."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.clients.conftest import DOCUMENT, GUIDE, block
from tests.clients.tools import HERE, Tools

pytestmark = pytest.mark.long


def operations() -> set[str]:
    """Name every operation of the document."""
    paths = json.loads(DOCUMENT.read_text())["paths"].values()
    return {
        operation["operationId"] for path in paths for operation in path.values() if "responses" in operation
    }


def camel(name: str) -> str:
    """Spell a name as TypeScript and Kotlin do."""
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An app's folder with a copy of the document."""
    shutil.copy(DOCUMENT, tmp_path)
    return tmp_path


def test_the_client_in_typescript_compiles(tools: Tools, folder: Path):
    (folder / "node_modules").symlink_to(tools.modules)
    (folder / "example.ts").write_text(block("TypeScript", "ts"))

    tools.run(folder, block("TypeScript", "bash"))

    made = (folder / "lvzhang" / "sdk.gen.ts").read_text()
    assert set(re.findall(r"^export const (\w+) = ", made, flags=re.MULTILINE)) == set(
        map(camel, operations())
    )
    assert "bigint" not in (folder / "lvzhang" / "types.gen.ts").read_text()


def test_the_client_in_kotlin_compiles(tools: Tools, folder: Path):
    tools.run(folder, block("Kotlin", "bash"))
    sources = folder / "client" / "src" / "main" / "kotlin"
    (sources / "Example.kt").write_text(block("Kotlin", "kotlin"))

    tools.compile_kotlin(sources, into=folder / "client.jar")

    made = "".join(path.read_text() for path in sources.glob("lvzhang/apis/*Api.kt"))
    assert set(map(camel, operations())) <= set(re.findall(r"^    fun (\w+)\(", made, flags=re.MULTILINE))
    budget = (sources / "lvzhang" / "models" / "BudgetOut.kt").read_text()
    assert "val fundedFen: kotlin.Long," in budget


def test_the_guide_names_the_versions_that_are_tried():
    told = dict(re.findall(r"([@\w/-]+?)(?:\[\w+\])?(?:@|==)(\d+\.\d+\.\d+)", GUIDE))
    npm = json.loads((HERE / "package.json").read_text())["dependencies"]
    locks = (HERE / "requirements.txt", HERE.parents[1] / "requirements-dev.txt")
    pypi = dict(
        re.findall(r"^([\w-]+)==(\S+)", "".join(lock.read_text() for lock in locks), flags=re.MULTILINE)
    )

    assert len(told) == 4
    assert told.items() <= (npm | pypi).items()
