"""Every list that documents a spreadsheet answers with one: the whole list, column by column, and no more."""

import pytest
from flask.testing import FlaskClient

from backend.identity.rules import ROLES
from backend.kit import tables
from backend.kit.sheets import CONTENT_TYPE, Contents, read
from tests.walls.calls import filled, operations
from tests.walls.test_matrix import SIGNED_OUT, ids_in, person
from tests.walls.world import HOME, Person, World

TABLES = sorted(name for name, operation in operations().items() if operation.table)


def asked(client: FlaskClient, world: World, name: str, *, accept: str) -> tuple[Person | None, bytes, str]:
    """Ask for a list in a media type, as the first role that may."""
    operation = operations()[name]
    scene = world.scenes[HOME][operation.call.stage]
    may = [role for role in ROLES if operation.scope in ROLES[role]] or [SIGNED_OUT]
    who = person(world, scene, "district_admin" if "district_admin" in may else may[0])
    ids = ids_in(scene, who)
    headers = {"Accept": accept, "Authorization": f"Bearer {who.token}"} if who else {"Accept": accept}
    query = {**filled(operation.call.query, ids), "limit": "1"} if "limit" in operation.call.query else None
    answer = client.get(filled(operation.address, ids), query_string=query, headers=headers)
    assert answer.status_code == 200, answer.text
    return who, answer.get_data(), str(answer.mimetype)


def opened(name: str, content: bytes) -> Contents:
    """Read a spreadsheet back with the layout that it was written with."""
    layout = operations()[name].table
    assert layout is not None
    return read(content, [layout])


@pytest.mark.parametrize("name", TABLES)
def test_a_list_is_also_a_spreadsheet(client: FlaskClient, world: World, name: str) -> None:
    _, content, kind = asked(client, world, name, accept=CONTENT_TYPE)

    assert kind == CONTENT_TYPE
    found = opened(name, content)
    assert found.flaws == ()
    assert asked(client, world, name, accept="*/*")[2] == "application/json"
    (rows,) = found.rows.values()
    assert rows or name in EMPTY
    assert all(any(value is not None for value in row.values.values()) for row in rows)


EMPTY = {"factor_runs_show_run"}
"""What has no rows in the world of these tests."""


def test_a_spreadsheet_holds_all_pages(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = opened("staffing_list_trail", asked(client, world, "staffing_list_trail", accept=CONTENT_TYPE)[1])

    monkeypatch.setattr(tables, "_AT_ONCE", 3)
    paged = opened("staffing_list_trail", asked(client, world, "staffing_list_trail", accept=CONTENT_TYPE)[1])

    assert len(whole.rows["trail"]) > 3
    assert paged.rows == whole.rows


def test_a_list_of_too_many_rows_is_refused(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    who = world.scenes[HOME][operations()["staffing_list_trail"].call.stage].people["auditor"]

    headers = {"Accept": CONTENT_TYPE, "Authorization": f"Bearer {who.token}"}
    answer = client.get("/v1/trail", headers=headers)

    assert (answer.status_code, answer.get_json()["code"]) == (422, "table_too_long")
