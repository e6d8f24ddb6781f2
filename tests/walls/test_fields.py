"""What each role is shown, field by field (OWASP API3; ASVS 8.2.3).

A field that nobody has accepted fails here: look at it, then `pytest tests/walls --accept`.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.identity.rules import ROLES
from tests.walls.calls import Operation, operations
from tests.walls.test_matrix import SIGNED_OUT, ids_in, person, send
from tests.walls.world import HOME, Person, World

GOLDEN = Path(__file__).parent / "golden"
READS = sorted(name for name, operation in operations().items() if operation.method == "GET")


def paths(value: Any, path: str = "") -> Iterator[str]:
    """Walk the paths of a JSON value; the items of a list are all alike, and what is withheld is null."""
    match value:
        case dict():
            for name, found in value.items():
                yield from paths(found, f"{path}.{name}".lstrip("."))
        case list():
            for found in value:
                yield from paths(found, f"{path}[]")
        case None:
            yield f"{path} null"
        case _:
            yield path


def shown(answer: TestResponse) -> tuple[str, ...]:
    """List the fields of an answer, or else its media type."""
    return tuple(sorted(set(paths(answer.get_json())))) if answer.is_json else (str(answer.mimetype),)


def shown_in_all(
    client: FlaskClient, operation: Operation, ids: Mapping[str, str], who: Person | None, **more: str
) -> tuple[str, ...]:
    """List the fields of all pages: which lines of one moment stand on the first, their ids decide."""
    answer = send(client, operation, ids, who, **more)
    assert answer.status_code == 200
    fields = {*shown(answer)}
    if answer.is_json and (cursor := answer.get_json().get("next_cursor")):
        fields |= {*shown_in_all(client, operation, ids, who, cursor=cursor)}
    return tuple(sorted(fields))


def readers(operation: Operation) -> list[str]:
    """List who may read something; what everybody may read is read signed out."""
    if operation.scope is None:
        return [SIGNED_OUT]
    refused = operation.call.refused
    return [role for role, scopes in ROLES.items() if operation.scope in scopes and role not in refused]


@pytest.mark.parametrize("name", READS)
def test_nobody_is_shown_more_than_was_accepted(
    client: FlaskClient, world: World, name: str, pytestconfig: pytest.Config
) -> None:
    operation, golden = operations()[name], GOLDEN / f"{name}.json"
    scene = world.scenes[HOME][operation.call.stage]
    roles_shown: dict[tuple[str, ...], list[str]] = {}
    for role in readers(operation):
        who = person(world, scene, role)
        fields = shown_in_all(client, operation, ids_in(scene, who), who)
        roles_shown.setdefault(fields, []).append(role)
    found = {", ".join(roles): list(fields) for fields, roles in roles_shown.items()}

    if pytestconfig.getoption("accept"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(json.dumps(found, indent=2) + "\n")

    assert golden.is_file(), "look at what is shown, then: pytest tests/walls --accept"
    assert found == json.loads(golden.read_text())


def test_no_golden_file_outlives_its_route() -> None:
    assert sorted(file.stem for file in GOLDEN.glob("*.json")) == READS
