"""The verbs of staffing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from backend.identity import queries as identities
from backend.identity import service as identity
from backend.kit import trail
from backend.kit.auth import Actor
from backend.kit.jobs import later
from backend.staffing.errors import ColleagueNotFound, OwnDeparture
from backend.staffing.invitations import (
    accept_as_collector,
    accept_as_staff,
    end_invitations_of,
    forget_invitations,
    invite,
    take_back,
)

__all__ = ["accept_as_collector", "accept_as_staff", "depart", "forget_invitations", "invite", "take_back"]


def depart(db: Session, colleague: UUID, *, by: Actor, reason: str, at: datetime) -> None:
    """End somebody's work in the caller's district, or for their operator there, and their sessions at once.

    The visits that a collector has not begun go to others of the operator, and no code that they made opens
    anything any more.

    :raises OwnDeparture: nobody ends their own work
    :raises ColleagueNotFound: they do not work where the caller may look
    """
    if colleague == by.id:
        raise OwnDeparture
    posts = identities.colleagues(db, by.district, operator=by.organisation, person=colleague)
    if not posts:
        raise ColleagueNotFound
    for post in posts:
        identity.dismiss(db, person=colleague, district=by.district, role=post.role, at=at)
        if post.role == "collector":
            later(db, "booking.assign", {"operator": str(post.organisation)}, district=by.district, at=at)
    end_invitations_of(db, colleague, by=by, at=at)
    identity.end_phones_offered(db, colleague, district=by.district, at=at)
    roles = sorted(post.role for post in posts)
    trail.note(
        db,
        "colleague.departed",
        f"person/{colleague}",
        by=by,
        before={"roles": roles},
        after={"roles": []},
        reason=reason,
        at=at,
    )
