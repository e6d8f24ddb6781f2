"""What the log says, how, and what it never says."""

import json
import logging

import psycopg
import pytest
import structlog
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.kit import logs
from backend.kit.db import transaction
from backend.settings import settings
from tests.backend.kit import planted
from tests.backend.kit.conftest import Post, code


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LV_ENVIRONMENT", "production")
    monkeypatch.setenv("LV_SMS_TRANSPORT", "gateway")
    monkeypatch.setenv("LV_SMS_GATEWAY_URL", "https://gateway.example/send")
    monkeypatch.setenv("LV_SMS_GATEWAY_TOKEN", "token")
    monkeypatch.delenv("LV_FIXED_CODE", raising=False)
    settings.cache_clear()
    logs.configure()
    yield
    monkeypatch.undo()
    settings.cache_clear()
    logs.configure()


@pytest.mark.usefixtures("production")
def test_in_production_each_event_is_a_line_of_json_with_the_request(
    post: Post, capsys: pytest.CaptureFixture[str]
):
    answer = post("/v1/crashes")

    (line,) = capsys.readouterr().out.splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"]) == ("crash", "error")
    assert said["request_id"] == answer.headers["X-Request-Id"]
    assert said["timestamp"].endswith("Z")
    assert "RuntimeError" in said["exception"]


def test_in_development_a_person_can_read_it(post: Post, capsys: pytest.CaptureFixture[str]):
    logs.configure()
    answer = post("/v1/crashes")

    said = capsys.readouterr().out
    assert f"request_id={answer.headers['X-Request-Id']}" in said
    assert "Traceback (most recent call last):" in said


def test_the_next_request_does_not_inherit_the_id(visitor: FlaskClient):
    visitor.get("/v1/none")

    assert structlog.contextvars.get_contextvars() == {}


@pytest.mark.usefixtures("production")
def test_what_libraries_say_is_written_the_same_way():
    handler = logging.StreamHandler()
    handler.setFormatter(logs.formatter())
    record = logging.LogRecord("rq.worker", logging.WARNING, "", 0, "moving %d jobs", (3,), None)

    said = json.loads(handler.format(record))
    assert (said["event"], said["level"], said["logger"]) == ("moving 3 jobs", "warning", "rq.worker")


@pytest.mark.usefixtures("emptied")
def test_an_error_of_the_database_repeats_no_value(capsys: pytest.CaptureFixture[str]):
    logs.configure()
    insert = text("insert into clock_run (name, slot) values (:name, :slot)")
    try:
        with transaction() as db:
            for _ in range(2):
                db.execute(insert, {"name": planted.SECRET, "slot": 1})
    except DBAPIError:
        structlog.get_logger().exception("failed")

    said = capsys.readouterr().out
    assert "UniqueViolation" in said
    assert planted.SECRET not in said


@pytest.mark.usefixtures("emptied")
def test_an_error_of_the_driver_repeats_no_value(capsys: pytest.CaptureFixture[str]):
    logs.configure()
    with psycopg.connect(settings().database_url) as connection:
        try:
            connection.execute(
                "insert into outbox (id, topic) values (gen_random_uuid(), %s)", [planted.SECRET]
            )
        except psycopg.Error:
            structlog.get_logger().exception("failed")

    said = capsys.readouterr().out
    assert "NotNullViolation" in said
    assert planted.SECRET not in said


def test_a_refusal_is_no_event(post: Post, capsys: pytest.CaptureFixture[str]):
    assert code(post("/v1/refusals/full")) == (409, "full")
    assert capsys.readouterr().out == ""
