"""One answer for one key: a POST that is sent twice is done once, and says so.

After the IETF draft on the Idempotency-Key header. The claim comes first (an advisory lock, so that
a twin in flight is told at once instead of waiting), the record last, all in the work's transaction.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.kit.auth import Actor, View, mark, refuses
from backend.kit.clock import utc_now
from backend.kit.db import Base, keep, transaction
from backend.kit.envelope import seal, unseal
from backend.kit.errors import BadRequest, Conflict, Unprocessable
from backend.kit.jobs import claimed
from backend.kit.written import Written, at_once

_KEY_MAX = 100
_KEPT = timedelta(days=30)
_ONE_DAY = 86_400


class KeyMissing(BadRequest):
    """This operation must carry an Idempotency-Key."""

    code = "idempotency_key_missing"
    zh = "此操作需要带上 Idempotency-Key 请求头。"
    en = "This operation needs an Idempotency-Key header."


class KeyMalformed(BadRequest):
    """The header does not fit: 1 to 100 visible ASCII characters, quoted or bare."""

    code = "idempotency_key_malformed"
    zh = "Idempotency-Key 应为 1 到 100 个可见 ASCII 字符。"
    en = "An Idempotency-Key has 1 to 100 visible ASCII characters, quoted or bare."


class KeyReused(Unprocessable):
    """The key already stands for another request."""

    code = "idempotency_key_reused"
    zh = "此 Idempotency-Key 已用于另一个请求。"
    en = "This Idempotency-Key was used for another request."


class KeyInFlight(Conflict):
    """The same request is being worked on at this moment."""

    code = "idempotency_key_in_flight"
    zh = "相同的请求正在处理，请稍后重试。"
    en = "The same request is in flight; try again shortly."


class IdempotencyRecord(Base):
    """The remembered answer to one key of one caller. City register."""

    __tablename__ = "idempotency"

    caller: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    answer: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Answer:
    """What the client was told."""

    status: int
    body: str
    media_type: str
    headers: dict[str, str]


@dataclass(frozen=True)
class _Claimed:
    """What a claim came to: the key is free or a twin's, and may have an answer."""

    free: bool
    fingerprint: bytes | None
    answer: bytes | None


@dataclass(frozen=True)
class Claim:
    """The right to do the work of one key, once."""

    actor: Actor
    key: str
    fingerprint: bytes

    @property
    def place(self) -> str:
        """Where the answer is kept; it opens nowhere else."""
        return f"idempotency.answer/{self.actor.id}/{self.key}"


_CLAIM = Written("select free, fingerprint, answer from idempotency_claim(%(caller)s, %(key)s)")
_RECORD = Written(
    "insert into idempotency (caller, key, fingerprint, answer, created_at)"
    " values (%(caller)s, %(key)s, %(fingerprint)s, %(answer)s, %(created_at)s)"
)


def idempotent(view: View) -> View:
    """Demand an Idempotency-Key, and answer a repetition with the first answer."""
    mark(view, idempotent=True)
    return refuses(KeyMissing, KeyMalformed, KeyReused, KeyInFlight)(view)


def read_key(header: str | None) -> str:
    """Take the key from its header, quoted as the draft has it or bare.

    :raises KeyMissing: there is none
    :raises KeyMalformed: it is empty, too long, or not visible ASCII
    """
    if header is None:
        raise KeyMissing
    key = header[1:-1] if len(header) >= 2 and header[0] == header[-1] == '"' else header
    if not 1 <= len(key) <= _KEY_MAX or not all("!" <= letter <= "~" for letter in key) or '"' in key:
        raise KeyMalformed
    return key


def fingerprint_of(method: str, path: str, body: Any) -> bytes:
    """Digest what the key stands for: method, route and canonical body."""
    return sha256(json.dumps([method, path, body], sort_keys=True, separators=(",", ":")).encode()).digest()


def claim(db: Session, wanted: Claim) -> Answer | None:
    """Take the key for this transaction and keep what was done so far, or return the answer it already has.

    :raises KeyInFlight: a twin holds it now
    :raises KeyReused: it stands for another request
    """
    with at_once(db):
        asked = _CLAIM.ask(db, _Claimed, caller=wanted.actor.id, key=wanted.key)
        keep(db)
    found = asked.one()
    if not found.free:
        raise KeyInFlight(retry_after=1)
    if found.fingerprint is None or found.answer is None:
        return None
    if found.fingerprint != wanted.fingerprint:
        raise KeyReused
    return Answer(**json.loads(unseal(wanted.actor.vault_key, found.answer, place=wanted.place)))


def record(db: Session, held: Claim, answer: Answer, *, at: datetime) -> None:
    """Remember the answer, in the transaction of the work."""
    body = json.dumps(vars(answer))
    _RECORD.write(
        db,
        caller=held.actor.id,
        key=held.key,
        fingerprint=held.fingerprint,
        answer=seal(held.actor.vault_key, body, place=held.place),
        created_at=at,
    )


def forget() -> int:
    """Delete the answers that were kept long enough; the clock calls it, and once a day it works."""
    at = utc_now()
    with transaction() as db:
        if not claimed(db, "forget_answers", every_seconds=_ONE_DAY, at=at):
            return 0
        gone = delete(IdempotencyRecord).where(IdempotencyRecord.created_at < at - _KEPT)
        return len(db.scalars(gone.returning(IdempotencyRecord.key)).all())
