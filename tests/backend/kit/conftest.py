"""The planted application, on a database that is emptied before each test."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.kit import db as kit
from backend.local.roles import Database
from backend.settings import settings
from tests.backend.kit import planted
from tests.conftest import Copies

Post = Callable[..., TestResponse]


@pytest.fixture(scope="package")
def kept_database(copies: Copies) -> Iterator[Database]:
    """One database for all tests of the kit that leave its tables as they are."""
    made = copies.take()
    yield made
    copies.drop(made.name)


@pytest.fixture
def emptied(kept_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The database without a row of the kit's; the platform's settings lead to it."""
    for name, value in kept_database.variables.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    with psycopg.connect(kept_database.owner_url) as owner:
        owner.execute("truncate outbox, idempotency, clock_run")
    yield kept_database
    kit.engine().dispose()
    settings.cache_clear()


@pytest.fixture
def visitor(emptied: Database, valkey: str) -> FlaskClient:
    """Somebody who calls the planted application."""
    planted.forget()
    return planted.application().test_client()


@pytest.fixture
def post(visitor: FlaskClient) -> Post:
    """Send as Alice, under a new key unless one is given."""

    def send(
        path: str, json: Any = None, *, key: str | None = "", by: str = "alice", **more: Any
    ) -> TestResponse:
        headers = {"Authorization": f"Bearer {by}", **more.pop("headers", {})}
        if key is not None:
            headers["Idempotency-Key"] = key or str(uuid4())
        if json is not None:
            more["json"] = json
        return visitor.post(path, headers=headers, **more)

    return send


def told(answer: TestResponse) -> dict[str, Any]:
    """Read a refusal, and check what is true of all of them."""
    assert answer.mimetype == "application/problem+json"
    problem: dict[str, Any] = answer.get_json()
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert problem.keys() - {"errors"} == {"type", "title", "status", "detail", "code", "request_id"}
    return problem


def code(answer: TestResponse) -> tuple[int, str]:
    """Read the status and the code of a refusal."""
    return answer.status_code, told(answer)["code"]
