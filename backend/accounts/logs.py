"""A district's log in public: who signs it, and what was published of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import ledger
from backend.accounts.models import LogKey
from backend.kit.db import driver
from backend.kit.envelope import new_key, secret
from backend.settings import settings
from ledger.keeping import keep
from ledger.seal.note import Signer
from ledger.verify import Checkpoint, read_checkpoint, read_note


def grow(db: Session, district: str) -> int:
    """Put the next entries of a district's log into its tree; return how many."""
    return ledger.grow(driver(db), district)


def publish(db: Session, district: str, *, at: datetime) -> str | None:
    """Sign what a district's log has become, if it has grown; make its first key if it has none.

    :raises ledger.verify.Unproven: it does not go on from what was published before
    """
    signers = _signers(db, district) or [_new_signer(db, district, at=at)]
    memory = _Memory.of(district)
    return ledger.sign(driver(db), district, signers, published=memory.checkpoint(), remember=memory.remember)


def behind(db: Session) -> list[str]:
    """List the districts that this transaction sees whose logs have something to do."""
    return ledger.books_behind(driver(db))


def renew_key(db: Session, district: str, *, at: datetime) -> str:
    """Make a key that signs beside the one before; return what verifies it."""
    _signers(db, district)
    return str(_new_signer(db, district, at=at).log_key())


def retire_keys(db: Session, district: str, *, at: datetime) -> int:
    """Let only the newest key sign; return how many no longer do."""
    old = _active(db, district)[:-1]
    for key in old:
        key.retired_at = at
    return len(old)


def verifiers(db: Session, district: str) -> list[str]:
    """List what verifies a district's log, the newest first; what is retired still verifies the past."""
    query = select(LogKey.verifier).where(LogKey.district == district).order_by(LogKey.made_at.desc())
    return list(db.scalars(query))


def _active(db: Session, district: str) -> Sequence[LogKey]:
    """Read the keys that sign, the oldest first, while nobody else makes one."""
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"log_key/{district}", 0))))
    query = select(LogKey).where(LogKey.district == district, LogKey.retired_at.is_(None))
    return db.scalars(query.order_by(LogKey.made_at, LogKey.id)).all()


def _signers(db: Session, district: str) -> list[Signer]:
    return [Signer(key.name, secret(key.vault_key)) for key in _active(db, district)]


def _new_signer(db: Session, district: str, *, at: datetime) -> Signer:
    wrapped = new_key()
    known = db.scalar(select(LogKey.name).where(LogKey.district == district).limit(1))
    signer = Signer(known or f"{settings().log_host}/log/{district}", secret(wrapped))
    verifier = str(signer.log_key())
    db.add(LogKey(district=district, name=signer.name, vault_key=wrapped, verifier=verifier, made_at=at))
    db.flush()
    return signer


@dataclass(frozen=True)
class _Memory:
    """A file outside of the database with the last checkpoint that was published; none where none is kept."""

    file: Path | None

    @classmethod
    def of(cls, district: str) -> "_Memory":
        folder = settings().log_memory
        return cls(folder / f"{district}.checkpoint" if folder else None)

    def checkpoint(self) -> Checkpoint | None:
        """Read it.

        :raises ledger.verify.Unproven: the file says something else
        """
        if self.file is None or not self.file.exists():
            return None
        return read_checkpoint(read_note(self.file.read_text("utf-8"))[0])

    def remember(self, note: str) -> None:
        """Write it, in one step that survives a crash."""
        if self.file is None:
            return
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep(self.file, note)
