"""What every test stands on: real servers, and a database that is migrated once and copied for who commits.

Tests create, copy and drop databases, so they never touch a server that the environment names. They start
the embedded servers, or with `LV_SERVERS=debian` Debian's PostgreSQL and Redis. Runs side by side share
them and disturb each other in nothing.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

import hypothesis
import psutil
import psycopg
import pytest
import redis
from argon2 import PasswordHasher
from flask import Flask
from psycopg import sql
from psycopg.abc import Query
from sqlalchemy import event, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from backend import migrations
from backend.identity import passwords
from backend.kit import db as kit
from backend.local import locks, places, roles, servers
from backend.local import valkey as valkey_server
from backend.local.roles import Database
from backend.settings import settings
from tests import crowd
from tests.outages import OwnValkey

YUHANG = "330110"

_opened: list[Any] = []

SERVER = {"statement_timeout": "2min", "max_connections": "600", "fsync": "off", "full_page_writes": "off"}
"""What waits for a lock that never comes shall fail, not hang; two crowds may come at once; and of the many
databases that are made and dropped none has to outlive a power cut. A killed server recovers all the same."""

HASHER = passwords._HASHER
"""What keeps a password outside of tests; whoever signs in there would spend most of his time on it."""

NOWHERE = "127.0.0.1:1"
"""Where a test gets that asks for no server: nowhere, at once."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a change of what somebody is shown be accepted."""
    parser.addoption("--accept", action="store_true", help="write the golden files anew")


hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")
"""How long an example takes says how busy the machine is, and nothing of what is tested."""


def pytest_configure() -> None:
    """Forget the servers that the environment names; a process that a test starts inherits the test's own."""
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    os.environ.update(
        DATABASE_URL=f"postgresql://{NOWHERE}/none",
        REDIS_URL=f"redis://{NOWHERE}",
        LV_ENVIRONMENT="test",
        LV_FIXED_CODE="246810",
        LV_LIMIT_COSTLY="1000000/hour",
        LV_LIMIT_READ="1000000/hour",
        LV_LIMIT_SIGN_IN="1000000/hour",
        LV_LIMIT_WRITE="1000000/hour",
        LV_LOCK_SECONDS="120",
        LV_STATEMENT_SECONDS="120",
        LV_LOG_REQUESTS="no",
        LV_MASTER_KEY="dGVzdHMgaGF2ZSBub3RoaW5nIHdvcnRoIHNlYWxpbmc=",
    )


@event.listens_for(Pool, "connect")
def _remember(connection: Any, _record: Any) -> None:
    """Know every connection of an engine: some are opened by a thread when its test is over."""
    _opened.append(connection)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Make sure that no two tests have one id: side by side, only one of them would run."""
    assert len({item.nodeid for item in items}) == len(items)


def pytest_sessionfinish() -> None:
    """Close what engines have left open, and end the processes of crowds."""
    crowd.end()
    for connection in _opened:
        connection.close()


@dataclass(frozen=True)
class Copies:
    """Copies of the migrated database."""

    servers: servers.Shared
    template: str

    def take(self) -> Database:
        """Make one; its name tells whose it is."""
        name = f"test_{os.getpid()}_{uuid4().hex[:12]}"
        return roles.create(self.servers.admin_url, self.servers.passwords, name, template=self.template)

    def drop(self, name: str) -> None:
        """Drop one, whoever is still in it."""
        roles.drop(self.servers.admin_url, name)

    def drop_orphans(self) -> None:
        """Drop those of runs that were killed."""
        for name in roles.names(self.servers.admin_url):
            match name.split("_"):
                case ["test", owner, _] if not psutil.pid_exists(int(owner)):
                    self.drop(name)


@pytest.fixture(scope="session")
def shared_servers() -> Iterator[servers.Shared]:
    """The servers that all runs of this checkout share."""
    with servers.shared("test", settings=SERVER) as running:
        yield running


@pytest.fixture(scope="session")
def copies(shared_servers: servers.Shared) -> Copies:
    """Copies of a database that is migrated once for each state of the migrations."""
    template = f"template_{_digest_of_migrations()}"
    with locks.alone("template"):
        if template not in roles.names(shared_servers.admin_url):
            fresh = f"fresh_{template}"
            roles.drop(shared_servers.admin_url, fresh)
            database = roles.create(shared_servers.admin_url, shared_servers.passwords, fresh)
            migrations.upgrade(database.owner_url)
            _rename(shared_servers.admin_url, fresh, template)
    made = Copies(shared_servers, template)
    made.drop_orphans()
    return made


def _digest_of_migrations() -> str:
    folders = (places.ROOT / "backend" / "migrations", places.ROOT / "ledger")
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in {".py", ".sql"})
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]


def _rename(admin_url: str, name: str, new_name: str) -> None:
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(
            sql.SQL("alter database {} rename to {}").format(sql.Identifier(name), sql.Identifier(new_name))
        )


def _point_at(patch: pytest.MonkeyPatch, database: Database) -> None:
    for name, value in database.variables.items():
        patch.setenv(name, value)
    settings.cache_clear()


@pytest.fixture(scope="session")
def standing_database(copies: Copies) -> Iterator[Database]:
    """The database in which nothing is ever committed."""
    database = copies.take()
    yield database
    copies.drop(database.name)


@pytest.fixture
def db(standing_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session in Yuhang whose transaction is rolled back at the end."""
    _point_at(monkeypatch, standing_database)
    with kit.engine().connect() as connection, connection.begin() as transaction:
        # Outside the savepoint that the session begins: a savepoint takes the setting with it.
        connection.execute(text("select set_config('lv.districts', :district, true)"), {"district": YUHANG})
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()
    settings.cache_clear()


