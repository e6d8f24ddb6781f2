"""The servers of this checkout, and the environment that leads its processes to them."""

import base64
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from backend.local import homes, locks, memory, places, postgres, programs, roles, valkey
from backend.local.voice import Trouble, say

DATABASE = "lvzhang"
MARK = "LV_LAUNCHED_FROM"
"""The variable that tells the processes of this checkout from all others."""


def home(purpose: str) -> Path:
    """Return the folder of one purpose's servers; each flavour has its own."""
    embedded = programs.flavour() == "embedded"
    return homes.home(purpose if embedded else f"{purpose}-{programs.flavour()}")


@contextmanager
def reached() -> Iterator[dict[str, str]]:
    """Yield the environment for a command: with the servers that run, else with servers for its time."""
    with ExitStack() as at_end:
        try:
            at_end.enter_context(locks.alone("run", wait=False))
        except BlockingIOError:
            yield variables(memory.remembered(home("run"))["admin_url"])
        else:
            yield at_end.enter_context(started())


@contextmanager
def started() -> Iterator[dict[str, str]]:
    """Start what the environment does not name, and yield the environment for the platform's processes."""
    here = home("run")
    with ExitStack() as at_end:
        admin_url = plain(os.environ.get("DATABASE_URL", ""))
        if not admin_url:
            say("Starting PostgreSQL")
            at_end.callback(postgres.stop, here)
            admin_url = postgres.start(here)
        if not os.environ.get("REDIS_URL"):
            say("Starting Valkey")
            at_end.callback(valkey.stop, here)
            valkey.start(here)
        memory.remember(here, admin_url=admin_url)
        passwords = roles.prepare(admin_url, here)
        if DATABASE not in roles.names(admin_url):
            roles.create(admin_url, passwords, DATABASE)
        yield variables(admin_url)


@dataclass(frozen=True)
class Shared:
    """Servers that several commands use at once."""

    admin_url: str
    passwords: dict[str, str]
    redis_url: str


@contextmanager
def shared(purpose: str, *, settings: Mapping[str, str] | None = None) -> Iterator[Shared]:
    """Yield servers for tests or measurements; who leaves last stops them.

    :param settings: PostgreSQL's, beside those that it always has
    """
    here = home(purpose)
    try:
        with locks.alone(here.name, shared=True):
            with locks.alone(f"{here.name}-start"):
                admin_url = postgres.start(here, outlives_us=True, settings=settings)
                passwords = roles.prepare(admin_url, here)
                redis_url = valkey.start(here, outlives_us=True)
            yield Shared(admin_url, passwords, redis_url)
    finally:
        with suppress(BlockingIOError), locks.alone(here.name, wait=False):
            valkey.stop(here)
            postgres.stop(here)


def variables(admin_url: str) -> dict[str, str]:
    """Return the environment for the platform's processes; what ours says goes before what we make up."""
    here = home("run")
    known = memory.remembered(here)
    if "master_key" not in known:
        known = memory.remember(here, master_key=base64.b64encode(secrets.token_bytes(32)).decode())
    chosen = {
        "LV_ENVIRONMENT": "development",
        "LV_FIXED_CODE": "246810",
        "LV_MASTER_KEY": known["master_key"],
        "REDIS_URL": os.environ.get("REDIS_URL") or valkey.url(here),
    } | os.environ
    return chosen | {
        **roles.addresses(admin_url, known["passwords"], DATABASE).variables,
        "PATH": f"{places.ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
        MARK: str(places.ROOT),
    }


def plain(url: str) -> str:
    """Return a database's URL without the name of a Python driver.

    :raises Trouble: it is no URL of a PostgreSQL database
    """
    scheme, separator, rest = url.partition("://")
    if url and scheme.partition("+")[0] not in {"postgresql", "postgres"}:
        raise Trouble("DATABASE_URL must begin with postgresql:// and be an administrator's.")
    return f"postgresql{separator}{rest}" if url else ""
