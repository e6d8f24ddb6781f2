"""Wrong secrets, counted by where they come from: strangers wait, the owner on a known device does not."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend.identity import queries, rules
from backend.identity.models import Credential, Guess
from backend.identity.rules import Source
from backend.kit.ids import new_id


def sources(credential: Credential, what: str, *, device_token: str | None, address: str) -> Sequence[Source]:
    """Tell where a guess at a login's secret or second factor comes from."""
    device = rules.device_of(device_token, credential=credential.id, kept=credential.hash)
    return rules.sources_of(what, device=device, address=address)


def judge(
    db: Session, credential: Credential, sources: Sequence[Source], fits: Callable[[], bool], *, at: datetime
) -> bool:
    """Tell whether a guess is let in, and count it if it is wrong; the login must be locked.

    While one of its sources rests, no guess is looked at, so the right one tells itself by nothing.
    """
    made = queries.guesses(db, credential.id, [source.key for source in sources])
    if any(guess.rests_until > at for guess in made.values()):
        return False
    if fits():
        forget(db, credential.id, [source.key for source in sources])
        return True
    for source in sources:
        _count(db, credential.id, source, made.get(source.key), at=at)
    return False


def _count(db: Session, credential: UUID, source: Source, made: Guess | None, *, at: datetime) -> None:
    guess = made or Guess(id=new_id(at), credential=credential, source=source.key, failures=0, last_at=at)
    if guess.last_at < at - rules.GUESSES_COUNT_FOR:
        guess.failures = 0
    guess.failures += 1
    guess.last_at, guess.rests_until = at, at + rules.delay_after(guess.failures, source.free)
    db.add(guess)


def forget(db: Session, credential: UUID, keys: Sequence[bytes] | None = None) -> None:
    """Forget the wrong secrets of a login, of some sources or of all."""
    gone = delete(Guess).where(Guess.credential == credential)
    db.execute(gone if keys is None else gone.where(Guess.source.in_(keys)))
