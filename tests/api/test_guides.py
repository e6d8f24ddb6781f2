"""A guide names no address, code or state that does not exist, and every state that does."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from backend import cli
from backend.app import create_app
from backend.booking.rules import MISSED_AFTER
from backend.booking.rules import NEXT as PICKUP
from backend.documents import written
from backend.identity import rules as identity
from backend.kit.errors import every_problem
from backend.rewards.rules import State as Redemption
from backend.weighing.rules import State as Weighing
from ledger.errors import Refusal

GUIDES = sorted(cli.API_DOCS.glob("guides/*.md"))
STARTED = (cli.API_DOCS / "guides" / "getting-started.md").read_text()
ADDRESS = re.compile(r"\b(GET|POST|PUT|DELETE)\s+(/v1/[\w/{}.-]+)")
CODE = re.compile(r"`([a-z]+(?:_[a-z]+)+)`")


@cache
def document() -> str:
    return written()["openapi.json"]


@cache
def paths() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(document())["paths"]
    return found


@cache
def names() -> set[str]:
    """What a guide may write as a code: a problem's, or a word of the document."""
    create_app()
    codes = {kind.code for kind in every_problem()} | set(Refusal)
    return codes | set(re.findall(r'"([a-z0-9_]+)"', document())) | identity.ROLES.keys()


def table(heading: str) -> dict[str, str]:
    """Read a table of a guide: its first column, and the rest of the line."""
    lines = STARTED.split(f"| {heading} |")[1].splitlines()[2:]
    rows = [line.split("|", 2) for line in lines[: lines.index("")]]
    return {name.strip(" `"): rest for _, name, rest in rows}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_address_exists(guide: Path):
    for method, path in ADDRESS.findall(guide.read_text()):
        known = [each for each in paths() if re.fullmatch(re.sub(r"{\w+}", "[^/]+", each), path)]
        assert any(method.lower() in paths()[each] for each in known), f"{method} {path}"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_code_exists(guide: Path):
    assert set(CODE.findall(guide.read_text())) <= names()


@pytest.mark.parametrize("guide", [*GUIDES, cli.API_DOCS / "README.md"], ids=lambda guide: guide.stem)
def test_every_link_leads_somewhere(guide: Path):
    for target in re.findall(r"\]\(([^)]+)\)", guide.read_text()):
        assert (guide.parent / target).exists(), target


def test_the_states_of_a_pickup_are_told_with_what_follows():
    told = table("state of a pickup")

    assert set(told) == {state.value for state in PICKUP}
    for state, follows in PICKUP.items():
        assert set(re.findall(r"`(\w+)`", told[state.value].split("|")[1])) == {
            each.value for each in follows
        }


def test_the_states_of_a_weighing_and_of_a_redemption_are_told():
    assert set(table("state of a weighing")) == {state.value for state in Weighing}
    assert set(table("state of a redemption")) == {state.value for state in Redemption}


def test_how_long_things_live_is_told_as_it_is():
    assert identity.ACCESS_LIVES.total_seconds() == 15 * 60
    assert "An access token lives 15 minutes, a refresh token 30 days." in STARTED
    assert identity.REFRESH_LIVES.days == 30
    assert identity.REFRESH_GRACE.total_seconds() == 30
    assert "again within 30 seconds" in STARTED
    assert identity.CODE_LIVES.total_seconds() == 5 * 60
    assert "The code lives five minutes." in STARTED
    assert MISSED_AFTER.total_seconds() == 2 * 3600
    assert "nobody came within two hours after the window" in STARTED
