"""Edited resources: whoever writes says which state they saw, and nobody writes over another's change.

A tag digests what is shown, so it needs no column, and an edit that is taken back has the old tag again.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import request

from backend.kit.auth import View, mark, refuses
from backend.kit.errors import Problem

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class IfMatchMissing(Problem):
    """An edit must say which state it changes."""

    status = HTTPStatus.PRECONDITION_REQUIRED
    code = "if_match_missing"
    zh = "修改时需要带上 If-Match 请求头，值为读取时得到的 ETag。"
    en = "An edit needs an If-Match header with the ETag that you read."


class ChangedMeanwhile(Problem):
    """Somebody changed it since the caller read it."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = "changed_meanwhile"
    zh = "内容已被他人修改，请重新读取后再改。"
    en = "It was changed since you read it; read it again."


def tag_of(shown: "DataclassInstance") -> str:
    """Return the strong tag of a state."""
    state = json.dumps(asdict(shown), sort_keys=True, default=str, separators=(",", ":"))
    return f'"{sha256(state.encode()).hexdigest()[:32]}"'


def tagged(view: View) -> View:
    """Put the tag of what a view returns into its answer's `ETag`."""

    @wraps(view)
    def answer(*args: Any, **kwargs: Any) -> Any:
        shown = view(*args, **kwargs)
        return shown, {"ETag": tag_of(shown)}

    return mark(answer, tagged=True)  # type: ignore[return-value]  # it takes what the view takes


def edits(view: View) -> View:
    """Demand an `If-Match`, and document it."""
    return refuses(IfMatchMissing, ChangedMeanwhile)(mark(view, edits=True))


def expected() -> Callable[["DataclassInstance"], None]:
    """Return the check that the state found under its lock is one the caller has seen.

    :raises IfMatchMissing: the request does not say which
    """
    if "If-Match" not in request.headers:
        raise IfMatchMissing
    seen = request.if_match

    def check(found: "DataclassInstance") -> None:
        if not seen.contains(tag_of(found).strip('"')):
            raise ChangedMeanwhile

    return check
