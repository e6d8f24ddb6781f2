"""Every route, for everybody, with what is theirs and with what is not (OWASP API1, API5; ASVS 8.2, 8.3.1).

What must happen follows from the table of roles and from who owns what; no cell is written by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.app import create_app
from backend.identity.rules import NEWCOMER, ROLES, STEPS
from backend.kit.auth import notes
from backend.kit.ids import new_id
from backend.kit.sheets import CONTENT_TYPE
from tests.walls.calls import ALONE, CALLS, OF_THE_DISTRICT, Operation, filled, operations
from tests.walls.world import ABROAD, EXPIRED, HOME, NEIGHBOUR, REVOKED, Person, Scene, World

SIGNED_OUT = "signed_out"
EVERYBODY = (*ROLES, SIGNED_OUT, EXPIRED, REVOKED)
EACH = pytest.mark.parametrize("name", sorted(operations()))


def person(world: World, scene: Scene, who: str) -> Person | None:
    """Find who plays a part in a scene; nobody does without a session."""
    return None if who == SIGNED_OUT else world.strangers.get(who) or scene.people[who]


def send(
    client: FlaskClient, operation: Operation, ids: Mapping[str, str], who: Person | None, **more: str
) -> TestResponse:
    headers = {"Idempotency-Key": str(uuid4()), "If-Match": "*", "Accept-Language": "en"}
    if who is not None:
        headers["Authorization"] = f"Bearer {who.token}"
    query, body = {**filled(operation.call.query, ids), **more}, filled(operation.call.body, ids)
    address = filled(operation.address, ids)
    return client.open(address, method=operation.method, query_string=query, json=body, headers=headers)


def ids_in(scene: Scene, who: Person | None) -> dict[str, str]:
    """Name what is in a scene; a notice and a device are their owner's, or else the resident's."""
    resident = scene.people["resident"]
    reader = who if who and who.notice else resident
    return {**scene.ids, "notice": reader.notice, "device": str((who or resident).actor.session)}


def outcome(answer: TestResponse) -> tuple[int, str | None]:
    """Read what came of it; successes are all alike."""
    if answer.status_code < 300:
        return 200, None
    return answer.status_code, answer.get_json()["code"]


def expected(operation: Operation, who: Person | None, role: str) -> tuple[int, str | None]:
    """Derive what must come of naming one's own: from the route's scope, the roles, and its refusals."""
    if operation.scope is None:
        return 200, None
    if who is None or role not in ROLES:
        return 401, "not_signed_in"
    if operation.scope not in ROLES[role]:
        return 403, "no_household" if role == NEWCOMER else "scope_missing"
    if code := operation.call.refused.get(role):
        (status,) = {int(kind.status) for kind in operation.refusals if kind.code == code}
        return status, code
    return 200, None


def test_every_route_is_in_the_matrix() -> None:
    assert operations().keys() == CALLS.keys()


def test_what_stands_outside_the_api_is_public_and_only_reads() -> None:
    app = create_app()
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/v1/"):
            assert notes(app.view_functions[rule.endpoint])["scope"] is None
            assert (rule.methods or set()) <= {"GET", "HEAD", "OPTIONS"}


def test_every_scope_is_somebodys_and_guards_something() -> None:
    of_somebody = frozenset().union(*ROLES.values(), *STEPS.values())

    assert {each.scope for each in operations().values()} - {None} == of_somebody


@pytest.mark.parametrize("role", EVERYBODY)
@EACH
def test_ones_own(client: FlaskClient, world: World, name: str, role: str) -> None:
    operation = operations()[name]
    scene = world.scenes[HOME][operation.call.stage]
    who = person(world, scene, role)

    answer = send(client, operation, ids_in(scene, who), who)

    assert outcome(answer) == expected(operation, who, role)
    assert answer.status_code >= 300 or not leaked(world, answer, who)


def said(answer: TestResponse) -> str:
    """Read an answer as a person would: a workbook is packed."""
    if answer.mimetype != CONTENT_TYPE:
        return answer.get_data(as_text=True)
    with ZipFile(BytesIO(answer.get_data())) as packed:
        return "".join(packed.read(part).decode() for part in packed.infolist())


def leaked(world: World, answer: TestResponse, who: Person | None) -> list[str]:
    """Find what an answer tells somebody about those who are none of their business."""
    text = said(answer)
    strange = (
        scene
        for scenes in world.scenes.values()
        for scene in scenes.values()
        if who is None or not scene.belongs_to(who.actor)
    )
    return [secret for scene in strange for secret in scene.secrets if secret in text]


@dataclass(frozen=True)
class Crossing:
    """Somebody who may do something does it, and names one thing that another neighbourhood has."""

    operation: Operation
    kind: str
    role: str
    side: str

    def __str__(self) -> str:
        return f"{self.operation.name}-{self.kind}-{self.role}-{self.side}"


CROSSINGS = [
    Crossing(operation, kind, role, side)
    for _, operation in sorted(operations().items())
    for kind in operation.names
    for role in ROLES
    if operation.scope in ROLES[role]
    for side in (NEIGHBOUR, ABROAD)
]


@pytest.mark.parametrize("crossing", CROSSINGS, ids=str)
def test_somebody_elses(client: FlaskClient, world: World, crossing: Crossing) -> None:
    operation, kind, role = crossing.operation, crossing.kind, crossing.role
    scene, other = (world.scenes[side][operation.call.stage] for side in (HOME, crossing.side))
    who = scene.people[role]
    foreign = {**ids_in(scene, who), kind: ids_in(other, other.people[role])[kind]}

    answer = outcome(send(client, operation, foreign, who))

    wall = expected(operation, who, role)
    if yours(other, who, kind) or (wall != (200, None) and kind not in OF_THE_DISTRICT):
        assert answer == wall
    elif other.district == scene.district and (code := operation.call.told.get(kind)):
        assert answer == (403, code)
    else:
        assert answer[0] == 404
        made_up = {**foreign, kind: str(new_id())}
        assert kind == "voucher" or answer == outcome(send(client, operation, made_up, who))


def yours(scene: Scene, who: Person, kind: str) -> bool:
    """Tell whether somebody may name what another scene has."""
    of_all = kind in OF_THE_DISTRICT and scene.district == who.actor.district
    return of_all or (kind not in ALONE and scene.belongs_to(who.actor))
