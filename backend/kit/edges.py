"""What stands around every answer: who may embed, read and cache it, and whose word counts on its origin."""

import re
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from uuid import uuid4

from flask import Request, Response

from backend.settings import settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_ONE_YEAR = 365 * 86_400

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_UNLESS_SAID = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_FOR_BROWSERS_ELSEWHERE = {
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match",
    "Access-Control-Max-Age": "600",
}
_READABLE = "ETag, Idempotent-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"


def guard(request: Request, response: Response) -> None:
    """Write what a browser must know into an answer; a page may have said its own policy before."""
    response.headers.update(_ALWAYS)
    for name, value in _UNLESS_SAID.items():
        response.headers.setdefault(name, value)
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        response.headers.setdefault("Cache-Control", "no-store")  # what is not there now may be there soon
    if settings().environment == "production":
        response.headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR}; includeSubDomains"
    if request.path.startswith("/v1/"):
        response.headers["Cache-Control"] = "no-store"
        response.headers["Vary"] = "Accept-Language, Authorization"
        _share(request, response)


def _share(request: Request, response: Response) -> None:
    """Let the pages of the origins that the settings name read an answer; no cookie is taken from there."""
    allowed = settings().allowed_origins
    if not allowed:
        return
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin not in allowed:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = _READABLE
    if request.method == "OPTIONS":
        response.headers.update(_FOR_BROWSERS_ELSEWHERE)


def request_id(request: Request) -> str:
    """Take the id that a trusted proxy gave the request, or make one."""
    given = request.headers.get("X-Request-Id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


@lru_cache
def _is_trusted(address: str, networks: tuple[str, ...]) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in ip_network(network) for network in networks)


def _address_in(hop: str) -> str | None:
    """Read the address that a proxy tells, with the port beside it or without."""
    for written in (hop, hop.rpartition(":")[0].strip("[]")):
        try:
            return str(ip_address(written))
        except ValueError:
            continue
    return None


def behind_proxies(app: "WSGIApplication") -> "WSGIApplication":
    """Believe what a trusted proxy says of a request: its id, and the address it came from.

    From anybody else these headers are nothing, and are taken away before anybody reads them. Where a proxy
    tells no address, its own stands.
    """

    def pass_on(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        trusted = settings().trusted_proxies
        hops = [hop.strip() for hop in environ.pop("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if not _is_trusted(environ.get("REMOTE_ADDR", ""), trusted):
            environ.pop("HTTP_X_REQUEST_ID", None)
            return app(environ, start)
        while hops and _is_trusted(environ["REMOTE_ADDR"], trusted):
            if (told := _address_in(hops.pop())) is None:
                break
            environ["REMOTE_ADDR"] = told
        return app(environ, start)

    return pass_on


def route_of(request: Request) -> str:
    """Return the rule that a request matched, which holds nobody's id."""
    return request.url_rule.rule if request.url_rule else "none"
