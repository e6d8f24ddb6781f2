"""sqlmap finds nothing to inject into, in any parameter that the document names (OWASP API8, ASVS 5.0 1.2.4).

It is driven as a program against a server on this machine, with the world behind it: what a request does is
taken back, so every parameter is tried on what is there. What breaks a statement is answered with 500, which
fails too.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

import pytest
from flask import request
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.serving import WSGIRequestHandler, make_server

from backend.app import create_app
from backend.identity.rules import ROLES
from backend.kit import http
from backend.kit.auth import public
from backend.kit.clock import utc_now
from backend.kit.http import Platform, session
from tests.walls.calls import Operation, filled, operations
from tests.walls.test_matrix import ids_in
from tests.walls.world import HOME, World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from werkzeug.wsgi import ClosingIterator

AT_ONCE = 3
AN_ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SQLMAP = [
    str(Path(sys.executable).with_name("sqlmap")),
    *("--batch", "--disable-coloring", "--flush-session", "--ignore-code=*"),
    *("--dbms=PostgreSQL", "--technique=BE", "--level=1", "--risk=1", "--skip-waf", "--timeout=60"),
]
EXAMPLES = {"integer": "5", "number": "5", "boolean": "true"}

pytestmark = pytest.mark.long


class Quiet(WSGIRequestHandler):
    """Nobody reads a line for each of ten thousand requests."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


class Served:
    """The platform on a port of this machine, and what it answered.

    Two answers to one request are the same: time stands still, and new ids are hidden. What differs for other
    reasons looks to sqlmap as if a condition of its own had come true.
    """

    def __init__(self, app: Platform) -> None:
        self._app = app
        self.statuses: dict[str, set[int]] = {}
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=Quiet)
        self.host = f"127.0.0.1:{self._server.server_port}"

    def _answer(self, environ: "WSGIEnvironment", begin: "StartResponse") -> Any:
        def note(status: str, *more: Any) -> Any:
            self.statuses.setdefault(environ["PATH_INFO"], set()).add(int(status[:3]))
            return begin(status, *more)

        answer = self._app(environ, note)
        with closing(cast("ClosingIterator", answer)):
            return [AN_ID.sub(b"0" * 36, b"".join(answer))]

    def __enter__(self) -> "Served":
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def crashes(self) -> list[str]:
        """Tell what was answered with 500 or more."""
        return [path for path, statuses in self.statuses.items() if max(statuses) >= 500]


@pytest.fixture
def served(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server whose every request is taken back; it has two addresses more, which are open."""
    monkeypatch.setattr(http, "utc_now", partial(_same, utc_now()))
    app = create_app()
    app.add_url_rule("/v1/planted/<name>", view_func=public(_planted_read))
    app.add_url_rule("/v1/planted", view_func=public(_planted_write), methods=["POST"])
    for view in ("_planted_read", "_planted_write"):
        app.view_functions[view].__dict__["_apidoc"]["notes"]["takes_body"] = True
    with Served(app) as running:
        yield running


def _same(at: datetime) -> datetime:
    return at


def _planted_read(name: str) -> dict[str, Any]:
    return _looked_up(name)


def _planted_write() -> dict[str, Any]:
    return _looked_up(str(request.get_json()["name"]))


def _looked_up(name: str) -> dict[str, Any]:
    found = session().execute(text(f"select code from division where code = '{name}'".replace(":", "\\:")))  # noqa: S608
    return {"found": [row.code for row in found]}


def _marked(value: Any) -> str:
    """Write a body with a mark behind every value."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(name)}: {_marked(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_marked, value)) + "]"
    written = json.dumps(value, ensure_ascii=False)
    return f'{written[:-1]}*"' if isinstance(value, str) else f"{written}*"


def _example(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "string")
    return EXAMPLES.get(kind if isinstance(kind, str) else kind[0], "2026-11-16")


def _query(name: str, document: Mapping[str, Any], call: Mapping[str, str]) -> str:
    """Write the parameters of a query, each with a mark; what a call leaves out has an example."""
    (described,) = [
        operation
        for path in document["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict) and operation.get("operationId") == name
    ]
    named = [each for each in described.get("parameters", ()) if each.get("in") == "query"]
    examples = {each["name"]: str(each.get("example") or _example(each["schema"])) for each in named}
    return "&".join(f"{key}={value}*" for key, value in {**examples, **call}.items())


def _request(operation: Operation, world: World, host: str, document: Mapping[str, Any]) -> str:
    """Write down an operation as somebody sends it who may, with a mark behind every parameter."""
    scene = world.scenes[HOME][operation.call.stage]
    role = next((role for role, scopes in ROLES.items() if operation.scope in scopes), "resident")
    who = scene.people[role]
    ids = ids_in(scene, who)
    path = filled(re.sub(r"({\w+})", r"\1*", operation.address), ids)
    query = _query(operation.name, document, filled(operation.call.query, ids))
    body = _marked(filled(operation.call.body, ids)) if operation.call.body else ""
    headers = {
        "Host": host,
        "Authorization": f"Bearer {who.token}",
        "Idempotency-Key": f"sqlmap-{operation.name}",
        **({"Content-Type": "application/json", "Content-Length": "0"} if body else {}),
    }
    lines = [f"{operation.method} {path}{'?' + query if query else ''} HTTP/1.1"]
    return "\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", body])


def _try(written: str, folder: Path) -> str:
    """Let sqlmap try a request; return what it says."""
    folder.mkdir()
    (folder / "request").write_text(written)
    ended = subprocess.run(
        [*SQLMAP, "-r", str(folder / "request"), "--output-dir", str(folder / "out")],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    return ended.stdout


def _tested(said: str) -> int:
    return len(re.findall(r"testing for SQL injection on ", said))


def _injectable(said: str) -> bool:
    return "identified the following injection point" in said or "is vulnerable" in said


@pytest.mark.parametrize("writes", [False, True], ids=["of reading", "of writing"])
def test_no_documented_parameter_can_be_injected_into(
    served: Served, world: World, tmp_path: Path, writes: bool
):
    document = create_app().extensions["openapi"]
    written = {
        name: _request(operation, world, served.host, document)
        for name, operation in operations().items()
        if (operation.method != "GET") == writes
    }
    marks = {name: each.count("*") for name, each in written.items() if "*" in each}
    assert sum(marks.values()) > 75

    with ThreadPoolExecutor(AT_ONCE) as runs:
        told = runs.map(lambda name: _try(written[name], tmp_path / name), marks)
        said = dict(zip(marks, told, strict=True))

    assert {name: _tested(words) for name, words in said.items()} == marks
    assert [name for name, words in said.items() if _injectable(words)] == []
    assert served.crashes() == []


@pytest.mark.parametrize(
    "planted",
    [
        "GET /v1/planted/330110* HTTP/1.1\nHost: {host}\n\n",
        'POST /v1/planted HTTP/1.1\nHost: {host}\nContent-Type: application/json\n\n{{"name": "330110*"}}',
    ],
)
def test_what_is_planted_is_found(served: Served, tmp_path: Path, planted: str):
    assert _injectable(_try(planted.format(host=served.host), tmp_path / "planted"))
