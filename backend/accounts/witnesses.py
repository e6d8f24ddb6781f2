"""Whoever outside signs that a log has only grown: who they are, and how they are asked."""

import re
from functools import lru_cache
from http import HTTPStatus
from http.client import HTTPException
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import ledger
from backend.kit.db import driver, transaction
from ledger.seal.witness import Answer, read_cosignature, request
from ledger.verify import Key, Unproven

_PATIENCE_SECONDS = 5
_LONGEST_ANSWER = 64_000
_HERE = {"127.0.0.1", "::1", "localhost"}


class Witness(NamedTuple):
    """Somebody who signs checkpoints of logs that have only grown, and where to ask."""

    key: Key
    url: str


class Unwitnessed(Exception):
    """A witness did not sign."""


class Away(Unwitnessed):
    """A witness does not answer, whatever it is asked."""


class Ahead(Exception):
    """A witness has seen more of a log than there is, or other leaves: the database is not what it was."""


@lru_cache
def named(written: str) -> tuple[Witness, ...]:
    """Read witnesses from the settings: a key and an address each, with commas between.

    :raises ValueError: one of them cannot be read
    """
    return tuple(map(_read, filter(None, map(str.strip, written.split(",")))))


def _read(written: str) -> Witness:
    key, _, url = written.partition(" ")
    where = urlsplit(url.strip())
    if where.scheme != "https" and (where.scheme != "http" or where.hostname not in _HERE):
        raise ValueError(f"the witness at {url} is not asked over https")
    try:
        return Witness(Key.read(key), url.strip().rstrip("/"))
    except Unproven as why:
        raise ValueError(str(why)) from None


def ask(witness: Witness, district: str) -> bool:
    """Have a witness sign a district's newest checkpoint, if it has not; return whether it now has.

    No transaction stands open while it is asked.

    :raises Away: it does not answer
    :raises Unwitnessed: it refuses, or answers nonsense
    :raises Ahead: it has seen a larger log, or one that does not go on as this does
    """
    with transaction(districts=[district], read_only=True) as db:
        newest = ledger.newest_checkpoint(driver(db), district)
        old = ledger.last_cosigned(driver(db), district, witness.key.name)
    if newest is None or witness.key.name in newest.witnesses:
        return False
    said = _put(witness, district, old, newest)
    if said.status == HTTPStatus.CONFLICT and re.fullmatch("[0-9]{1,19}\n", said.body):
        old = int(said.body)
        if old > newest.size:
            raise Ahead(f"{witness.key.name} has seen {old} leaves of {district}, and {newest.size} are here")
        said = _put(witness, district, old, newest)
    if said.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        raise Ahead(
            f"{witness.key.name} has seen other leaves of {district} than the first {old} that are here"
        )
    if said.status != HTTPStatus.OK:
        raise Unwitnessed(f"{witness.key.name} answers {said.status}")
    try:
        line, seen_at = read_cosignature(said.body, newest.checkpoint, witness.key)
    except Unproven as why:
        raise Unwitnessed(str(why)) from None
    with transaction(districts=[district]) as db:
        ledger.cosign(driver(db), district, newest.size, witness=witness.key.name, line=line, seen_at=seen_at)
    return True


def _put(witness: Witness, district: str, old: int, newest: ledger.Signed) -> Answer:
    with transaction(districts=[district], read_only=True) as db:
        path = ledger.path(driver(db), district, old, newest.size)
    body = request(old, path, newest.note).spelled()
    asked = Request(f"{witness.url}/add-checkpoint", data=body, method="POST")  # noqa: S310 - see _read
    try:
        with urlopen(asked, timeout=_PATIENCE_SECONDS) as said:  # noqa: S310  # nosec B310 - see _read
            return Answer(said.status, said.read(_LONGEST_ANSWER).decode("utf-8", "replace"))
    except HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.read(_LONGEST_ANSWER).decode("utf-8", "replace"))
    except (OSError, HTTPException) as error:
        raise Away(f"{witness.key.name} is away: {error}") from None
