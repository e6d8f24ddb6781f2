"""One request, one transaction. The commit stands here, before the answer leaves and after nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from time import perf_counter
from typing import Any

import structlog
from flask import Flask, Response, g, json, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as MethodNotAllowedByRoute
from werkzeug.http import HTTP_STATUS_CODES

from backend.kit import body, cookies, idempotency, metrics, pace, trail
from backend.kit.auth import Actor, NotSignedIn, Origin, notes, refusal_for
from backend.kit.clock import utc_now
from backend.kit.db import commit, is_busy, keep, open_session, undo
from backend.kit.edges import behind_proxies, guard, request_id, route_of
from backend.kit.errors import (
    BodyTooLarge,
    Busy,
    Crash,
    Invalid,
    MethodNotAllowed,
    NoSuchAddress,
    NotJson,
    Problem,
    Unreadable,
)
from backend.kit.sentences import in_language
from backend.settings import settings

log = structlog.get_logger()

Authenticate = Callable[[Session, str, datetime], Actor]

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NETWORK_BITS = {4: 24, 6: 48}
_DEVICE_LENGTH = 120
_OF_STATE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT})
"""Refusals that are remembered under a key: a late retry must not suddenly succeed."""


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
    """Return the client's language, `zh-CN` or `en`: the one of ours that it likes best."""
    for tag, quality in request.accept_languages:
        primary = tag.partition("-")[0].lower()
        if quality and primary in ("zh", "en"):
            return "en" if primary == "en" else "zh-CN"
    return "zh-CN"


def address() -> str:
    """Return where the current request came from, as far as the proxies that we trust can tell."""
    return request.remote_addr or ""


def _origin() -> Origin:
    """Say where the request comes from: the network without its host, and what the client calls itself."""
    return Origin(_network(address()), request.user_agent.string[:_DEVICE_LENGTH], g.request_id)


def _network(host: str) -> str:
    """Cut an address down to its network; nothing where the server knows none, as behind a local socket."""
    return str(ip_network(f"{host}/{_NETWORK_BITS[ip_address(host).version]}", strict=False)) if host else ""


class Platform(Flask):
    """A Flask whose every request is one transaction."""

    authenticate: Authenticate
    """Finds the actor of an access token; handed over by the application, as the kit knows no room."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Answer the matched view inside one transaction."""
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        if "\0" in request.path:  # which no text of the database may hold
            raise NoSuchAddress
        rule = request.url_rule
        assert rule is not None
        if request.method == "OPTIONS" and getattr(rule, "provide_automatic_options", False):
            return self.make_default_options_response()
        return self._turn(self.view_functions[rule.endpoint])

    def _turn(self, view: Callable[..., Any]) -> Response:
        said = notes(view)
        with open_session(read_only=request.method in _SAFE) as db:
            g.session, g.at = db, utc_now()
            if (scope := said["scope"]) is None:
                _count(said, pace.line_of(address()))
            else:
                g.actor = self._admit(db, said, scope)
            if request.method not in _SAFE and not said.get("takes_body"):
                _no_body()
            response = self._work(db, view, said)
            commit(db)
        return response

    def _admit(self, db: Session, said: dict[str, Any], scope: str) -> Actor:
        try:
            who = self._known(db)
        except NotSignedIn:
            _count(said, pace.line_of(address()))
            raise
        _count(said, str(who.id))
        if scope not in who.scopes:
            raise refusal_for(who)
        return replace(who, origin=_origin()) if who.on_trail else who

    def _known(self, db: Session) -> Actor:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            token = cookies.access_token()
        elif scheme.lower() != "bearer":
            raise NotSignedIn
        if not token:
            raise NotSignedIn
        return self.authenticate(db, token.strip(), g.at)

    def _work(self, db: Session, view: Callable[..., Any], said: dict[str, Any]) -> Response:
        held = _wanted() if said.get("idempotent") else None
        if held and (before := idempotency.claim(db, held)):
            return _replayed(before)
        leaves_trace = any(kind.leaves_trace for kind in said.get("refusals", ()))
        if leaves_trace and not held:
            keep(db)
        try:
            response = self.make_response(view(**(request.view_args or {})))
            if request.method not in _SAFE and said["scope"] is not None:
                trail.note_request(db, said["operation"], request.path, by=g.actor, at=g.at)
            db.flush()
        except Problem as refusal:
            remembered = held is not None and refusal.status in _OF_STATE
            if not (refusal.leaves_trace or remembered):
                raise
            response = _undone(db, refusal)
            held = held if remembered else None
        if held:
            idempotency.record(db, held, _remembered(response), at=g.at)
        return response


