"""How a room speaks HTTP: strict JSON in, documented refusals out, one OpenAPI document of all of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask, Request
from flask_smorest import Api, Blueprint
from marshmallow import Schema, fields
from webargs.flaskparser import FlaskParser
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import BaseConverter

from backend.kit import body
from backend.kit import fields as house
from backend.kit.auth import NoHousehold, NotSignedIn, ScopeMissing, SignInUnfinished, View, mark
from backend.kit.errors import Busy, Invalid, Problem
from backend.kit.pace import TooOften, kind_of
from backend.kit.sheets import CONTENT_TYPE

_ABOUT = (
    "Book a pickup with one tap, agree on a weight, and see every point and gram in an append-only ledger. "
    "Times are RFC 3339 with an offset, ids are UUIDs, amounts are whole numbers with the unit in their "
    "name. Refusals are `application/problem+json` with a stable `code`. Every answer tells in `RateLimit` "
    "and `RateLimit-Policy` how often its caller may call its operation; `x-rate-limit` names the kind. "
    "A list that documents a spreadsheet answers with one, whole, to `Accept: ` and its media type."
)
_LICENSE = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "description": "One key for one intended effect: sent again, the first answer comes back"
    " with `Idempotent-Replayed: true`. Quoted or bare, 1 to 100 visible ASCII characters, kept for 30 days.",
    "required": True,
    "schema": {"type": "string", "pattern": r'^([!#-~]{1,100}|"[!#-~]{1,100}")$'},
    "example": '"0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11"',
}
_TAG_PARAMETER = {
    "name": "If-Match",
    "description": "The `ETag` of the state that is edited; 412 when somebody changed it since.",
    "required": True,
    "schema": {"type": "string", "minLength": 1},
    "example": '"9f86d081884c7d659a2feaa0c55ad015"',
}
_SESSION_PARAMETER = {
    "name": "Lv-Session",
    "description": "Sent by a page: the tokens then come as cookies that no script can read, and are empty in"
    " the body. Its value, 1 to 16 small letters, names the session; a browser may have several.",
    "required": False,
    "schema": {"type": "string", "pattern": "^[a-z]{1,16}$"},
    "example": "app",
}
_COOKIE_SCHEME = {
    "type": "apiKey",
    "in": "cookie",
    "name": "__Host-lv-access-app",
    "description": "For pages of the platform's own origin. `Lv-Session: app` at the sign-in asks for tokens"
    " as cookies: `HttpOnly`, `SameSite=Strict`, `Secure` but on loopback, where names have no prefix."
    " Every request that counts on them sends the same header, which pages of other origins cannot.",
}
_TAG_HEADER = {"description": "the state that is shown; an edit sends it back", "schema": {"type": "string"}}
_PACE_HEADERS = {
    "Retry-After": {"description": "seconds to wait", "schema": {"type": "integer", "minimum": 1}},
    "RateLimit-Policy": {
        "description": "how many calls (`q`) in how many seconds (`w`)",
        "schema": {"type": "string"},
        "example": '"read";q=600;w=60',
    },
    "RateLimit": {
        "description": "how many are left (`r`), and in how many seconds there are more (`t`)",
        "schema": {"type": "string"},
        "example": '"read";r=0;t=7',
    },
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


class _Parser(FlaskParser):
    """Strict about unknown fields everywhere, and about JSON."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        return body.read(req)


