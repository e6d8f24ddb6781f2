"""How a room speaks HTTP: strict JSON in, documented refusals out, one OpenAPI document of all of it."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Flask, Request
from flask_smorest import Api, Blueprint
from marshmallow import Schema, fields
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest as UnreadableBody
from werkzeug.exceptions import UnsupportedMediaType

from backend.kit import fields as house
from backend.kit.auth import NoHousehold, NotSignedIn, ScopeMissing, View
from backend.kit.errors import BodyTooLarge, Invalid, NotJson, Problem, Unreadable

_DEEPEST = 32
_ABOUT = (
    "Book a pickup with one tap, agree on a weight, and see every point and gram in an append-only ledger. "
    "Times are RFC 3339 with an offset, ids are UUIDs, amounts are whole numbers with the unit in their "
    "name. Refusals are `application/problem+json` with a stable `code`."
)
_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "description": "One key for one intended effect: sent again, the first answer comes back"
    " with `Idempotent-Replayed: true`. Quoted or bare, 1 to 100 visible ASCII characters, kept for 30 days.",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 102},
    "example": '"0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11"',
}


class ProblemOut(Schema):
    """Problem details (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "one sentence in the client's language"})
    code = fields.String(required=True, metadata={"description": "stable; see the list of errors"})
    request_id = fields.String(required=True)
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "sentences by field path, such as `lines.0.gross_grams`"},
    )


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _depth(value: Any) -> int:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, children), default=0)


def read_json(body: bytes) -> Any:
    """Read JSON as RFC 8259 has it: UTF-8, no NaN, no key twice, not too deep.

    :raises ValueError: it is not
    """
    value = json.loads(body.decode(), parse_constant=_no_constant, object_pairs_hook=_no_twins)
    if _depth(value) > _DEEPEST:
        raise ValueError("nested too deep")
    return value


class _Parser(FlaskParser):
    """Strict about unknown fields everywhere, and about JSON."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        body = req.get_data(cache=True)
        if not body:
            return {}
        if not req.is_json:
            raise UnsupportedMediaType
        try:
            return read_json(body)
        except (ValueError, RecursionError):
            raise UnreadableBody from None


class Room(Blueprint):
    """A blueprint whose operations document their gate, their key and their refusals."""

    ARGUMENTS_PARSER = _Parser(unknown="raise")

    if TYPE_CHECKING:  # flask-smorest carries no types; these are the decorators that rooms use

        def get(self, rule: str) -> Callable[[View], View]: ...
        def post(self, rule: str) -> Callable[[View], View]: ...
        def put(self, rule: str) -> Callable[[View], View]: ...
        def delete(self, rule: str) -> Callable[[View], View]: ...
        def arguments(
            self, schema: type[Schema], *, location: str = "json", required: bool = True, example: Any = None
        ) -> Callable[[View], View]: ...
        def response(
            self,
            status_code: int,
            schema: type[Schema] | dict[str, Any] | None = None,
            *,
            content_type: str | None = None,
            example: Any = None,
        ) -> Callable[[View], View]: ...

    def __init__(self, name: str, import_name: str, *, url_prefix: str = "/v1", description: str) -> None:
        super().__init__(name, import_name, url_prefix=url_prefix, description=description)
        self._prepare_doc_cbks.append(_document)


def _responses(problems: list[type[Problem]]) -> dict[str, Any]:
    """Document refusals, grouped by their status."""
    responses: dict[str, Any] = {}
    for kind in problems:
        status = str(int(kind.status))
        response = responses.setdefault(status, {"description": "", "content": {}})
        response["description"] += f"`{kind.code}`: {kind.en}\n\n"
        content = response["content"].setdefault(
            "application/problem+json", {"schema": ProblemOut, "examples": {}}
        )
        content["examples"][kind.code] = {"value": example_of(kind)}
    return responses


def example_of(kind: type[Problem]) -> dict[str, Any]:
    """Show what a refusal looks like on the wire."""
    return {
        "type": "about:blank",
        "title": kind.status.phrase,
        "status": int(kind.status),
        "detail": kind.en,
        "code": kind.code,
        "request_id": "4f5c0d3f8a9b4c1d8e7f6a5b4c3d2e1f",
    }


def _document(doc: dict[str, Any], doc_info: dict[str, Any], *, method: str, **_: Any) -> dict[str, Any]:
    """Write a view's notes into its operation: its gate, its key and everything it may refuse."""
    said = doc_info.get("notes", {})
    problems = list(said.get("refusals", ()))
    operation = {**doc, "security": [{"token": []}] if said.get("scope") else []}
    if said.get("scope"):
        operation["x-scope"] = said["scope"]
        problems += [NotSignedIn, ScopeMissing, NoHousehold]
    if said.get("idempotent"):
        operation["parameters"] = [*doc.get("parameters", []), "IDEMPOTENCY_KEY"]
    if "requestBody" in doc:
        problems += [Unreadable, BodyTooLarge, NotJson]
    responses = {str(int(status)): found for status, found in doc.get("responses", {}).items()}
    if "422" in responses:
        problems.append(Invalid)
    return {**operation, "responses": responses | _responses(list(dict.fromkeys(problems)))}


class PlatformApi(Api):
    """The whole API as one document; every answer that is not a success is a problem."""

    ERROR_SCHEMA = ProblemOut
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave errors to the kernel, which renders them all."""


def open_api(app: Flask) -> PlatformApi:
    """Begin the document that rooms write themselves into."""
    app.config.update(
        API_TITLE="Lvzhang 绿账",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={"info": {"description": _ABOUT, "license": {"name": "Apache-2.0"}}},
    )
    api = PlatformApi(app)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.spec.components.parameter("IDEMPOTENCY_KEY", "header", _KEY_PARAMETER)
    api.register_field(house.Rate, "string", "decimal")
    return api
