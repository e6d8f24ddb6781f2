"""What fits the document is answered as it says, and what does not fit is refused (schemathesis).

No 5xx, no undocumented answer, no accepted nonsense; signed in as each role.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from schemathesis.checks import not_a_server_error
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.app import create_app
from backend.identity.rules import ROLES
from backend.kit import body
from tests.walls.calls import operations
from tests.walls.test_matrix import ids_in
from tests.walls.world import HOME, World

SCHEMA = schemathesis.openapi.from_wsgi("/openapi.json", create_app())
SCHEMA.config.checks.missing_required_header.expected_statuses = ["4xx"]
ANSWERS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
"""What every answer must be, whether or not the request was sound."""
UNSOUND = {"invalid", "not_json", "idempotency_key_malformed", *(kind.code for kind in body.PROBLEMS)}
"""What may only be said of a request that does not fit the document."""
UNSAYABLE = {"phone", "tare_grams", "gross_grams"}
"""What no schema can say: a number is one of ours, a tare below its gross, grams written without a point."""

_MOMENTS = some.datetimes(datetime(2001, 1, 1), datetime(2198, 1, 1), timezones=some.just(UTC))  # noqa: DTZ001
FORMATS = {
    "date-time": _MOMENTS.map(datetime.isoformat),
    "date": _MOMENTS.map("{:%Y-%m-%d}".format),
    "endpoint": some.from_regex(r"\Ahttps://[a-z]{1,20}\.example/[a-z]{0,20}\Z"),
    "mobile-number": some.from_regex(r"\A1610[0-9]{7}\Z"),
}
for _name, _strategy in FORMATS.items():
    schemathesis.openapi.format(_name, _strategy)


def sound_is_never_called_unsound(ctx: Any, response: Any, case: Any) -> None:
    """Check that what fits the document is refused for a reason of state, if at all."""
    if case.meta.generation.mode.is_positive and response.status_code in (400, 415, 422):
        problem = response.json()
        named = {path.rpartition(".")[2] for path in problem.get("errors", ())}
        assert problem["code"] not in UNSOUND or (named and named <= UNSAYABLE)


def budget(examples: int) -> settings:
    """Bound how much is tried, and make each run try the same."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def check(case: Any, world: World, role: str) -> None:
    """Send a case as it was made, then once more to what is there."""
    operation = operations()[case.operation.definition.raw["operationId"]]
    scene = world.scenes[HOME][operation.call.stage]
    who = scene.people[role]
    headers = {"Authorization": f"Bearer {who.token}"}
    case.call_and_validate(
        headers=headers,
        additional_checks=[sound_is_never_called_unsound],
        excluded_checks=[positive_data_acceptance],  # the check above knows our codes
    )
    ids = ids_in(scene, who)
    made = case.path_parameters
    found = {name: ids.get(name.removesuffix("_id")) for name in made or {}}
    if found and all(found.values()):
        case.path_parameters = found
        case.call_and_validate(headers=headers, checks=ANSWERS)
        case.path_parameters = made


@pytest.fixture(scope="module")
def told() -> set[tuple[str, str, bool]]:
    """Who was told of an operation what comes of it: of what fits the document, and of what does not."""
    return set()


@pytest.mark.long
@SCHEMA.parametrize()
@budget(5)
def test_an_operation_keeps_to_the_document_for_each_role(
    case: Any, client: FlaskClient, world: World, told: set[tuple[str, str, bool]]
) -> None:
    name = case.operation.definition.raw["operationId"]
    may = [role for role, scopes in ROLES.items() if operations()[name].scope in {None, *scopes}]
    for role in ROLES:
        kind = (name, role, case.meta.generation.mode.is_positive)
        if role in may[:1] or kind not in told or (role in may and case.meta.phase.name is TestPhase.FUZZING):
            check(case, world, role)
            told.add(kind)
