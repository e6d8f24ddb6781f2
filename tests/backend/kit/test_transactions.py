"""One request, one transaction: what is written, what is taken back, and what the client is told of it."""

from collections.abc import Iterator

import psycopg
import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from backend.kit.auth import public
from backend.kit.http import Platform, check_gates
from backend.local.roles import Database
from tests.backend.kit import planted
from tests.backend.kit.conftest import Post, code

FAILS_AT_COMMIT = """
create function no_more() returns trigger language plpgsql as $$
begin raise exception 'not at this hour' using errcode = 'check_violation'; end $$;
create constraint trigger no_more after insert on outbox deferrable initially deferred
for each row execute function no_more()
"""


@pytest.fixture
def commits_fail(emptied: Database) -> Iterator[None]:
    with psycopg.connect(emptied.owner_url, autocommit=True) as owner:
        owner.execute(FAILS_AT_COMMIT)
        yield
        owner.execute("drop function no_more cascade")


@pytest.mark.usefixtures("commits_fail")
def test_what_fails_at_the_commit_reaches_the_client_and_nothing_is_written(post: Post):
    with capture_logs() as logged:
        answer = post("/v1/notes", {"words": "lost"})

    assert code(answer) == (500, "crash")
    assert planted.written() == []
    assert ["not at this hour" in str(line["exc_info"]) for line in logged] == [True]


@pytest.mark.usefixtures("commits_fail")
def test_what_waits_for_a_commit_that_fails_does_not_run(visitor: FlaskClient):
    assert visitor.post("/v1/afterwards").status_code == 500
    assert planted.did == []


def test_a_crash_writes_nothing_and_tells_no_detail(post: Post):
    with capture_logs() as logged:
        answer = post("/v1/crashes")

    assert code(answer) == (500, "crash")
    assert planted.SECRET not in answer.text
    assert "Traceback" not in answer.text
    assert planted.written() == []
    assert [(line["event"], str(line["exc_info"])) for line in logged] == [("crash", planted.SECRET)]


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_read_cannot_write(visitor: FlaskClient, method: str):
    with capture_logs() as logged:
        answer = visitor.open("/v1/notes", method=method)

    assert answer.status_code == 500
    assert "read-only transaction" in str(logged[0]["exc_info"])
    assert planted.written() == []


def test_the_next_request_on_the_connection_may_write_again(visitor: FlaskClient, post: Post):
    visitor.get("/v1/notes")

    assert post("/v1/notes", {"words": "kept"}).status_code == 201
    assert planted.written() == ["kept"]


def test_a_refusal_takes_back_its_work(visitor: FlaskClient):
    answer = visitor.post("/v1/plain-refusals/full")

    assert code(answer) == (409, "full")
    assert planted.written() == []


@pytest.mark.parametrize("path", ["/v1/plain-refusals/guessed", "/v1/refusals/guessed"])
def test_a_refusal_that_leaves_a_trace_commits_it_and_nothing_else(post: Post, path: str):
    answer = post(path)

    assert code(answer) == (403, "guessed")
    assert planted.written() == ["a guess"]


def test_what_waits_for_the_commit_runs_after_it_and_its_failure_is_not_answered(visitor: FlaskClient):
    with capture_logs() as logged:
        answer = visitor.post("/v1/afterwards")

    assert answer.status_code == 204
    assert planted.did == ["saw ['first']", "failed", "went on"]
    assert [line["event"] for line in logged] == ["after_commit_failed"]


def test_a_view_without_a_gate_refuses_to_start():
    app = Platform("open", static_folder=None)
    app.add_url_rule("/closed", view_func=public(lambda: ""), endpoint="closed")
    check_gates(app)
    app.add_url_rule("/open", view_func=lambda: "", endpoint="open")

    with pytest.raises(RuntimeError, match="open says neither"):
        check_gates(app)
