"""Nothing that stands in an address crashes: paths, queries, cursors."""

import base64
import json
from functools import cache
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from backend.documents import written
from backend.kit.ids import new_id

pytestmark = pytest.mark.long

NASTY = [
    "\0",
    "%ff",
    "330110,330106",
    "٣٣٠١١٠",
    "330110 ",
    "'",
    "%",
    "a" * 500,
    "-1",
    "0",
    "1e3",
    "9" * 40,
    "true",
    "0001-01-01",
    "9999-12-31",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-11-16T12:00:00Z",
    "2026-11-16T12:00:00",
]


def cursor(*key: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


CURSORS = [
    "",
    "=",
    "a",
    "é",
    "bnVsbA",
    cursor(),
    cursor("a"),
    cursor("a", "b"),
    cursor("\0"),
    cursor("\ud800"),
    cursor(None, None),
    cursor({"a": 1}, []),
    cursor("9" * 30, str(new_id())),
    cursor("0001-01-01T00:00:00+14:00", str(new_id())),
    cursor("9999-12-31T23:59:59-14:00", str(new_id())),
    cursor("2026-11-16T12:00:00", str(new_id())),
    cursor("NaN", "Infinity"),
    cursor(1, str(new_id())),
    cursor("1e400", str(new_id())),
    base64.urlsafe_b64encode(b"[" * 5000).decode(),
]


@cache
def reads() -> list[tuple[str, list[str], list[str]]]:
    """List the operations that read, with the names in their path and in their query."""
    document = json.loads(written()["openapi.json"])
    return [
        (
            path,
            [each["name"] for each in item.get("parameters", ())],
            [each["name"] for each in item["get"].get("parameters", ()) if each.get("in") == "query"],
        )
        for path, item in document["paths"].items()
        if "get" in item
    ]


EACH = pytest.mark.parametrize(
    ("path", "in_path", "in_query"), [pytest.param(*each, id=each[0]) for each in reads()]
)


def filled(path: str, names: list[str], value: str) -> str:
    for name in names:
        path = path.replace(f"{{{name}}}", value)
    return path


@EACH
def test_no_address_crashes(everybody: FlaskClient, path: str, in_path: list[str], in_query: list[str]):
    for value in NASTY:
        if in_path:
            answer = everybody.get(filled(path, in_path, quote(value)))
            assert answer.status_code in (400, 404), value
        fine = filled(path, in_path, "330110" if "district" in in_path else str(new_id()))
        for name in in_query:
            for asked in CURSORS if name == "cursor" else [value]:
                answer = everybody.get(fine, query_string={name: asked})
                assert answer.status_code < 500, (name, asked)


@EACH
def test_an_unknown_question_is_refused(
    everybody: FlaskClient, path: str, in_path: list[str], in_query: list[str]
):
    fine = filled(path, in_path, "330110" if "district" in in_path else str(new_id()))
    answer = everybody.get(f"{fine}?nobody_knows_me=1")

    assert answer.status_code == 422 or not in_query
