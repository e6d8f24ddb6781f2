"""A database for measurements."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from backend import migrations
from backend.kit import db
from backend.local import roles
from backend.local.servers import Shared
from backend.settings import settings

MEMORY_MB = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
SERVER = {"shared_buffers": f"{MEMORY_MB * 2 // 5}MB", "max_wal_size": "8GB"}
"""Two fifths of the machine, the most that PostgreSQL's manual advises. A book of ten million entries takes
7.3 GB; with less it is the disk that is measured, ours or theirs."""
KEY = "bWVhc3VyZW1lbnRzIHNlYWwgbm90aGluZyBvZiB2YWw="


@contextmanager
def database(shared: Shared, purpose: str) -> Iterator[None]:
    """Give a measurement a migrated database of its own, named by the environment as long as it lasts."""
    name, before = f"bench_{purpose}_{os.getpid()}", dict(os.environ)
    made = roles.create(shared.admin_url, shared.passwords, name)
    os.environ.update(made.variables, REDIS_URL=shared.redis_url, LV_ENVIRONMENT="test", LV_MASTER_KEY=KEY)
    settings.cache_clear()
    try:
        migrations.upgrade(made.owner_url)
        yield
    finally:
        db.engine().dispose()
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()
        roles.drop(shared.admin_url, name)
