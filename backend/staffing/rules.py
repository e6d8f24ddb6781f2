"""Who may invite whom, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

INVITATION_LIVES = timedelta(hours=72)
INVITES: Mapping[str, frozenset[str]] = {
    "district_admin": frozenset({"district_admin", "approver", "till", "operator_manager"}),
    "operator_manager": frozenset({"collector"}),
}
"""Into which roles somebody may invite; auditors are the city's, and are made by a command on its server."""
INVITED = sorted(frozenset().union(*INVITES.values()))
NOW, EVER = "now", "ever"
"""Whether only who works here is listed, or also who has left."""


@dataclass(frozen=True)
class Invited:
    """Somebody who was invited and has not come yet."""

    id: UUID
    role: str
    organisation: UUID | None
    made_by: UUID
    made_at: datetime
    expires_at: datetime
    name: str = field(repr=False)


@dataclass(frozen=True)
class Invitation(Invited):
    """An invitation with its code, the only time it is seen."""

    code: str = field(repr=False)


def may_invite(inviter: str, role: str) -> bool:
    """Tell whether who has one role may invite into another."""
    return role in INVITES.get(inviter, frozenset())
