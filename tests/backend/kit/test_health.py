"""Alive is not ready: what the process needs must be there, and it says what is missing."""

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.app import create_app
from backend.kit.health import NEWEST
from backend.local.roles import Database
from backend.settings import settings
from tests.backend.kit.conftest import told
from tests.conftest import NOWHERE


@pytest.fixture(scope="module")
def platform() -> Flask:
    return create_app()


@pytest.fixture
def probe(emptied: Database, valkey: str, platform: Flask) -> FlaskClient:
    return platform.test_client()


def test_a_process_is_alive_without_anything(platform: Flask):
    answer = platform.test_client().get("/healthz")

    assert (answer.status_code, answer.get_json()) == (200, {"status": "alive"})


def test_it_is_ready_with_database_migrations_and_queue(probe: FlaskClient):
    answer = probe.get("/readyz")

    assert (answer.status_code, answer.get_json()) == (200, {"status": "ready", "migration": NEWEST})


@pytest.mark.parametrize(
    ("variable", "value", "missing"),
    [
        ("DATABASE_URL", f"postgresql://{NOWHERE}/none", "database"),
        ("REDIS_URL", f"redis://{NOWHERE}", "queue"),
    ],
)
def test_it_says_which_server_is_away(
    probe: FlaskClient, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, missing: str
):
    monkeypatch.setenv(variable, value)
    settings.cache_clear()
    answer = probe.get("/readyz", headers={"Accept-Language": "en"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert told(answer)["detail"] == f"Not ready: {missing}."


def test_it_says_that_the_database_is_behind(emptied: Database, probe: FlaskClient):
    with psycopg.connect(emptied.owner_url, autocommit=True) as owner:
        owner.execute("update alembic_version set version_num = '0001'")
        answer = probe.get("/readyz", headers={"Accept-Language": "en"})
        owner.execute("update alembic_version set version_num = %s", [NEWEST])

    assert told(answer)["detail"] == "Not ready: migrations."


def test_a_database_that_is_away_in_a_request_is_told(probe: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{NOWHERE}/none")
    settings.cache_clear()

    assert told(probe.get("/v1/districts"))["code"] == "busy"
