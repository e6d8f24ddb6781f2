"""The guide on generated clients, as commands and files to try; and a platform for them to speak to."""

import re
from functools import cache

import pytest

from backend import cli
from tests.clients.tools import Tools, installed
from tests.journeys.conftest import address, database, seeded

__all__ = ["address", "database", "seeded"]

GUIDE = (cli.API_DOCS / "guides" / "clients.md").read_text()
DOCUMENT = cli.API_DOCS / "openapi.json"


@pytest.fixture(scope="session")
def tools() -> Tools:
    """What generates and compiles."""
    return installed()


@cache
def chapter(language: str) -> str:
    """Return what the guide says of a language."""
    found = re.search(rf"^## {language}\n(.*?)(?=^## |\Z)", GUIDE, flags=re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def block(language: str, kind: str) -> str:
    """Return the one block of code of a kind in the chapter on a language."""
    [found] = re.findall(rf"```{kind}\n(.*?)```", chapter(language), flags=re.DOTALL)
    return str(found)
