"""Every change by a member of staff is on the trail, with what was before or after (ASVS 16.2.1).

Which routes change something follows from the routes, so that a new one cannot stay off it.
"""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.identity.rules import ON_TRAIL, ROLES
from backend.kit import http
from backend.kit.trail import TrailLine
from tests.walls.calls import operations
from tests.walls.test_matrix import expected, ids_in, person, send
from tests.walls.world import HOME, World

OF_ONES_OWN = {
    "identity_end_device",
    "identity_enrol_second_factor",
    "identity_exchange_district",
    "identity_sign_out",
    "notices_read",
}
"""What touches nothing but one's own session or inbox; its name and address say enough."""
CHANGES = [
    (name, role)
    for name, operation in sorted(operations().items())
    if operation.method != "GET" and operation.scope is not None
    for role in ROLES
    if role in ON_TRAIL and operation.scope in ROLES[role] and role not in operation.call.refused
]


@pytest.fixture
def told(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The lines that each request would have committed."""
    lines: list[dict[str, Any]] = []

    def almost(db: Session) -> None:
        db.flush()
        new = db.execute(select(TrailLine.__table__).where(TrailLine.request_id.is_not(None)))
        lines.extend(dict(line) for line in new.mappings())

    monkeypatch.setattr(http, "commit", almost)
    return lines


@pytest.mark.parametrize(("name", "role"), CHANGES)
def test_a_change_by_staff_leaves_its_line(
    client: FlaskClient, world: World, told: list[dict[str, Any]], name: str, role: str
) -> None:
    operation = operations()[name]
    scene = world.scenes[HOME][operation.call.stage]
    who = person(world, scene, role)
    assert who is not None

    answer = send(client, operation, ids_in(scene, who), who)

    assert expected(operation, who, role) == (200, None)
    assert answer.status_code < 300, answer.text
    (line,) = told
    assert (line["actor"], line["role"], line["session"]) == (who.actor.id, role, who.actor.session)
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert line["circumstances"] is not None
    if name in OF_ONES_OWN:
        assert line["kind"] == name
    else:
        assert line["kind"] not in operations()
        assert line["subject"].partition("/")[2]


def test_what_is_ones_own_is_still_there() -> None:
    assert {name for name, _ in CHANGES} >= OF_ONES_OWN
