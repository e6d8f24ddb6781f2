"""Somebody who may do everything, in a district that has a book and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.accounts import service as accounts
from backend.app import create_app
from backend.kit import db as kit
from backend.kit.auth import Actor, notes
from backend.kit.db import see, transaction
from backend.kit.envelope import new_key
from backend.kit.http import Platform
from backend.kit.ids import new_id
from backend.settings import settings
from tests.conftest import YUHANG, Copies


@pytest.fixture(scope="package")
def open_platform(copies: Copies, own_redis_url: str) -> Iterator[Platform]:
    """The platform, on a database that these tests leave as it is, with its door wide open."""
    made = copies.take()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in made.variables.items():
            patch.setenv(name, value)
        patch.setenv("REDIS_URL", own_redis_url)
        settings.cache_clear()
        with transaction(districts=[YUHANG]) as db:
            accounts.open_book(db, YUHANG)
        app = create_app()
        scopes = frozenset(filter(None, (notes(view).get("scope") for view in app.view_functions.values())))
        person = Actor(new_id(), "all", scopes, YUHANG, new_id(), new_id(), new_id(), new_key())

        def authenticate(db: Any, token: str, at: Any) -> Actor:
            see(db, YUHANG)
            return person

        app.authenticate = authenticate
        yield app
        kit.engine().dispose()
    settings.cache_clear()
    copies.drop(made.name)


@pytest.fixture
def everybody(open_platform: Platform) -> FlaskClient:
    """A client that is let in everywhere, so that only the request is judged."""
    client = open_platform.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = "Bearer all"
    return client
