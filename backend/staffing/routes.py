"""Who works here, who leaves, and who changed what."""

from typing import Any
from uuid import UUID

from backend.identity.errors import InvitationWrong, LoginTaken, SecretTooCommon, SecretTooWeak
from backend.identity.queries import Colleague, SignedIn
from backend.kit import cookies
from backend.kit.api import Room
from backend.kit.auth import public, refuses, requires
from backend.kit.http import actor, address, now, session
from backend.kit.pace import SIGN_IN, paced
from backend.kit.paging import CursorUnreadable, Page, PageIn
from backend.kit.tables import also_as_table
from backend.staffing import queries, service
from backend.staffing.errors import (
    ColleagueNotFound,
    OrganisationUnknown,
    OwnDeparture,
    RoleNotYours,
    StaffInvitationNotFound,
)
from backend.staffing.examples import (
    CHANGE,
    COLLEAGUE,
    COME_AS_COLLECTOR,
    COME_AS_STAFF,
    INVITATION,
    INVITED,
)
from backend.staffing.queries import Change
from backend.staffing.rules import Invitation, Invited
from backend.staffing.schemas import (
    AcceptAsCollectorIn,
    AcceptAsStaffIn,
    ArrivedOut,
    ColleaguePageOut,
    ColleaguesIn,
    DepartureIn,
    InvitationIn,
    InvitationOut,
    StaffInvitedPageOut,
    TrailIn,
    TrailPageOut,
)
from backend.staffing.tables import COLLEAGUES, INVITATIONS, TRAIL

blp = Room("staffing", __name__, description="Who works in a district, and the trail of what they changed.")


@blp.get("/staff")
@requires("colleague:read")
@blp.arguments(ColleaguesIn, location="query")
@blp.response(200, ColleaguePageOut, example={"items": [COLLEAGUE], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(COLLEAGUES, ColleaguePageOut)
def list_colleagues(args: dict[str, Any]) -> Page[Colleague]:
    """List who works in the caller's district; an operator's manager sees the operator's collectors."""
    return queries.colleagues(session(), actor(), **args)


@blp.post("/staff/<uuid:colleague_id>/departure")
@requires("colleague:dismiss")
@blp.arguments(DepartureIn, example={"reason": "合同到期"})
@blp.response(204)
@refuses(ColleagueNotFound, OwnDeparture)
def depart(body: dict[str, Any], colleague_id: UUID) -> None:
    """End somebody's work in every role they have here, and their sessions at once."""
    service.depart(session(), colleague_id, by=actor(), at=now(), **body)


@blp.post("/staff/invitations")
@requires("colleague:invite")
@blp.arguments(InvitationIn, example={"role": "approver", "name": "吴十"})
@blp.response(201, InvitationOut, example=INVITATION)
@refuses(RoleNotYours, OrganisationUnknown)
def invite(body: dict[str, Any]) -> Invitation:
    """Make a code that lets one person begin to work here, within three days.

    An administrator invites administrators, approvers, tills and operators' managers into the district;
    an operator's manager invites the operator's collectors.
    """
    return service.invite(session(), by=actor(), at=now(), **body)


@blp.get("/staff/invitations")
@requires("colleague:invite")
@blp.arguments(PageIn, location="query")
@blp.response(200, StaffInvitedPageOut, example={"items": [INVITED], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(INVITATIONS, StaffInvitedPageOut)
def list_invitations(args: dict[str, Any]) -> Page[Invited]:
    """List who is invited and has not come yet, without the codes, the oldest first."""
    return queries.invitations(session(), actor(), at=now(), **args)


@blp.delete("/staff/invitations/<uuid:staff_invitation_id>")
@requires("colleague:invite")
@blp.response(204)
@refuses(StaffInvitationNotFound)
def take_back(staff_invitation_id: UUID) -> None:
    """End an invitation before somebody uses it."""
    service.take_back(session(), staff_invitation_id, by=actor(), at=now())


@blp.post("/staff/invitations/acceptance")
@public
@paced(SIGN_IN)
@paced(SIGN_IN)
@blp.arguments(
    AcceptAsStaffIn,
    example={
        "code": INVITATION["code"],
        "username": "wu.shi",
        "password": "seven lamps by the lake",
        "device": "办公室电脑",
    },
)
@blp.response(201, ArrivedOut, example=COME_AS_STAFF)
@refuses(InvitationWrong, LoginTaken, SecretTooWeak, SecretTooCommon)
@cookies.hands_out
def accept_as_staff(body: dict[str, Any]) -> SignedIn:
    """Begin to work here with a user name and a password of your own; `next_step` says what comes then."""
    return service.accept_as_staff(session(), **body, address=address(), at=now())


@blp.post("/staff/invitations/acceptance/collector")
@public
@paced(SIGN_IN)
@paced(SIGN_IN)
@blp.arguments(
    AcceptAsCollectorIn,
    example={"code": INVITATION["code"], "number": "C0042", "pin": "480261", "device": "小米 14"},
)
@blp.response(201, ArrivedOut, example=COME_AS_COLLECTOR)
@refuses(InvitationWrong, LoginTaken, SecretTooWeak, SecretTooCommon)
@cookies.hands_out
def accept_as_collector(body: dict[str, Any]) -> SignedIn:
    """Begin to collect for the operator that invited you, with a number and a PIN of your own."""
    return service.accept_as_collector(session(), **body, address=address(), at=now())


@blp.get("/trail")
@requires("trail:read")
@blp.arguments(TrailIn, location="query")
@blp.response(200, TrailPageOut, example={"items": [CHANGE], "next_cursor": None})
@refuses(CursorUnreadable)
@also_as_table(TRAIL, TrailPageOut)
def list_trail(args: dict[str, Any]) -> Page[Change]:
    """List what staff changed in the caller's district, newest first.

    A line is never changed, and kept for three years.
    """
    return queries.trail(session(), actor(), **args)
