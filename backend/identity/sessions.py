"""A session: how it begins, which step its sign-in has to go, and how the others of a person end."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.identity import queries, rules
from backend.identity.models import TokenFamily
from backend.identity.rules import Post, SignedIn
from backend.kit.auth import Actor, NotSignedIn
from backend.kit.ids import new_id


def begin(
    db: Session,
    person: UUID,
    post: Post,
    *,
    household: UUID | None = None,
    device: str | None,
    phone: UUID | None = None,
    next_step: str | None = None,
    at: datetime,
) -> SignedIn:
    """Open a session in one district and role."""
    family = TokenFamily(
        id=new_id(at),
        person=person,
        district=post.district,
        role=post.role,
        household=household,
        organisation=post.organisation,
        device=device,
        phone=phone,
        next_step=next_step,
        created_at=at,
    )
    db.add(family)
    return family.hand_out(at)


def of(db: Session, by: Actor) -> TokenFamily:
    """Lock the session that somebody speaks with.

    :raises NotSignedIn: it ended a moment ago
    """
    family = queries.family_locked(db, by.session) if by.session else None
    if family is None or family.revoked_at is not None:
        raise NotSignedIn
    return family


def step_for(db: Session, person: UUID, role: str, *, verified: bool) -> str | None:
    """Tell what a sign-in in a role still lacks."""
    return rules.next_step(
        role,
        enrolled=queries.second_factor(db, person) is not None,
        verified=verified,
        must_change=queries.credential_of(db, person).must_change,
    )


def end(db: Session, person: UUID, *, but: UUID | None = None, at: datetime) -> None:
    """End the sessions of somebody at once, but for the one they speak with."""
    running = update(TokenFamily).where(TokenFamily.person == person, TokenFamily.revoked_at.is_(None))
    db.execute((running.where(TokenFamily.id != but) if but else running).values(revoked_at=at))
