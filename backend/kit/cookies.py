"""Sessions of browsers: tokens in cookies that no script can read, and a header that no other site can send.

A request that names its session in `Lv-Session` gets its tokens as cookies and is known by them. Without that
header a cookie is nothing, so a form or a picture on another site's page acts for nobody.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial, wraps
from http import HTTPStatus
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from flask import Response, after_this_request, request

from backend.kit.auth import View, mark, refuses
from backend.kit.errors import BadRequest

HEADER = "Lv-Session"
_NAME = re.compile(r"[a-z]{1,16}")
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SessionNameMalformed(BadRequest):
    """A page's session has a short name."""

    code = "session_name_malformed"
    zh = "Lv-Session 应为 1 到 16 个小写字母。"
    en = "Lv-Session must be 1 to 16 small letters."


class Tokens(Protocol):
    """A session as its owner gets it."""

    @property
    def access_token(self) -> str: ...
    @property
    def refresh_token(self) -> str: ...
    @property
    def access_expires_at(self) -> datetime: ...
    @property
    def refresh_expires_at(self) -> datetime: ...


HandedOut = TypeVar("HandedOut", bound=Tokens)


def access_token() -> str:
    """Return the access token of the browser's session that the request names; empty without one."""
    return _read(_access)


def refresh_token() -> str:
    """Return the refresh token of the browser's session that the request names; empty without one."""
    return _read(_refresh)


def in_browser(tokens: HandedOut) -> HandedOut:
    """Put tokens into cookies, and take them out of the body, if the request asks for that."""
    if not (name := _session()):
        return tokens
    _write(_access(name), tokens.access_token, tokens.access_expires_at)
    _write(_refresh(name), tokens.refresh_token, tokens.refresh_expires_at)
    return replace(tokens, access_token="", refresh_token="")  # type: ignore[type-var]  # nosec B106


def hands_out(view: View) -> View:
    """Let a view hand out tokens in the body or as cookies, as the request asks, and document it."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        return in_browser(view(*args, **kwargs))

    return asks(answer)  # type: ignore[return-value]  # it takes what the view takes


def asks(view: View) -> View:
    """Ask in which session a view is called, refuse what names none, and document it."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        if HEADER in request.headers and not _session():
            raise SessionNameMalformed
        return view(*args, **kwargs)

    return refuses(SessionNameMalformed)(mark(answer, asks_session=True))  # type: ignore[return-value]


def forget() -> None:
    """Take the cookies of the session that the request names out of the browser."""
    if name := _session():
        for cookie, path in (_access(name), _refresh(name)):
            _after_success(partial(_drop, cookie, path))


def _session() -> str | None:
    given = request.headers.get(HEADER, "")
    return given if _NAME.fullmatch(given) else None


def _is_secure() -> bool:
    """Tell whether cookies need TLS: everywhere but on a developer's own machine."""
    return urlsplit(request.host_url).hostname not in _LOOPBACK


def _access(name: str) -> tuple[str, str]:
    return f"{'__Host-' if _is_secure() else ''}lv-access-{name}", "/"


def _refresh(name: str) -> tuple[str, str]:
    """Say where the refresh token lies: it is sent nowhere but to where sessions begin and end."""
    return f"{'__Secure-' if _is_secure() else ''}lv-refresh-{name}", "/v1/sign-in"


def _read(kind: Callable[[str], tuple[str, str]]) -> str:
    name = _session()
    return request.cookies.get(kind(name)[0], "") if name else ""


def _write(place: tuple[str, str], token: str, until: datetime) -> None:
    cookie, path = place
    _after_success(
        lambda response: response.set_cookie(
            cookie, token, expires=until, path=path, secure=_is_secure(), httponly=True, samesite="Strict"
        )
    )


def _drop(cookie: str, path: str, response: Response) -> None:
    response.delete_cookie(cookie, path=path, secure=_is_secure(), httponly=True, samesite="Strict")


def _after_success(change: Callable[[Response], None]) -> None:
    """Change the answer once it is known that what it says was written."""

    @after_this_request
    def alter(response: Response) -> Response:
        if response.status_code < HTTPStatus.BAD_REQUEST:
            change(response)
        return response
