"""The document is what runs, it is valid, and what it shows fits what it says."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from backend.app import create_app
from backend.documents import written
from backend.kit.auth import notes
from backend.kit.body import PROBLEMS
from backend.kit.errors import every_problem
from backend.kit.sheets import CONTENT_TYPE
from backend.local.places import ROOT
from backend.settings import Settings

OF_THE_KERNEL = {"invalid", *(kind.code for kind in PROBLEMS)}
PICTURES = {"image/svg+xml", CONTENT_TYPE}
"""What is not read as text shows no example."""


@cache
def documents() -> dict[str, str]:
    return written()


@cache
def openapi() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(documents()["openapi.json"])
    return found


@cache
def views() -> dict[str, Callable[..., Any]]:
    """Find the view behind each operation."""
    named = ((notes(view).get("operation"), view) for view in create_app().view_functions.values())
    return {name: view for name, view in named if name}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in openapi()["paths"].items():
        for method in ("get", "post", "put", "patch", "delete"):
            if method in item:
                yield method, path, item[method]


EACH = pytest.mark.parametrize(
    ("method", "path", "operation"),
    [pytest.param(*each, id=each[2].get("operationId")) for each in operations()],
)


def examples(content: dict[str, Any]) -> list[Any]:
    """Find the examples of one media type."""
    single = [content["example"]] if "example" in content else []
    return single + [each["value"] for each in content.get("examples", {}).values()]


@cache
def closed_schemas() -> dict[str, Any]:
    """Return the document's schemas without room for fields that they do not name."""
    named = openapi()["components"]["schemas"].items()
    return {name: {"additionalProperties": False, **schema} for name, schema in named}


def complaints(schema: dict[str, Any], example: Any) -> list[str]:
    """Say what does not fit about an example, whose schema may point into the document."""
    rooted = {**schema, "components": {"schemas": closed_schemas()}}
    validator = Draft202012Validator(rooted, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(example)]


def test_the_committed_documents_are_what_runs():
    # In a process of its own: other tests define refusals that are not the platform's.
    command = [sys.executable, "-m", "backend.cli", "document", "--check"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stderr


def test_the_document_is_valid():
    OpenAPIV31SpecValidator(openapi()).validate()  # raises with the first fault


def test_the_document_says_where_it_is_served_and_how_to_sign_in():
    assert openapi()["openapi"] == "3.1.0"
    assert openapi()["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_every_tag_is_described():
    described = {tag["name"] for tag in openapi()["tags"] if tag["description"]}
    events = {tag for event in openapi()["webhooks"].values() for tag in event["post"]["tags"]}
    tags = {tag for _, _, operation in operations() for tag in operation["tags"]}

    assert events | tags == described
    assert not events & tags


def test_a_schema_says_what_a_client_can_be_made_of():
    schemas = openapi()["components"]["schemas"]
    text = documents()["openapi.json"]
    ours = [each for name, each in schemas.items() if name != "ProblemOut"]
    numbers = [
        found
        for schema in ours
        for found in schema["properties"].values()
        if "integer" in found.get("type", ())
    ]

    assert [name for name in schemas if f'schemas/{name}"' not in text] == []
    assert {number.get("format") for number in numbers} == {"int64"}
    assert '"readOnly"' not in text
    assert '"default": null' not in text
    for schema in ours:
        for found in schema["properties"].values():
            assert found.keys() & {"type", "$ref", "anyOf"}, found


def test_every_operation_has_a_name_of_its_own():
    names = [operation["operationId"] for _, _, operation in operations()]

    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalpha() for name in names)


@EACH
def test_an_operation_explains_itself(method: str, path: str, operation: dict[str, Any]):
    assert operation["summary"].endswith(".")
    assert all("schema" in parameter for parameter in map(resolved, operation.get("parameters", [])))


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """Follow a pointer into the document."""
    for name in node.get("$ref", "").removeprefix("#/").split("/"):
        node = openapi() if name == "components" else node
        node = node[name] if name else node
    return node


@EACH
def test_an_operation_shows_what_goes_in_and_what_comes_out(
    method: str, path: str, operation: dict[str, Any]
):
    bodies = [("request", operation.get("requestBody", {}))]
    bodies += [item for item in operation["responses"].items() if item[0] != "204"]
    for where, body in bodies:
        for media_type, content in body.get("content", {}).items():
            shown = examples(content)
            assert shown or media_type in PICTURES, f"{where} has no example"
            for example in shown:
                assert complaints(content["schema"], example) == [], where


@EACH
def test_an_operation_says_who_may_call_it(method: str, path: str, operation: dict[str, Any]):
    if "x-scope" in operation:
        assert operation["security"] == [{"token": []}, {"cookie": []}]
        assert {"401", "403"} <= operation["responses"].keys()
    else:
        assert operation["security"] == []


@EACH
def test_an_operation_answers_one_success_and_problems(method: str, path: str, operation: dict[str, Any]):
    successes = [status for status in operation["responses"] if status < "300"]
    refusals = {status: found for status, found in operation["responses"].items() if status >= "400"}

    assert len(successes) == 1
    assert all(list(found["content"]) == ["application/problem+json"] for found in refusals.values())


@EACH
def test_an_operation_lists_what_it_may_refuse(method: str, path: str, operation: dict[str, Any]):
    view = views()[operation["operationId"]]
    told = {
        code
        for found in operation["responses"].values()
        for code in found.get("content", {}).get("application/problem+json", {}).get("examples", {})
    }

    assert {kind.code for kind in notes(view).get("refusals", ())} <= told
    assert method == "get" or told >= OF_THE_KERNEL
    has_query = any(resolved(each)["in"] == "query" for each in operation.get("parameters", []))
    assert not has_query or "invalid" in told


@EACH
def test_an_operation_says_how_often_it_may_be_called(method: str, path: str, operation: dict[str, Any]):
    refusal = operation["responses"]["429"]

    assert f"limit_{operation['x-rate-limit']}" in Settings.model_fields
    assert refusal["headers"].keys() == {"Retry-After", "RateLimit-Policy", "RateLimit"}
    assert "too_many_requests" in refusal["content"]["application/problem+json"]["examples"]


@EACH
def test_a_header_is_asked_for_where_it_is_needed(method: str, path: str, operation: dict[str, Any]):
    view = views()[operation["operationId"]]
    asked = [
        each["name"] for each in map(resolved, operation.get("parameters", [])) if each["in"] == "header"
    ]

    wanted = {"Idempotency-Key": "idempotent", "Lv-Session": "asks_session", "If-Match": "edits"}
    assert asked == [header for header, note in wanted.items() if notes(view).get(note)]


def test_codes_are_single_and_speak_two_languages():
    kinds = [kind for kind in every_problem() if kind.__module__.startswith("backend.")]
    codes = [kind.code for kind in kinds]

    assert sorted(codes) == sorted(set(codes))
    for kind in kinds:
        assert kind.code.replace("_", "").isalnum(), kind.code
        assert kind.code.islower(), kind.code
        assert kind.en.endswith((".", "}")), kind.code
        assert kind.zh.endswith(("。", "}")), kind.code
        assert names(kind.en) == names(kind.zh), kind.code
        assert kind.status >= 400


def names(sentence: str) -> set[str]:
    """Find the facts that a sentence is filled with."""
    return {part.split("}")[0] for part in sentence.split("{")[1:]}
