"""An application of the kit alone. What its views write are notes: rows of the outbox, due in 2100."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from threading import Event
from typing import Any

from flask import Response
from marshmallow import fields
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.kit import health, logs
from backend.kit.api import Room, open_api
from backend.kit.auth import Actor, NotSignedIn, public, refuses, requires
from backend.kit.db import after_commit, transaction
from backend.kit.envelope import new_key
from backend.kit.errors import Conflict, Forbidden, NotFound, Problem, Unavailable, Unprocessable
from backend.kit.fields import Fen, Grams, Id, In, Moment, Out, Rate, Words
from backend.kit.http import Platform, check_gates, now, prepare, session
from backend.kit.idempotency import idempotent
from backend.kit.ids import new_id
from backend.kit.jobs import later
from backend.kit.pace import SIGN_IN, paced

FAR = datetime(2100, 1, 1, tzinfo=UTC)
SECRET = "13800000001"
SLOW = "select 1"

notes = Room("notes", __name__, description="Notes, and every way to fail at them.")


@cache
def person(name: str) -> Actor:
    """Make somebody whom the token of this name lets in."""
    return Actor(new_id(), "writer", frozenset({"note"}), "330110", session=new_id(), vault_key=new_key())


def authenticate(db: Session, token: str, at: datetime) -> Actor:
    """Let in Alice and Bob, and nobody else."""
    if token not in ("alice", "bob"):
        raise NotSignedIn
    return person(token)


@cache
def application() -> Platform:
    """Build it once."""
    logs.configure()
    app = Platform("planted", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 10_000
    app.authenticate = authenticate
    prepare(app)
    open_api(app).register_blueprint(notes)
    app.register_blueprint(health.blp)
    check_gates(app)
    return app


def note(words: str) -> None:
    """Write a note in the transaction of this request."""
    note_in(session(), words)


def note_in(db: Session, words: str) -> None:
    """Write a note."""
    later(db, "note", {"words": words}, district=None, at=now(), due_at=FAR)


def written() -> list[str]:
    """Read the notes that were committed."""
    with transaction() as db:
        return list(db.scalars(text("select payload ->> 'words' from outbox order by id")))


class LineIn(In):
    """A line of a note."""

    grams = Grams(required=True, minimum=1)


class NoteIn(In):
    """A note with a field of every kind."""

    words = Words(required=True, minimum=1, maximum=40)
    id = Id(load_default=None)
    fen = Fen(load_default=0)
    rate = Rate(load_default=None)
    at = Moment(load_default=None)
    lines = fields.List(fields.Nested(LineIn), load_default=list)


class NoteOut(Out):
    """A note as it was taken."""

    words = fields.String(required=True)


class Full(Conflict):
    """No more notes; `then` says what remains of it."""

    code = "full"
    zh = "满了：{left}。"
    en = "Full: {left} left."


class Missing(NotFound):
    """No such note."""

    code = "missing"
    zh = "没有。"
    en = "None."


class Barred(Forbidden):
    """Not this caller."""

    code = "barred"
    zh = "不可。"
    en = "Barred."


class Senseless(Unprocessable):
    """It makes no sense."""

    code = "senseless"
    zh = "无意义。"
    en = "Senseless."


class Away(Unavailable):
    """Something is down."""

    code = "away"
    zh = "稍后。"
    en = "Later."


class Guessed(Forbidden):
    """A wrong guess counts."""

    code = "guessed"
    zh = "不对。"
    en = "Wrong."
    leaves_trace = True


KINDS: dict[str, Callable[[], Problem]] = {
    "full": lambda: Full(left=0),
    "missing": Missing,
    "barred": Barred,
    "senseless": Senseless,
    "away": lambda: Away(retry_after=2),
    "guessed": lambda: Guessed(then=lambda db: note_in(db, "a guess")),
}
ready: set[str] = set()
"""What has come to pass since: refusals that are no longer due."""

begun, may_end = Event(), Event()
did: list[str] = []


def forget() -> None:
    """Begin anew."""
    ready.clear()
    did.clear()
    begun.clear()
    may_end.clear()


@notes.post("/notes")
@requires("note")
@idempotent
@notes.arguments(NoteIn, example={"words": "a"})
@notes.response(201, NoteOut, example={"words": "a"})
def take(body: dict[str, Any]) -> dict[str, Any]:
    """Take a note."""
    note(body["words"])
    return body


@notes.get("/notes")
@public
@notes.response(200, NoteOut)
def peek() -> dict[str, str]:
    """Write while reading, which cannot be."""
    note("written by a read")
    return {"words": ""}


@notes.post("/refusals/<kind>")
@requires("note")
@idempotent
@notes.response(200, NoteOut)
@refuses(Full, Missing, Barred, Senseless, Away, Guessed)
def refuse(kind: str) -> dict[str, str]:
    """Write, then refuse, unless it has come to pass."""
    note(f"work of {kind}")
    if kind not in ready:
        raise KINDS[kind]()
    return {"words": kind}


@notes.post("/plain-refusals/<kind>")
@public
@notes.response(200, NoteOut)
@refuses(Full, Guessed)
def refuse_plainly(kind: str) -> dict[str, str]:
    """Write, then refuse, under no key."""
    note(f"work of {kind}")
    raise KINDS[kind]()


@notes.post("/letters")
@public
@paced(SIGN_IN, or_else=Away)
@notes.response(204)
def send() -> None:
    """Write what must not go uncounted."""
    note("letter")


@notes.post("/crashes")
@requires("note")
@idempotent
@notes.response(200, NoteOut)
def crash() -> dict[str, str]:
    """Write, then break."""
    note("work of a crash")
    if "crash" not in ready:
        raise RuntimeError(SECRET)
    return {"words": "crash"}


@notes.post("/slow")
@requires("note")
@idempotent
@notes.response(201, NoteOut)
def slow() -> dict[str, str]:
    """Take as long as the test likes."""
    note("slow")
    begun.set()
    assert may_end.wait(10)
    return {"words": "slow"}


@notes.post("/statements")
@public
@notes.response(204)
def state() -> None:
    """Send the statement of the test."""
    note("before")
    session().execute(text(SLOW))


@notes.post("/afterwards")
@public
@notes.response(204)
def afterwards() -> None:
    """Leave three things for after the commit; the middle one fails."""

    def fail() -> None:
        did.append("failed")
        raise RuntimeError(SECRET)

    note("first")
    for act in (lambda: did.append(f"saw {written()}"), fail, lambda: did.append("went on")):
        after_commit(session(), act)


@notes.post("/moved")
@requires("note")
@idempotent
@notes.response(201)
def made() -> Response:
    """Answer with headers of its own."""
    return Response('{"words":"made"}', 201, {"Location": "/v1/notes/1", "ETag": '"1"', "X-Other": "no"})