@pytest.fixture
def database(copies: Copies, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database of the test's own, for real commits; the platform's settings lead to it."""
    made = copies.take()
    _point_at(monkeypatch, made)
    yield made
    kit.engine().dispose()
    settings.cache_clear()
    copies.drop(made.name)


@pytest.fixture(scope="session")
def own_redis_url(shared_servers: servers.Shared) -> Iterator[str]:
    """One of Valkey's numbered databases, ours as long as we run."""
    for number in range(1, 16):
        with ExitStack() as held:
            try:
                held.enter_context(locks.alone(f"valkey-{number}", wait=False))
            except BlockingIOError:
                continue
            yield f"{shared_servers.redis_url}/{number}"
            return
    pytest.exit("Fifteen runs share the servers already.")


@pytest.fixture
def valkey(own_redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an empty Valkey; the platform's settings lead to it."""
    with redis.Redis.from_url(own_redis_url) as client:
        client.flushdb()
    monkeypatch.setenv("REDIS_URL", own_redis_url)
    settings.cache_clear()
    yield own_redis_url
    settings.cache_clear()


@pytest.fixture
def own_valkey(monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnValkey]:
    """A Valkey for this test alone; the platform's settings lead to it."""
    home = servers.home("test") / f"outages-{os.getpid()}"
    home.mkdir(mode=0o711, exist_ok=True)
    own = OwnValkey(home, valkey_server.start(home, outlives_us=True))
    monkeypatch.setenv("REDIS_URL", own.url)
    settings.cache_clear()
    yield own
    own.stop()
    settings.cache_clear()
    shutil.rmtree(home)


@pytest.fixture
def introduced() -> None:
    """Let rooms ask those above them what these alone know, as they do where they run."""
    from backend.app import introduce  # noqa: PLC0415 - most tests need no application

    introduce()


@pytest.fixture
def app(database: Database, valkey: str) -> Flask:
    """The platform, on a database of the test's own."""
    return _platform()


@cache
def _platform() -> Flask:
    from backend.app import create_app  # noqa: PLC0415 - most tests need no application

    return create_app()


@pytest.fixture
def seed(request, capsys) -> int:
    """The seed of this run, on the screen; the long test throws one."""
    thrown = time.time_ns() % 10**9 if request.node.get_closest_marker("long") else 20260501
    chosen = int(os.environ.get("LV_SEED", thrown))
    with capsys.disabled():
        print(f"\n{request.node.name}: LV_SEED={chosen}")  # noqa: T201 - to do the same again
    return chosen


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that this process sends from now on, through SQLAlchemy or beside it.

    The row-security setting is left out; BEGIN and COMMIT do not come this way.
    """
    sent: list[str] = []
    for verb in ("execute", "executemany"):
        monkeypatch.setattr(psycopg.Cursor, verb, _noting(sent, getattr(psycopg.Cursor, verb)))
    return sent


def _noting(sent: list[str], send: Callable[..., Any]) -> Callable[..., Any]:
    def note(cursor: psycopg.Cursor[Any], query: Query, *arguments: Any, **options: Any) -> Any:
        words = query if isinstance(query, str) else sql.SQL("{}").format(query).as_string(cursor)
        if not words.startswith("select set_config('lv.districts'"):
            sent.append(words)
        return send(cursor, query, *arguments, **options)

    return note
