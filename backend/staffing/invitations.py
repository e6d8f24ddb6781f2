"""Invitations of staff: made, taken back, and accepted by who then chooses their own secret."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend.identity import queries as identities
from backend.identity import service as identity
from backend.identity.errors import InvitationWrong
from backend.identity.queries import SignedIn, StaffRole
from backend.kit import tickets, trail
from backend.kit.auth import Actor
from backend.kit.db import see
from backend.kit.envelope import new_key
from backend.kit.ids import new_id
from backend.kit.jobs import later
from backend.network import queries as network
from backend.rewards import queries as rewards
from backend.staffing import queries, rules
from backend.staffing.errors import OrganisationUnknown, RoleNotYours, StaffInvitationNotFound
from backend.staffing.models import StaffInvitation

_OPENS = "staff-invitation"
_COLLECTOR = "collector"


def invite(
    db: Session, *, by: Actor, role: str, name: str, organisation: UUID | None = None, at: datetime
) -> rules.Invitation:
    """Make a code that lets one person begin to work in the caller's district, within three days.

    :param organisation: the operator of a manager, the merchant of a till; a collector has the caller's
    :raises RoleNotYours: the caller invites nobody into this role
    :raises OrganisationUnknown: the register does not have it, or the role has none
    """
    if not rules.may_invite(by.role, role):
        raise RoleNotYours
    employer = _employer(db, by, role, organisation)
    code = tickets.draw(by.district)
    row = StaffInvitation(
        district=by.district,
        id=new_id(at),
        role=role,
        organisation=employer,
        vault_key=new_key(),
        hash=tickets.kept(_OPENS, code),
        made_by=by.id,
        made_at=at,
        expires_at=at + rules.INVITATION_LIVES,
    )
    row.call(name)
    db.add(row)
    trail.note(db, "colleague.invited", f"invitation/{row.id}", by=by, after=_facts(row), at=at)
    return rules.Invitation(**vars(row.invited()), code=code)


def _employer(db: Session, by: Actor, role: str, organisation: UUID | None) -> UUID | None:
    """Find for whom somebody is to work."""
    if role == _COLLECTOR and organisation in (None, by.organisation):
        return by.organisation_id()
    known = {
        "operator_manager": organisation and network.operator(db, organisation) is not None,
        "till": organisation and rewards.is_merchant(db, organisation),
    }.get(role, organisation is None)
    if not known:
        raise OrganisationUnknown
    return organisation


def take_back(db: Session, invitation: UUID, *, by: Actor, at: datetime) -> None:
    """End an invitation before somebody uses it.

    :raises StaffInvitationNotFound: it is not the caller's, or was accepted, or has run out
    """
    row = queries.invitation_locked(db, by, invitation)
    if row is None or not row.is_open(at):
        raise StaffInvitationNotFound
    row.end(at)
    trail.note(db, "invitation.taken_back", f"invitation/{row.id}", by=by, before=_facts(row), at=at)


def end_invitations_of(db: Session, colleague: UUID, *, by: Actor, at: datetime) -> None:
    """End the invitations that somebody who leaves has made in the caller's district."""
    for row in queries.invitations_of_locked(db, by.district, colleague):
        row.end(at)
        trail.note(db, "invitation.taken_back", f"invitation/{row.id}", by=by, before=_facts(row), at=at)


def forget_invitations(db: Session, *, district: str, at: datetime) -> int:
    """Delete the invitations of a district that nobody accepted in time: they still name somebody."""
    gone = delete(StaffInvitation).where(StaffInvitation.district == district)
    late = gone.where(StaffInvitation.ended_at.is_(None), StaffInvitation.expires_at <= at)
    return len(db.scalars(late.returning(StaffInvitation.id)).all())


def accept_as_staff(
    db: Session,
    *,
    code: str,
    username: str,
    password: str,
    device: str | None = None,
    address: str = "",
    at: datetime,
) -> SignedIn:
    """Enter who was invited, with a user name and a password of their own, and sign them in.

    :raises InvitationWrong: there is no such code, or it was used, taken back, or has run out
    :raises LoginTaken: the user name is somebody else's
    :raises SecretTooWeak: a password has twelve characters at least
    :raises SecretTooCommon: the password is among the first to be guessed
    """
    row = _open(db, code, at=at)
    if row.role == _COLLECTOR:
        raise InvitationWrong
    role: StaffRole = row.role  # type: ignore[assignment]  # whoever invited could choose among these only
    person = identity.register_staff(
        db,
        username=username,
        password=password,
        name=row.name(),
        role=role,
        district=row.district,
        organisation=row.organisation,
        at=at,
    )
    _enter(db, row, person, at=at)
    return identity.sign_in_staff(
        db, username=username, password=password, device=device, address=address, at=at
    )


def accept_as_collector(
    db: Session,
    *,
    code: str,
    number: str,
    pin: str,
    device: str | None = None,
    address: str = "",
    at: datetime,
) -> SignedIn:
    """Enter a collector who was invited, with a number and a PIN of their own, and bind their phone.

    They get the visits that nobody of the operator has on his list.

    :raises InvitationWrong: there is no such code, or it was used, taken back, or has run out
    :raises LoginTaken: the number is somebody else's
    :raises SecretTooWeak: a PIN has six digits
    :raises SecretTooCommon: the PIN is among the first to be guessed
    """
    row = _open(db, code, at=at)
    if row.role != _COLLECTOR or row.organisation is None:
        raise InvitationWrong
    person = identity.register_collector(
        db, number=number, pin=pin, name=row.name(), district=row.district, operator=row.organisation, at=at
    )
    later(db, "booking.assign", {"operator": str(row.organisation)}, district=row.district, at=at)
    phone = identity.offer_phone(db, by=_enter(db, row, person, at=at), at=at)
    db.flush()
    return identity.sign_in_collector(
        db, number=number, pin=pin, phone_code=phone.code, device=device, address=address, at=at
    )


def _open(db: Session, code: str, *, at: datetime) -> StaffInvitation:
    """Lock the invitation that a code stands for."""
    district = tickets.district_of(code)
    if district is None:
        raise InvitationWrong
    see(db, district)
    row = queries.invitation_of_code_locked(db, district, tickets.kept(_OPENS, code))
    if row is None or not row.is_open(at):
        raise InvitationWrong
    return row


def _enter(db: Session, row: StaffInvitation, person: UUID, *, at: datetime) -> Actor:
    """Close an invitation that was accepted, and write down who came."""
    row.end(at, accepted_by=person)
    by = Actor(
        person,
        row.role,
        frozenset(),
        row.district,
        organisation=row.organisation,
        vault_key=identities.key_of(db, person),
    )
    facts = {**_facts(row), "invitation": str(row.id)}
    trail.note(db, "colleague.entered", f"person/{person}", by=by, after=facts, at=at)
    return by


def _facts(row: StaffInvitation) -> trail.Facts:
    return {"role": row.role, "organisation": str(row.organisation) if row.organisation else None}
