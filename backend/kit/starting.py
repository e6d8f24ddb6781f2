"""What production refuses to start with, one sentence each; web, worker, clock and release ask here first."""

import os
import sys
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.exceptions import InvalidTag
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.kit import envelope
from backend.kit.db import Base, engine
from backend.settings import settings

_FEWEST_DIFFERENT_BYTES = 16
"""Thirty-two random bytes hold about thirty different ones; so few are a pattern."""

_ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})

_ROLE = text(
    "select rolsuper or rolbypassrls as above,"
    " exists (select from pg_tables where schemaname = 'public' and tableowner = current_user) as owns"
    " from pg_roles where rolname = current_user"
)
_HAS_DEMO = text("select to_regclass('public.demo_district') is not null")
_DEMO = text("select code from demo_district order by 1 limit 1")


class DemoDistrict(Base):
    """A district whose people are fictional and whose secrets everybody knows. City register."""

    __tablename__ = "demo_district"

    code: Mapped[str] = mapped_column(primary_key=True)
    planted_at: Mapped[datetime]


def mark_demo(db: Session, district: str, *, at: datetime) -> None:
    """Note that a district is a demo, so that production never serves it."""
    db.merge(DemoDistrict(code=district, planted_at=at))


def refuse_unsafe() -> None:
    """End the process with one sentence if it would not be safe to go on.

    :raises SystemExit: the sentence
    """
    refuse_nonsense()
    if settings().environment == "production" and (reason := next(_reasons(), None)):
        _end(reason)


def refuse_nonsense() -> None:
    """End the process with one sentence if its settings cannot be read.

    :raises SystemExit: the sentence
    """
    try:
        settings()
    except ValidationError as error:
        complaint = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, complaint["loc"]))
        _end(f"{place}: {complaint['msg']}".removeprefix(": ").removeprefix("Value error, "))


def _end(sentence: str) -> None:
    sys.exit(f"Lvzhang does not start. {sentence.rstrip('.')}.")


def _reasons() -> Iterator[str]:
    yield from _of_debugging()
    yield from _of_keys()
    yield from _of_the_log()
    yield from _of_lines()
    yield from _of_the_database()


def _of_debugging() -> Iterator[str]:
    for name in ("FLASK_DEBUG", "PYTHONDEVMODE"):
        if os.environ.get(name, "0") not in ("", "0"):
            yield f"{name} is set, and production does not debug"


def _of_keys() -> Iterator[str]:
    if any(_is_made_up(key) for key in settings().master_keys):
        yield "LV_MASTER_KEY is a sample: make one with `openssl rand -base64 32`"
    if settings().root_key is None:
        yield "LV_ROOT_KEY is missing: `python -m backend.cli keys root` prints it, wrapped by LV_MASTER_KEY"
        return
    try:
        envelope.derive("start")
    except (ValueError, InvalidTag, envelope.MasterKeyMissing):
        yield "LV_ROOT_KEY is not wrapped by LV_MASTER_KEY"


def _of_the_log() -> Iterator[str]:
    if settings().log_memory is None:
        yield (
            "LV_LOG_MEMORY is missing: name a folder that is not restored together with the database,"
            " so that an older copy of it signs nothing"
        )


def _is_made_up(key: bytes) -> bool:
    """Tell a phrase or a pattern from random bytes."""
    return all(32 <= byte < 127 for byte in key) or len(set(key)) < _FEWEST_DIFFERENT_BYTES


def _of_lines() -> Iterator[str]:
    database, queue = urlsplit(settings().database_url), urlsplit(settings().redis_url)
    options = parse_qs(database.query)
    mode = options.get("sslmode", [os.environ.get("PGSSLMODE", "")])[-1]
    host = options.get("host", [unquote(database.hostname or "")])[-1]
    if not _is_here(host) and mode not in _ENCRYPTED:
        yield "DATABASE_URL goes to another machine in the clear: add sslmode=verify-full"
    if not _is_here(queue.hostname or "") and queue.scheme not in ("rediss", "unix"):
        yield "REDIS_URL goes to another machine in the clear: use rediss://"


def _is_here(host: str) -> bool:
    """Tell whether a connection stays on this machine: a socket or the loopback."""
    if host in ("", "localhost") or host.startswith("/"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _of_the_database() -> Iterator[str]:
    try:
        with engine().connect() as connection:
            role = connection.execute(_ROLE).one()
            planted = connection.scalar(_DEMO) if connection.scalar(_HAS_DEMO) else None
    except OperationalError:
        return  # a database that is away is waited for; `/readyz` tells
    finally:
        engine().dispose()  # a worker that forks shall inherit no connection
    if role.above:
        yield "DATABASE_URL names a role above row security, which keeps the districts apart"
    if role.owns:
        yield "DATABASE_URL names the owner of the tables; the platform runs as lv_app"
    if planted:
        yield f"The database holds the demo people of {planted}, whose secrets everybody knows"
