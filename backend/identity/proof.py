"""A second proof that it is still the same person: a fresh one-time code, before what is costly or final."""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.identity import queries, rules
from backend.identity.codes import spend
from backend.identity.errors import CodeWrong, ProofNeeded
from backend.kit.auth import Actor


def prove(db: Session, *, by: Actor, request_id: str, code: str, at: datetime) -> rules.Proved:
    """Take a fresh code that came to the actor's own number; this session counts as proved for ten minutes.

    :raises CodeWrong: also when the right one comes too late, after too many wrong ones, or from elsewhere
    """
    index = queries.number_index(db, by.id)
    if index is None or by.session is None:
        raise CodeWrong
    spend(db, index, code, request_id, at=at)
    queries.family_known(db, by.session).proved_at = at
    return rules.Proved(until=at + rules.PROOF_LIVES)


def demand_proof(db: Session, *, by: Actor, at: datetime) -> None:
    """Go on only for who gave a one-time code in this session within the last minutes.

    :raises ProofNeeded: they have not
    """
    proved_at = queries.proved_at(db, by.session) if by.session else None
    if proved_at is None or at >= proved_at + rules.PROOF_LIVES:
        raise ProofNeeded
