"""Whether the process is alive, whether everything it needs is there, and how it is doing."""

import hmac
from pathlib import Path

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backend.kit import metrics
from backend.kit.auth import NotSignedIn, public, refuses
from backend.kit.errors import NoSuchAddress, Unavailable
from backend.kit.http import now, session
from backend.kit.jobs import queue
from backend.settings import settings

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


@blp.get("/metrics")
@public
@refuses(NotSignedIn)
def metrics_page() -> ResponseReturnValue:
    """Tell Prometheus, which brings the token of the settings; without one there is no such address."""
    token = settings().metrics_token
    if token is None:
        raise NoSuchAddress
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), token.get_secret_value().encode()):
        raise NotSignedIn
    return Response(metrics.told(session(), now()), content_type=CONTENT_TYPE_LATEST)