class Room(Blueprint):
    """A blueprint whose operations document their gate, their key and their refusals."""

    ARGUMENTS_PARSER = _Parser(unknown="raise")

    if TYPE_CHECKING:  # flask-smorest carries no types; these are the decorators that rooms use

        def get(self, rule: str) -> Callable[[View], View]: ...
        def post(self, rule: str) -> Callable[[View], View]: ...
        def put(self, rule: str) -> Callable[[View], View]: ...
        def delete(self, rule: str) -> Callable[[View], View]: ...
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

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register a view; its name, below the room's, is the operation's for good."""
        register = super().route(rule, **options)
        return lambda view: register(mark(view, operation=f"{self.name}_{view.__name__}"))

    def arguments(
        self, schema: type[Schema], *, location: str = "json", required: bool = True, example: Any = None
    ) -> Callable[[View], View]:
        """Hand a view what its schema lets through, from the body or the query."""
        options = {} if example is None else {"example": example}
        take = super().arguments(schema, location=location, required=required, **options)
        return lambda view: mark(take(view), takes_body=location == "json")


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
    example: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES[kind.status],
        "status": int(kind.status),
        "detail": kind.en,
        "code": kind.code,
        "request_id": "4f5c0d3f8a9b4c1d8e7f6a5b4c3d2e1f",
    }
    if kind is Invalid:
        example["errors"] = {"lines.0.gross_grams": ["Missing data for required field."]}
    return example


def _document(doc: dict[str, Any], doc_info: dict[str, Any], *, method: str, **_: Any) -> dict[str, Any]:
    """Write a view's notes into its operation: its gate, its key and everything it may refuse."""
    said = doc_info.get("notes", {})
    problems = list(said.get("refusals", ()))
    operation = {
        **doc,
        "operationId": said["operation"],
        "security": [{"token": []}, {"cookie": []}] if said.get("scope") else [],
        "x-rate-limit": kind_of(said, method.upper()),
    }
    if said.get("scope"):
        operation["x-scope"] = said["scope"]
        problems += [NotSignedIn, ScopeMissing, NoHousehold, SignInUnfinished]
    named = {"idempotent": "IDEMPOTENCY_KEY", "asks_session": "LV_SESSION", "edits": "IF_MATCH"}
    if asked := [header for note, header in named.items() if said.get(note)]:
        operation["parameters"] = [*doc.get("parameters", []), *asked]
    if method not in ("get", "head"):
        problems += [*body.PROBLEMS, Invalid]
    problems += [TooOften, Busy]
    responses = {str(int(status)): found for status, found in doc.get("responses", {}).items()}
    if said.get("tagged"):
        responses["200"] = {**responses["200"], "headers": {"ETag": _TAG_HEADER}}
    if said.get("table"):
        responses["200"]["content"][CONTENT_TYPE] = {"schema": {"type": "string", "format": "binary"}}
    if "422" in responses:
        problems.append(Invalid)
    responses |= _responses(list(dict.fromkeys(problems)))
    responses["429"]["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in _PACE_HEADERS}
    return {**operation, "responses": responses}


@dataclass(frozen=True)
class Event:
    """Something that subscribers are sent: what it is, what its body may say, and an example of that."""

    kind: str
    about: str
    body: type[Schema]
    example: dict[str, Any]


_SIGNED = {
    "webhook-id": "the same whenever the same event is sent again",
    "webhook-timestamp": "when this try was made, in seconds since 1970; refuse one older than five minutes",
    "webhook-signature": "one or more of `v1,` and base64 of HMAC-SHA-256, with blanks between",
}


def describe_events(api: "PlatformApi", events: Iterable[Event]) -> None:
    """Write what subscribers are sent into the document's `webhooks`."""
    headers = [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}, "description": about}
        for name, about in _SIGNED.items()
    ]
    answers = {
        "2XX": {"description": "taken"},
        "410": {"description": "gone: nothing is sent any more until a manager resumes it"},
        "default": {"description": "not taken; it is sent again later"},
    }
    # A tag of their own: some generators of clients let a tag's events overwrite its operations.
    api.spec.tag({"name": "events", "description": "What an operator's own systems are sent."})
    api.spec.options["webhooks"] = {
        event.kind: {
            "post": {
                "summary": event.about,
                "tags": ["events"],
                "parameters": headers,
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": api.ma_plugin.resolver.resolve_schema_dict(event.body),
                            "example": event.example,
                        }
                    },
                },
                "responses": answers,
            }
        }
        for event in events
    }


class DistrictCode(BaseConverter):
    """A district in an address, `<district:…>`; whatever is no code is nobody's address."""

    regex = "[0-9]{6}"


class PlatformApi(Api):
    """The whole API as one document; every answer that is not a success is a problem."""

    ERROR_SCHEMA = ProblemOut
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Leave errors to the kernel, which renders them all."""

    def _register_pagination_header(self) -> None:
        """Leave out a header that no answer has: a page says in its body what follows."""


def _default(converter: Any, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    """Say what holds when a field is left out; some generators of clients read a null as the word, or a
    rate, which is written as a text, as no number.
    """
    found: dict[str, Any] = converter.field2default(field)
    return {} if found.get("default") is None or isinstance(field, house.Rate) else found


def open_api(app: Flask) -> PlatformApi:
    """Begin the document that rooms write themselves into."""
    app.config.update(
        API_TITLE="Lvzhang 绿账",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={"info": {"description": _ABOUT, "license": _LICENSE}},
    )
    app.url_map.converters["district"] = DistrictCode
    api = PlatformApi(app)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.spec.components.security_scheme("cookie", _COOKIE_SCHEME)
    api.spec.components.parameter("LV_SESSION", "header", _SESSION_PARAMETER)
    api.spec.components.parameter("IDEMPOTENCY_KEY", "header", _KEY_PARAMETER)
    api.spec.components.parameter("IF_MATCH", "header", _TAG_PARAMETER)
    for name, header in _PACE_HEADERS.items():
        api.spec.components.header(name, header)
    api.register_converter(DistrictCode, lambda _: {"type": "string", "pattern": f"^{DistrictCode.regex}$"})
    api.register_field(house.Rate, "string", "decimal")
    converter = api.ma_plugin.converter
    converter.attribute_functions.remove(converter.field2default)
    converter.add_attribute_function(_default)
    return api
