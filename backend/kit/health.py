"""Whether the process is alive, and whether everything it needs is there."""

from pathlib import Path

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backend.kit.auth import public, refuses
from backend.kit.errors import Unavailable
from backend.kit.http import session
from backend.kit.jobs import queue

blp = Blueprint("health", __name__)

_VERSIONS = Path(__file__).parents[1] / "migrations" / "versions"
NEWEST = max(file.stem for file in _VERSIONS.glob("[0-9]*.py")).split("_")[0]


class NotReady(Unavailable):
    """The database, its migrations or the queue are not there yet."""

    code = "not_ready"
    zh = "尚未就绪：{missing}。"
    en = "Not ready: {missing}."


@blp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """Say that the process answers."""
    return jsonify({"status": "alive"})


@blp.get("/readyz")
@public
@refuses(NotReady)
def ready() -> ResponseReturnValue:
    """Say that database, migrations and queue are there."""
    try:
        found = session().scalar(text("select version_num from alembic_version"))
    except SQLAlchemyError:
        raise NotReady(missing="database", retry_after=2) from None
    if found != NEWEST:
        raise NotReady(missing="migrations", retry_after=2)
    try:
        queue().connection.ping()
    except RedisError:
        raise NotReady(missing="queue", retry_after=2) from None
    return jsonify({"status": "ready", "migration": found})
