"""A ledger by itself: the library in a database where nothing else is, a book of its own for each test."""

import os
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from backend.local import roles, servers
from ledger import adopt
from ledger.store import grant, install
from tests.ledger.model import CHART


@pytest.fixture(scope="session")
def alone(shared_servers: servers.Shared) -> Iterator[roles.Database]:
    """A database with a ledger in it and nothing else; no walls stand on it."""
    name = f"test_{os.getpid()}_ledger{uuid4().hex[:6]}"
    made = roles.create(shared_servers.admin_url, shared_servers.passwords, name)
    with psycopg.connect(made.owner_url) as owner:
        install(owner)
        grant(owner, app="lv_app", auditor="lv_auditor")
    yield made
    roles.drop(shared_servers.admin_url, name)


@pytest.fixture
def conn(alone: roles.Database) -> Iterator[psycopg.Connection[Any]]:
    """The app's connection; each statement is a transaction."""
    with closing(psycopg.connect(alone.app_url, autocommit=True)) as connection:
        yield connection


@pytest.fixture
def owner(alone: roles.Database) -> Iterator[psycopg.Connection[Any]]:
    """The owner's connection; each statement is a transaction."""
    with closing(psycopg.connect(alone.owner_url, autocommit=True)) as connection:
        yield connection


@pytest.fixture
def book(conn: psycopg.Connection[Any]) -> str:
    """A book that no other test has."""
    return a_book(conn)


def a_book(conn: psycopg.Connection[Any]) -> str:
    """Open a book with the chart of the tests."""
    name = f"book-{uuid4().hex[:12]}"
    adopt(conn, name, CHART)
    return name
