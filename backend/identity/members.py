"""Who belongs to a household: invited, come in, and gone again."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.identity import queries, rules
from backend.identity.enrolment import agree, dismiss, move_in
from backend.identity.errors import AlreadyInHousehold, InvitationWrong, TermsOutdated
from backend.identity.models import Invitation, Membership, TokenFamily
from backend.identity.proof import demand_proof
from backend.identity.rules import NEWCOMER, RESIDENT
from backend.kit import tickets
from backend.kit.auth import Actor
from backend.kit.db import see
from backend.kit.ids import new_id

_OPENS = "invitation"


def invite(db: Session, *, by: Actor, at: datetime) -> rules.Invited:
    """Make a code that lets one person into the actor's household, within a day."""
    code = tickets.draw(by.district)
    ends = at + rules.INVITATION_LIVES
    db.add(
        Invitation(
            district=by.district,
            id=new_id(at),
            household=by.home(),
            made_by=by.id,
            hash=tickets.kept(_OPENS, code),
            expires_at=ends,
        )
    )
    return rules.Invited(code=code, expires_at=ends)


def join(db: Session, *, by: Actor, code: str, consent: str, at: datetime) -> rules.OwnHome:
    """Bring somebody without a household into the one they were invited to; the code is used up by it.

    :raises TermsOutdated: other terms are in force
    :raises AlreadyInHousehold: a person belongs to one household at a time
    :raises InvitationWrong: there is no such code, or it was used, or has run out
    """
    if consent != rules.TERMS:
        raise TermsOutdated(version=rules.TERMS)
    queries.person_locked(db, by.id)
    if any(post.role == RESIDENT for post in queries.posts(db, by.id)):
        raise AlreadyInHousehold
    district = tickets.district_of(code)
    if district is None:
        raise InvitationWrong
    see(db, district)
    invitation = queries.invitation_locked(db, district, tickets.kept(_OPENS, code))
    if invitation is None or not invitation.is_open(at):
        raise InvitationWrong
    invitation.used_by, invitation.used_at = by.id, at
    home = queries.home(db, district, invitation.household)
    agree(db, person=by.id, version=consent, at=at)
    move_in(db, home, person=by.id, at=at)
    return queries.own_home(db, district, home.id)


def leave(db: Session, *, by: Actor, at: datetime) -> None:
    """Take the actor out of their household, whose points stay with it; their sessions go on without it.

    The codes that they made bring nobody in any more, nor themselves back.

    :raises ProofNeeded: it cannot be undone, so it takes a fresh one-time code
    """
    home = by.home()
    demand_proof(db, by=by, at=at)
    queries.person_locked(db, by.id)
    db.execute(
        update(Membership)
        .where(Membership.district == by.district, Membership.household == home)
        .where(Membership.person == by.id, Membership.left_at.is_(None))
        .values(left_at=at)
    )
    db.execute(
        update(Invitation)
        .where(Invitation.district == by.district, Invitation.household == home)
        .where(Invitation.made_by == by.id, Invitation.used_at.is_(None), Invitation.expires_at > at)
        .values(expires_at=at)
    )
    db.execute(
        update(TokenFamily)
        .where(TokenFamily.person == by.id, TokenFamily.role == RESIDENT, TokenFamily.revoked_at.is_(None))
        .values(role=NEWCOMER, district=None, household=None)
    )
    dismiss(db, person=by.id, district=by.district, role=RESIDENT, at=at)
