"""Whatever a client sends, it is answered with problem details and a code that does not change."""

import json
from io import RawIOBase
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.backend.kit import planted
from tests.backend.kit.conftest import Post, code, told

UNREADABLE = {
    "not JSON": b"{words}",
    "cut off": b'{"words": "a',
    "nothing but blanks": b"  ",
    "not UTF-8": b'{"words": "\xff"}',
    "UTF-16": '{"words": "a"}'.encode("utf-16"),
    "with a byte order mark": b'\xef\xbb\xbf{"words": "a"}',
    "two values": b"{}{}",
}
STRICT = {
    "NaN": (b'{"words": "a", "fen": NaN}', "number_out_of_range"),
    "Infinity": (b'{"words": "a", "fen": -Infinity}', "number_out_of_range"),
    "a number beyond a double": (b'{"words": "a", "fen": 1e400}', "number_out_of_range"),
    "a number of 5000 digits": (b'{"words": "a", "fen": ' + b"9" * 5000 + b"}", "number_out_of_range"),
    "a key twice": (b'{"words": "a", "words": "b"}', "key_twice"),
    "a key twice, deep inside": (b'{"words": "a", "lines": [{"grams": 1, "grams": 2}]}', "key_twice"),
    "201 fields": (json.dumps(dict.fromkeys(map(str, range(201)))).encode(), "too_many_fields"),
    "33 lists": (b"[" * 33 + b"]" * 33, "nested_too_deep"),
    "4000 lists": (b"[" * 4000 + b"]" * 4000, "nested_too_deep"),
    "a lone surrogate": (rb'{"words": "\ud800"}', "not_unicode"),
    "a lone surrogate in a key": (rb'{"words": "a", "\udfff": 1}', "not_unicode"),
}
"""What another reader might take, and take otherwise; each has a code of its own."""
UNFIT: dict[str, tuple[Any, dict[str, str]]] = {
    "a list": ([1], {"body": "Invalid input type."}),
    "a text": ("words", {"body": "Invalid input type."}),
    "null": (None, {"body": "Invalid input type."}),
    "an unknown field": ({"words": "a", "no": 1}, {"no": "Unknown field."}),
    "a missing field": ({}, {"words": "Missing data for required field."}),
    "NUL": ({"words": "a\0"}, {"words": "Not a valid string."}),
    "too long": ({"words": "a" * 41}, {"words": "Length must be between 1 and 40."}),
    "half a gram": ({"words": "a", "lines": [{"grams": 1.5}]}, {"lines.0.grams": "Not a valid integer."}),
    "true grams": ({"words": "a", "lines": [{"grams": True}]}, {"lines.0.grams": "Not a valid integer."}),
    "written grams": ({"words": "a", "lines": [{"grams": "1"}]}, {"lines.0.grams": "Not a valid integer."}),
    "an unknown field below": (
        {"words": "a", "lines": [{"grams": 1}, {"grams": 1, "no": 2}]},
        {"lines.1.no": "Unknown field."},
    ),
    "a line that is none": ({"words": "a", "lines": [7]}, {"lines.0": "Invalid input type."}),
    "lines that are none": ({"words": "a", "lines": {"0": 7}}, {"lines": "Not a valid list."}),
    "no id": ({"words": "a", "id": "7"}, {"id": "Not a valid UUID."}),
    "an id that is a number": ({"words": "a", "id": 7}, {"id": "Not a valid UUID."}),
    "a naive moment": (
        {"words": "a", "at": "2026-03-02T09:00:00"},
        {"at": "Not a valid aware datetime."},
    ),
    "an endless rate": (
        {"words": "a", "rate": "Infinity"},
        {"rate": "Special numeric values (nan or infinity) are not permitted."},
    ),
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("path", ["/v1/notes", "/v1/crashes"], ids=["takes a body", "takes none"])
def test_what_is_not_json_is_unreadable(post: Post, path: str, body: bytes):
    assert code(post(path, data=body, content_type="application/json")) == (400, "unreadable")
    assert planted.written() == []


@pytest.mark.parametrize(("body", "expected"), STRICT.values(), ids=STRICT)
@pytest.mark.parametrize("path", ["/v1/notes", "/v1/crashes"], ids=["takes a body", "takes none"])
def test_what_may_be_read_in_two_ways_has_its_own_code(post: Post, path: str, body: bytes, expected: str):
    assert code(post(path, data=body, content_type="application/json")) == (400, expected)
    assert planted.written() == []


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_another_content_type_is_not_taken(post: Post, kind: str):
    assert code(post("/v1/notes", data=b'{"words": "a"}', content_type=kind)) == (415, "not_json")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/merge-patch+json"])
def test_json_has_more_names_than_one(post: Post, kind: str):
    assert post("/v1/notes", data=b'{"words": "a"}', content_type=kind).status_code == 201


@pytest.mark.parametrize("path", ["/v1/notes", "/v1/crashes"])
def test_a_body_that_is_too_large_is_not_read(post: Post, path: str):
    body = json.dumps({"words": "a" * 10_000})

    assert code(post(path, data=body, content_type="application/json")) == (413, "body_too_large")


class Endless(RawIOBase):
    """A body that goes on and on."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        buffer[:] = b" " * len(buffer)
        self.taken += len(buffer)
        return len(buffer)


def test_a_body_whose_length_nobody_tells_is_read_no_further(post: Post):
    endless = Endless()
    environment = {"wsgi.input": endless, "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    answer = post("/v1/notes", content_type="application/json", environ_overrides=environment)

    assert code(answer) == (413, "body_too_large")
    assert endless.taken < 200_000


@pytest.mark.parametrize(("body", "errors"), UNFIT.values(), ids=UNFIT)
def test_a_body_that_does_not_fit_says_where(post: Post, body: Any, errors: dict[str, str]):
    answer = post(
        "/v1/notes",
        data=json.dumps(body),
        content_type="application/json",
        headers={"Accept-Language": "en"},
    )

    assert code(answer) == (422, "invalid")
    assert told(answer)["errors"] == {path: [sentence] for path, sentence in errors.items()}


@pytest.mark.parametrize("body", [{"words": "a"}, {"no": None}])
def test_a_view_that_takes_no_body_takes_none(post: Post, body: Any):
    answer = post("/v1/crashes", body)

    assert code(answer) == (422, "invalid")
    assert told(answer)["errors"] == {name: ["没有这个字段。"] for name in body}


@pytest.mark.parametrize("body", [[], ["a"], "a", 1])
def test_a_view_that_takes_no_body_takes_no_list_either(post: Post, body: Any):
    assert told(post("/v1/crashes", body))["errors"] == {"body": ["应为 JSON 对象。"]}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/none",
        "/v1/notes/",
        "//v1/notes",
        "/v1//notes",
        "/v1/refusals/",
        "/V1/notes",
        "/v1/%00",
        "/v1/refusals/%00",
    ],
)
def test_an_address_that_is_not_ours_is_not_found(post: Post, path: str):
    assert code(post(path)) == (404, "not_found")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_another_method_is_told_which_it_may_be(visitor: FlaskClient, method: str):
    answer = visitor.open("/v1/notes", method=method)

    assert code(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_options_are_told_without_a_question(visitor: FlaskClient):
    answer = visitor.options("/v1/crashes")

    assert (answer.status_code, answer.text) == (200, "")
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_the_head_of_a_refusal_has_no_body(visitor: FlaskClient):
    answer = visitor.head("/v1/none")

    assert (answer.status_code, answer.text) == (404, "")
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("host", ["", "a b", "a/b", "[::1", "a" * 300, "例子"])
def test_a_strange_host_changes_nothing(visitor: FlaskClient, host: str):
    answer = visitor.get("/v1/none", headers={"Host": host})

    assert answer.status_code in (400, 404)
    told(answer)


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer  ", "Basic YWxpY2U6", "alice", "Bearer \xff", "bearer\talice"],
)
def test_without_a_token_there_is_nobody(visitor: FlaskClient, authorization: str | None):
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = visitor.post("/v1/notes", headers=headers, json={"words": "a"})

    assert code(answer) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_every_answer_has_an_id_and_nobody_stores_it(visitor: FlaskClient, post: Post):
    answers = [post("/v1/notes", {"words": "a"}), post("/v1/none"), visitor.options("/v1/notes")]

    assert len({answer.headers["X-Request-Id"] for answer in answers}) == 3
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Vary"] == "Accept-Language, Authorization"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers


def test_a_wait_is_told_in_seconds(post: Post):
    assert post("/v1/refusals/away").headers["Retry-After"] == "2"


@pytest.mark.parametrize(
    ("accepted", "detail", "error"),
    [
        (None, "内容不符合要求，见 errors。", "此项必填。"),
        ("zh-CN", "内容不符合要求，见 errors。", "此项必填。"),
        ("zh-TW", "内容不符合要求，见 errors。", "此项必填。"),
        ("*", "内容不符合要求，见 errors。", "此项必填。"),
        ("en;q=0, fr", "内容不符合要求，见 errors。", "此项必填。"),
        ("fr, en;q=0.1", "The content does not fit; see errors.", "Missing data for required field."),
        ("fr", "内容不符合要求，见 errors。", "此项必填。"),
        ("en", "The content does not fit; see errors.", "Missing data for required field."),
        ("en-GB,zh;q=0.5", "The content does not fit; see errors.", "Missing data for required field."),
        ("zh;q=0.9,en;q=0.8", "内容不符合要求，见 errors。", "此项必填。"),
        (";;q=x,,", "内容不符合要求，见 errors。", "此项必填。"),
    ],
)
def test_a_refusal_speaks_the_language_of_the_client(
    post: Post, accepted: str | None, detail: str, error: str
):
    problem = told(post("/v1/notes", headers={"Accept-Language": accepted} if accepted else {}))

    assert problem["detail"] == detail
    assert problem["errors"] == {"words": [error]}


def test_a_refusal_fills_in_its_facts(post: Post):
    assert told(post("/v1/refusals/full"))["detail"] == "满了：0。"


anything = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(max_size=40),
    lambda inner: (
        some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=20), inner, max_size=4)
    ),
    max_leaves=8,
)
fields = some.sampled_from(["words", "id", "fen", "rate", "at", "lines", "grams"])


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=60,
)
@given(some.dictionaries(fields, anything | some.lists(some.dictionaries(fields, anything), max_size=4)))
def test_no_json_whatever_crashes_a_view(post: Post, body: dict[str, Any]):
    answer = post("/v1/notes", data=json.dumps(body), content_type="application/json")

    assert answer.status_code == 201 or code(answer) == (422, "invalid")


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=150,
)
@given(some.binary(max_size=60))
def test_no_bytes_whatever_crash_a_view(post: Post, body: bytes):
    answer = post("/v1/notes", data=body, content_type="application/json")

    assert answer.status_code in (400, 422)
    told(answer)
