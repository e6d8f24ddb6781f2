"""One request, one transaction. The commit stands here, before the answer leaves and after nothing else."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, Response, g, json, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as MethodNotAllowedByRoute

from backend.kit import idempotency
from backend.kit.auth import Actor, NoHousehold, NotSignedIn, ScopeMissing, notes
from backend.kit.clock import utc_now
from backend.kit.db import commit, keep, open_session, undo
from backend.kit.errors import (
    BodyTooLarge,
    Crash,
    Invalid,
    MethodNotAllowed,
    NoSuchAddress,
    NotJson,
    Problem,
    Unreadable,
)

log = structlog.get_logger()

Authenticate = Callable[[Session, str, datetime], Actor]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_UNREMEMBERED = frozenset({401, 403, 422, 429})


def session() -> Session:
    """Return the transaction of the current request."""
    found: Session = g.session
    return found


def actor() -> Actor:
    """Return who is asking."""
    found: Actor = g.actor
    return found


def now() -> datetime:
    """Return the moment at which the current request is judged."""
    moment: datetime = g.at
    return moment


def language() -> str:
    """Return the client's language, `zh-CN` or `en`."""
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], "zh-CN")
    return "en" if best == "en" else "zh-CN"


class Platform(Flask):
    """A Flask whose every request is one transaction."""

    authenticate: Authenticate
    """Finds the actor of an access token; handed over by the application, as the kit knows no room."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Answer the matched view inside one transaction."""
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        rule = request.url_rule
        assert rule is not None
        if request.method == "OPTIONS" and getattr(rule, "provide_automatic_options", False):
            return self.make_default_options_response()
        return self._turn(self.view_functions[rule.endpoint])

    def _turn(self, view: Callable[..., Any]) -> Response:
        said = notes(view)
        with open_session(read_only=request.method in _SAFE) as db:
            g.session, g.at = db, utc_now()
            if (scope := said["scope"]) is not None:
                g.actor = self._admit(db, scope)
            response = self._work(db, view, said)
            commit(db)
        return response

    def _admit(self, db: Session, scope: str) -> Actor:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn
        who = self.authenticate(db, token.strip(), g.at)
        if scope not in who.scopes:
            raise ScopeMissing if who.district else NoHousehold
        return who

    def _work(self, db: Session, view: Callable[..., Any], said: dict[str, Any]) -> Response:
        held = _wanted() if said.get("idempotent") else None
        if held and (before := idempotency.claim(db, held)):
            return _replayed(before)
        leaves_trace = any(kind.leaves_trace for kind in said.get("refusals", ()))
        if held or leaves_trace:
            keep(db)
        try:
            response = self.make_response(view(**(request.view_args or {})))
            db.flush()
        except Problem as refusal:
            if not (refusal.leaves_trace or (held and refusal.status not in _UNREMEMBERED)):
                raise
            response = _undone(db, refusal)
        if held:
            idempotency.record(db, held, _remembered(response), at=g.at)
        return response


def _undone(db: Session, refusal: Problem) -> Response:
    """Take the work back to its beginning, or to where it said `keep`, and write the trace of the refusal."""
    undo(db)
    refusal.trace(db)
    return problem(refusal)


def _wanted() -> idempotency.Claim:
    key = idempotency.read_key(request.headers.get("Idempotency-Key"))
    body = request.get_json(silent=True) if request.content_length else {}
    return idempotency.Claim(g.actor, key, idempotency.fingerprint_of(request.method, request.path, body))


def _remembered(response: Response) -> idempotency.Answer:
    headers = {name: response.headers[name] for name in ("Location", "ETag") if name in response.headers}
    body = response.get_data(as_text=True)
    return idempotency.Answer(response.status_code, body, response.content_type or "", headers)


def _replayed(answer: idempotency.Answer) -> Response:
    response = Response(answer.body, answer.status, answer.headers, content_type=answer.media_type)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def problem(refusal: Problem, **members: object) -> Response:
    """Render a refusal as problem details (RFC 9457)."""
    body = {
        "type": "about:blank",
        "title": refusal.status.phrase,
        "status": int(refusal.status),
        "detail": refusal.sentence(language()),
        "code": refusal.code,
        "request_id": g.request_id,
        **members,
    }
    response = Response(json.dumps(body), refusal.status, content_type="application/problem+json")
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


_OF_STATUS: dict[int, type[Problem]] = {
    int(kind.status): kind
    for kind in (Unreadable, NoSuchAddress, MethodNotAllowed, BodyTooLarge, NotJson, Invalid, Crash)
}


def _http_problem(error: HTTPException) -> Response:
    """Render what Flask and its libraries raise."""
    kind = _OF_STATUS.get(error.code or 500, Unreadable)
    messages = getattr(error, "data", {}).get("messages")
    response = problem(kind(), **({"errors": dict(_flat(messages))} if messages else {}))
    if isinstance(error, MethodNotAllowedByRoute) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _flat(messages: dict[str, Any], path: str = "") -> list[tuple[str, list[str]]]:
    """Flatten nested messages to field paths such as `lines.0.gross_grams`."""
    rows: list[tuple[str, list[str]]] = []
    for name, found in messages.items():
        here = path if not path and name in ("json", "query", "json_or_form") else f"{path}.{name}".strip(".")
        if isinstance(found, dict):
            rows += _flat(found, here)
        else:
            rows.append((here or "body", [str(sentence) for sentence in found]))
    return rows


def _crash(error: Exception) -> Response:
    """Answer a crash: nothing was written, and the log knows why."""
    log.error("crash", exc_info=error)
    return problem(Crash())


def _begin() -> None:
    g.request_id = uuid4().hex
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.path.startswith("/v1/"):
        response.headers["Cache-Control"] = "no-store"
        response.headers["Vary"] = "Accept-Language, Authorization"
    structlog.contextvars.clear_contextvars()
    return response


def prepare(app: Platform) -> None:
    """Give an application its request ids and its one way to render errors."""
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(Problem, problem)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _crash)


def check_gates(app: Platform) -> None:
    """Refuse to start with a view that does not say who may call it."""
    for rule in app.url_map.iter_rules():
        if "scope" not in notes(app.view_functions[rule.endpoint]):
            raise RuntimeError(f"{rule.endpoint} says neither @requires(...) nor @public")
