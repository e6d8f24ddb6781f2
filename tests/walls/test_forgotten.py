"""Row security stands when every query forgets its district (OWASP API1; ASVS 8.4.1)."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg import sql
from werkzeug.test import TestResponse

from backend.identity.rules import ROLES
from backend.local.roles import Database
from tests.walls.calls import Operation, operations
from tests.walls.test_matrix import ids_in, said, send
from tests.walls.world import ABROAD, HOME, Scene, World

CONDITION = re.compile(r"(?:\w+\.)?\b(?:district|book) = (?:%\(\w+\)s(?:::\w+)?|\w+\.(?:district|book)\b)")
SEEN = re.compile(
    r"set_config\((%\(\w+\)s(?:::\w+)?|'lv.districts'), ((?:coalesce\(.*?\))|%\(\w+\)s(?:::\w+)?), "
)


def rewriting(rewrite: Callable[[str], str], patch: pytest.MonkeyPatch) -> None:
    """Change the text of whatever this process sends to the database from now on."""
    send_it = psycopg.Cursor.execute

    def execute(cursor: psycopg.Cursor[Any], query: Any, *arguments: Any, **options: Any) -> Any:
        text = query if isinstance(query, str) else sql.SQL("{}").format(query).as_string(cursor)
        return send_it(cursor, rewrite(text).encode(), *arguments, **options)

    patch.setattr(psycopg.Cursor, "execute", execute)


def forgetful(text: str) -> str:
    """Make every condition on a district or a book hold."""
    return CONDITION.sub(lambda found: f"({found[0]} or true)", text)


def wide_open(text: str) -> str:
    """Let the transaction see all districts besides."""
    return SEEN.sub(r"set_config(\1, \2 || ',330110,330106', ", forgetful(text))


@pytest.fixture
def forgetting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform whose queries know no district."""
    rewriting(forgetful, monkeypatch)


def asked(client: FlaskClient, world: World, operation: Operation, role: str) -> TestResponse:
    """Call an operation and name, wherever something is named, what the other district has."""
    scene, other = (world.scenes[side][operation.call.stage] for side in (HOME, ABROAD))
    own, foreign = ids_in(scene, scene.people[role]), ids_in(other, other.people[role])
    named = {kind: foreign[kind] for kind in operation.names}
    return send(client, operation, own | named, scene.people[role])


def told_of(world: World, answer: TestResponse, *sides: str) -> set[str]:
    """Find what an answer tells of somebody else's neighbourhood."""
    text = said(answer)
    return {secret for side in sides for secret in _known(world.scenes[side].values()) if secret in text}


def _known(scenes: Any) -> Iterator[str]:
    scene: Scene
    for scene in scenes:
        yield from scene.secrets | {scene.ids["offer"], scene.ids["scale"], scene.people["resident"].notice}


EACH = pytest.mark.parametrize(
    ("name", "role"),
    [
        pytest.param(name, role, id=f"{name}-{role}")
        for name, operation in sorted(operations().items())
        for role in ROLES
        if operation.scope in ROLES[role]
    ],
)


@pytest.mark.usefixtures("forgetting")
@EACH
def test_a_query_that_forgets_its_district_finds_nothing_of_another(
    client: FlaskClient, world: World, name: str, role: str
) -> None:
    operation = operations()[name]

    answer = asked(client, world, operation, role)

    assert not told_of(world, answer, ABROAD) - set(answer.request.path.split("/"))
    assert not operation.names or answer.status_code >= 400


def test_without_row_security_they_would_find_it(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewriting(wide_open, monkeypatch)
    reads = [operation for operation in operations().values() if operation.method == "GET"]
    leaks = {
        operation.name
        for operation in reads
        for role in ("district_admin", "collector")
        if operation.scope in ROLES[role]
        if told_of(world, asked(client, world, operation, role), ABROAD)
    }

    assert leaks >= {"rewards_list_offers", "identity_list_people"}


def test_no_row_moves_into_another_district(inhabited: tuple[Database, World]) -> None:
    with psycopg.connect(inhabited[0].app_url) as conn:
        for table, column in walled(conn):
            this = sql.Identifier(*table.split("."))
            with conn.transaction(force_rollback=True):
                conn.execute("select set_config('lv.districts', '330110', true)")
                if conn.execute(sql.SQL("select from {} limit 1").format(this)).fetchone() is None:
                    continue
                moving = sql.SQL("update {} set {} = '330106'").format(this, sql.Identifier(column))
                with pytest.raises(psycopg.Error, match=r"row-level security|permission denied|is final"):
                    conn.execute(moving)


def walled(conn: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """List the tables behind a wall, and the column that it reads."""
    found = conn.execute(
        "select format('%s.%s', c.relnamespace::regnamespace, c.relname), a.attname from pg_class c"
        "  join pg_attribute a on a.attrelid = c.oid and a.attname in ('district', 'book')"
        " where c.relkind = 'r' and c.relforcerowsecurity"
    ).fetchall()
    assert len(found) >= 20
    return found
