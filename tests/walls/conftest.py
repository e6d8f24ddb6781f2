"""One world for all tests of a file; whatever they do to it is taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.kit import db as kit
from backend.kit import http
from backend.kit.clock import utc_now
from backend.kit.http import Platform
from backend.local.roles import Database
from backend.settings import settings
from tests.conftest import Copies, _point_at
from tests.ledger.seal.makers import BUREAU
from tests.walls import world as worlds
from tests.walls.world import World


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what takes a minute to draw its cases where none of them would run."""
    drawn = collection_path.name == "test_schema.py" and config.getoption("markexpr") == "not long"
    return drawn or None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let the id of a case of the schema name its operation: of those with one id only one would run."""
    label = getattr(item, "operation_label", None)
    if label:
        item._id = item.id.with_params(label)


@pytest.fixture(scope="module")
def inhabited(copies: Copies, own_redis_url: str) -> Iterator[tuple[Database, World]]:
    """A database with the world in it; the platform's settings lead to it, and to a Valkey."""
    made = copies.take()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REDIS_URL", own_redis_url)
        patch.setenv("LV_WITNESSES", f"{BUREAU.witness_key()} https://bureau.example")
        _point_at(patch, made)
        yield made, worlds.build(utc_now())
        kit.engine().dispose()
    settings.cache_clear()
    copies.drop(made.name)


@pytest.fixture(scope="module")
def world(inhabited: tuple[Database, World]) -> World:
    """Everybody and everything."""
    return inhabited[1]


@pytest.fixture(scope="module")
def platform(inhabited: tuple[Database, World]) -> Platform:
    """The platform, on the world."""
    return create_app()


@pytest.fixture
def client(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A client whose every request goes as far as the commit, and is then rolled back."""

    def almost(db: Session) -> None:
        db.flush()
        db.execute(text("set constraints all immediate"))

    monkeypatch.setattr(http, "commit", almost)
    return platform.test_client()
