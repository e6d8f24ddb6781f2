"""The library's guide is true: its example runs as it stands, and its table lists every refusal."""

import inspect
import os
import re
from pathlib import Path
from uuid import uuid4

import pytest

from backend.local import roles
from ledger import Refusal, errors, verify

GUIDE = (Path(__file__).parents[2] / "api_docs" / "guides" / "ledger.md").read_text()


@pytest.fixture
def empty(shared_servers):
    """A database with nothing in it."""
    name = f"test_{os.getpid()}_guide{uuid4().hex[:6]}"
    made = roles.create(shared_servers.admin_url, shared_servers.passwords, name)
    yield made
    roles.drop(shared_servers.admin_url, name)


def test_the_worked_example_runs(empty):
    urls = {"owner_url": empty.owner_url, "app_url": empty.app_url, "auditor_url": empty.auditor_url}

    exec("\n".join(re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)), urls)  # noqa: S102 - our own guide


def test_every_refusal_is_listed():
    listed = re.findall(r"^\| ([a-z_]+) \| (.*) \|$", GUIDE, re.MULTILINE)

    assert [row for row in listed if row[0] != "code"] == [(code.value, code.sentence) for code in Refusal]


def test_every_error_is_explained():
    raised = [one for one in (*vars(errors).values(), verify.Unproven) if inspect.isclass(one)]
    named = {one.__name__ for one in raised if issubclass(one, Exception) and one.__module__ != "builtins"}

    explained = GUIDE[GUIDE.index("What is raised instead") :]
    assert named == {name for name in re.findall(r"`([A-Z]\w+)` \(", explained) if not name.endswith("Error")}