def _count(said: dict[str, Any], caller: str) -> None:
    """Count a call of an operation; what is none, as a page, is not counted."""
    if "operation" in said:
        kind = pace.kind_of(said, request.method)
        g.standing = pace.count(kind, route=said["operation"], caller=caller)
        g.standing.check(or_else=said.get("unless_counted"))


def _undone(db: Session, refusal: Problem) -> Response:
    """Take the work back to its beginning, or to where it said `keep`, and write the trace of the refusal."""
    undo(db)
    refusal.trace(db)
    return problem(refusal)


def _wanted() -> idempotency.Claim:
    key = idempotency.read_key(request.headers.get("Idempotency-Key"))
    content = idempotency.fingerprint_of(request.method, request.path, body.read(request))
    return idempotency.Claim(g.actor, key, content)


def _no_body() -> None:
    """Refuse what a view that takes no body would leave unread."""
    found = body.read(request)
    if not isinstance(found, dict):
        raise Invalid({"body": ["Invalid input type."]})
    if found:
        raise Invalid({name: ["Unknown field."] for name in found})


def _remembered(response: Response) -> idempotency.Answer:
    headers = {name: response.headers[name] for name in ("Location", "ETag") if name in response.headers}
    body = response.get_data(as_text=True)
    return idempotency.Answer(response.status_code, body, response.content_type or "", headers)


def _replayed(answer: idempotency.Answer) -> Response:
    response = Response(answer.body, answer.status, answer.headers, content_type=answer.media_type)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def problem(refusal: Problem) -> Response:
    """Render a refusal as problem details (RFC 9457)."""
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES[refusal.status],
        "status": int(refusal.status),
        "detail": refusal.sentence(language()),
        "code": refusal.code,
        "request_id": g.request_id,
    }
    if isinstance(refusal, Invalid):
        told["errors"] = {
            path: [in_language(sentence, language()) for sentence in sentences]
            for path, sentences in refusal.errors.items()
        }
    response = Response(json.dumps(told), refusal.status, content_type="application/problem+json")
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


_OF_STATUS: dict[int, type[Problem]] = {
    int(kind.status): kind
    for kind in (Unreadable, NoSuchAddress, MethodNotAllowed, BodyTooLarge, NotJson, Crash)
}


def _http_problem(error: HTTPException) -> Response:
    """Render what Flask and its libraries raise."""
    if error.code == HTTPStatus.UNPROCESSABLE_ENTITY:
        # webargs puts what was said of each field below the place that it read.
        (messages,) = error.data["messages"].values()  # type: ignore[attr-defined]  # webargs hangs it on
        return problem(Invalid(dict(_by_path(messages))))
    response = problem(_OF_STATUS.get(error.code or 500, Unreadable)())
    if isinstance(error, MethodNotAllowedByRoute) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _by_path(messages: dict[Any, Any] | list[str], path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Flatten nested messages to field paths such as `lines.0.gross_grams`; the whole body is `body`."""
    if isinstance(messages, list):
        yield path or "body", messages
        return
    for name, found in messages.items():
        yield from _by_path(found, path if name == "_schema" else f"{path}.{name}".strip("."))


def _crash(error: Exception) -> Response:
    """Answer a crash: nothing was written, and the log knows why."""
    if is_busy(error):
        log.warning("busy", error=type(getattr(error, "orig", error)).__name__)
        return problem(Busy(retry_after=1))
    log.error("crash", exc_info=error)
    return problem(Crash())


def _begin() -> None:
    g.begun = perf_counter()
    g.request_id = request_id(request)
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    if "standing" in g:
        response.headers.update(g.standing.headers())
    guard(request, response)
    _note(response)
    structlog.contextvars.clear_contextvars()
    return response


def _note(response: Response) -> None:
    """Leave what may be known of every answer: no address with an id in it, no query, no body."""
    seconds = perf_counter() - g.begun
    said: Any = {"method": request.method, "route": route_of(request), "status": response.status_code}
    metrics.count(**said, seconds=seconds)
    if settings().log_requests:
        who = str(g.actor.id) if "actor" in g else None
        log.info("answered", **said, ms=round(seconds * 1000, 1), actor=who)


def prepare(app: Platform) -> None:
    """Give an application its request ids and its one way to render errors."""
    app.wsgi_app = behind_proxies(app.wsgi_app)  # type: ignore[assignment,method-assign]  # Flask says to
    app.url_map.merge_slashes = False  # what is not our address is not found, rather than moved
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
