"""The database: one engine a process, one session a request, and the only place that commits."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, cast
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    MetaData,
    Text,
    any_,
    create_engine,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, Session, mapped_column

from backend.kit.ids import new_id
from backend.settings import settings

log = structlog.get_logger()

_SEE = text("select set_config('lv.districts', :districts, true)")
_KEEP = "savepoint work"
_BACK = text("rollback to savepoint work")


class Base(DeclarativeBase):
    """What every table of the platform shares."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        int: BigInteger,
        str: Text,
    }


class InDistrict:
    """A table that a district owns: the district leads its key, and row security reads it."""

    district: Mapped[str] = mapped_column(primary_key=True, sort_order=-2)
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1, default=new_id)


class InCity:
    """A register of the whole city, the same for every district."""

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1, default=new_id)


def dialect(url: str) -> str:
    """Name our driver in a plain PostgreSQL URL."""
    return "postgresql+psycopg://" + url.split("://", 1)[1]


@lru_cache
def _engine_of(process: int, url: str, pool_size: int, limits: str) -> Engine:
    return create_engine(
        dialect(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,  # they may be personal, and errors are logged
        connect_args={"options": limits},
    )


def _limits() -> str:
    """Bound what a statement may take and wait, so that one slow caller does not hold up all others."""
    chosen = settings()
    return f"-c statement_timeout={chosen.statement_seconds}s -c lock_timeout={chosen.lock_seconds}s"


def is_busy(error: Exception) -> bool:
    """Tell whether the database was away, or too slow: then the same request may succeed later."""
    return isinstance(getattr(error, "orig", error), psycopg.OperationalError | PoolTimeout)


def engine() -> Engine:
    """Return this process's engine; a forked worker gets one of its own."""
    chosen = settings()
    return _engine_of(os.getpid(), chosen.database_url, chosen.database_pool, _limits())


def open_session(*, read_only: bool = False) -> Session:
    """Open a session that begins a transaction with its first query."""
    return Session(_reading(engine()) if read_only else engine())


@lru_cache
def _reading(bind: Engine) -> Engine:
    """Return an engine's twin whose transactions are READ ONLY, made once: it brings listeners of its own."""
    return bind.execution_options(postgresql_readonly=True)


def see(db: Session, *districts: str) -> None:
    """Let the rest of this transaction see these districts, and no others."""
    db.execute(_SEE, {"districts": ",".join(districts)})


def in_sight(district: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Hold a row of a city register against what this transaction sees, as row security would."""
    return district == any_(func.string_to_array(func.current_setting("lv.districts", True), ","))


def keep(db: Session) -> None:
    """Keep what was written and locked so far, even if the request is then refused with a trace."""
    driver(db).execute(_KEEP)


def undo(db: Session) -> None:
    """Take back what was written since `keep` was last called."""
    db.expunge_all()
    db.info.pop("after_commit", None)
    db.execute(_BACK)


def driver_of(connection: Connection) -> psycopg.Connection[Any]:
    """Return the raw connection below SQLAlchemy's."""
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)


def driver(db: Session) -> psycopg.Connection[Any]:
    """Return the raw connection of this session's transaction, with all pending rows written."""
    db.flush()
    return driver_of(db.connection())


def after_commit(db: Session, action: Callable[[], None]) -> None:
    """Do something once the transaction is safe; if it fails then, that is logged and nobody is told."""
    db.info.setdefault("after_commit", []).append(action)


def commit(db: Session) -> None:
    """Commit, then run what waited for it."""
    db.commit()
    for action in db.info.pop("after_commit", []):
        try:
            action()
        except Exception:
            log.exception("after_commit_failed")


@contextmanager
def transaction(*, districts: Sequence[str] = (), read_only: bool = False) -> Iterator[Session]:
    """Run one transaction outside a request: a job, a command, a story.

    :param districts: the codes whose rows it may see
    """
    with open_session(read_only=read_only) as db:
        if districts:
            see(db, *districts)
        yield db
        commit(db)
