"""The way of the database from one version to the next, walked by its owner."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

import backend
from backend.kit import idempotency, jobs, starting, trail  # noqa: F401 - for their tables
from backend.kit.db import Base

HERE = Path(__file__).parent


def config(owner_url: str) -> Config:
    """Return Alembic's configuration; there is no file of it."""
    chosen = Config()
    chosen.set_main_option("script_location", str(HERE).replace("%", "%%"))
    chosen.attributes["owner_url"] = owner_url
    return chosen


def upgrade(owner_url: str) -> None:
    """Bring a database up to date; two who do so at once take turns."""
    command.upgrade(config(owner_url), "head")


def head() -> str | None:
    """Return the revision that this code expects."""
    return ScriptDirectory(str(HERE)).get_current_head()


def metadata() -> MetaData:
    """Return the tables of the kit and of all rooms."""
    for package in iter_modules(backend.__path__, "backend."):
        if package.ispkg and find_spec(f"{package.name}.models"):
            import_module(f"{package.name}.models")
    return Base.metadata
