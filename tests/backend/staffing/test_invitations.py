"""Who is invited, by whom, and how they come in.

OWASP API Top 10 (2023): API1, API2 and API5. ASVS 5.0: 6.4.1 (codes are drawn, expire, and are used once),
8.2.1 and 8.2.2 (who may invite whom).
"""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from backend.identity import queries as identities
from backend.identity import service as identity
from backend.identity.errors import InvitationWrong, LoginTaken, LoginWrong, PhoneCodeWrong, SecretTooCommon
from backend.identity.queries import SignedIn
from backend.kit.auth import Actor
from backend.kit.db import see
from backend.kit.ids import new_id
from backend.kit.trail import TrailLine
from backend.network import service as network
from backend.staffing import queries, service
from backend.staffing.errors import OrganisationUnknown, RoleNotYours, StaffInvitationNotFound
from backend.staffing.models import StaffInvitation
from backend.staffing.rules import INVITATION_LIVES
from tests.makers import (
    BOUND,
    NOON,
    PASSWORD,
    PIN,
    XIHU,
    YUHANG,
    a_community,
    a_member_of_staff,
    a_merchant,
)

OURS, THEIRS = new_id(), new_id()
NAME = "吴十"


@pytest.fixture(autouse=True)
def city(db: Session) -> None:
    a_community(db, YUHANG)
    a_community(db, XIHU)
    for operator in (OURS, THEIRS):
        network.add_operator(db, id=operator, name_zh="某公司", name_en="A company")


@pytest.fixture
def admin(db: Session) -> Actor:
    return a_member_of_staff(db)


@pytest.fixture
def manager(db: Session) -> Actor:
    return a_member_of_staff(db, role="operator_manager", username="manager", organisation=OURS)


def invited(db: Session, by: Actor, role: str = "approver", organisation: UUID | None = None) -> str:
    return service.invite(db, by=by, role=role, name=NAME, organisation=organisation, at=NOON).code


def come(db: Session, code: str, *, username: str = "wu.shi", at: datetime = NOON) -> SignedIn:
    return service.accept_as_staff(db, code=code, username=username, password=PASSWORD, at=at)


def come_to_collect(db: Session, code: str, *, number: str = "C0042") -> SignedIn:
    return service.accept_as_collector(db, code=code, number=number, pin=PIN, at=NOON)


def awaited(db: Session, by: Actor, *, at: datetime = NOON) -> list[str]:
    return [one.role for one in queries.invitations(db, by, at=at, cursor=None, limit=10).items]


def test_a_second_approver_comes_with_a_password_of_their_own_and_enrols(db, admin):
    session = come(db, invited(db, admin))

    assert (session.role, session.district, session.next_step) == (
        "approver",
        YUHANG,
        "second_factor_enrolment",
    )
    who = identities.authenticate(db, session.access_token, NOON)
    assert identities.display_name(db, who.id) == NAME
    assert "budget:read" not in who.scopes
    assert awaited(db, admin) == []


def test_a_collector_comes_with_a_pin_of_their_own_to_the_operator_who_invited(db, manager):
    session = come_to_collect(db, invited(db, manager, "collector"))

    who = identities.authenticate(db, session.access_token, NOON)
    assert (who.role, who.organisation, session.next_step) == ("collector", OURS, None)
    assert [one.number for one in identities.collectors(db, YUHANG, OURS)] == ["C0042"]


@pytest.mark.parametrize("role", ["operator_manager", "till"])
def test_who_works_for_somebody_comes_to_them(db, admin, role: str):
    employer = OURS if role == "operator_manager" else a_merchant(db)

    session = come(db, invited(db, admin, role, employer))

    assert identities.authenticate(db, session.access_token, NOON).organisation == employer


@pytest.mark.parametrize(
    ("role", "named"), [("operator_manager", False), ("till", False), ("till", True), ("approver", True)]
)
def test_nobody_is_invited_to_work_for_whom_the_register_does_not_have(db, admin, role: str, named: bool):
    with pytest.raises(OrganisationUnknown):
        invited(db, admin, role, OURS if named else None)


def test_a_manager_invites_to_no_other_operator(db, manager):
    with pytest.raises(OrganisationUnknown):
        invited(db, manager, "collector", THEIRS)


@pytest.mark.parametrize("role", ["district_admin", "approver", "till", "operator_manager"])
def test_a_manager_invites_collectors_only(db, manager, role: str):
    with pytest.raises(RoleNotYours):
        invited(db, manager, role)


@pytest.mark.parametrize("role", ["collector", "auditor", "resident"])
def test_an_administrator_invites_no_collectors_and_no_auditors(db, admin, role: str):
    with pytest.raises(RoleNotYours):
        invited(db, admin, role)


def test_a_code_is_good_once(db, admin):
    code = invited(db, admin)
    come(db, code)

    with pytest.raises(InvitationWrong):
        come(db, code, username="another")


def test_a_code_is_good_for_three_days(db, admin):
    code = invited(db, admin)
    late = NOON + INVITATION_LIVES

    assert awaited(db, admin, at=late) == []
    with pytest.raises(InvitationWrong):
        come(db, code, at=late)
    assert come(db, code, at=late - timedelta(seconds=1)).role == "approver"


def test_a_code_that_was_taken_back_is_good_for_nothing(db, admin):
    made = service.invite(db, by=admin, role="approver", name=NAME, at=NOON)

    service.take_back(db, made.id, by=admin, at=NOON)

    assert awaited(db, admin) == []
    with pytest.raises(InvitationWrong):
        come(db, made.code)
    with pytest.raises(StaffInvitationNotFound):
        service.take_back(db, made.id, by=admin, at=NOON)


@pytest.mark.parametrize("code", ["", "330110-AAAAAAAAAAAAAAAA", "x" * 40])
def test_a_made_up_code_is_good_for_nothing(db, code: str):
    with pytest.raises(InvitationWrong):
        come(db, code)


def test_a_code_opens_only_the_role_it_was_made_for(db, admin, manager):
    with pytest.raises(InvitationWrong):
        come_to_collect(db, invited(db, admin))
    with pytest.raises(InvitationWrong):
        come(db, invited(db, manager, "collector"))


def test_a_login_stands_for_one_person(db, admin):
    with pytest.raises(LoginTaken):
        come(db, invited(db, admin), username="Zhou.Jiu")


def test_a_secret_that_everybody_knows_is_not_taken(db, manager):
    with pytest.raises(SecretTooCommon):
        service.accept_as_collector(
            db, code=invited(db, manager, "collector"), number="C0042", pin="123456", at=NOON
        )


def test_a_manager_sees_and_takes_back_the_operators_own(db, admin, manager):
    other = a_member_of_staff(db, role="operator_manager", username="other", organisation=THEIRS)
    made = service.invite(db, by=manager, role="collector", name=NAME, at=NOON)
    invited(db, admin)

    assert awaited(db, manager) == ["collector"]
    assert sorted(awaited(db, admin)) == ["approver", "collector"]
    assert awaited(db, other) == []
    with pytest.raises(StaffInvitationNotFound):
        service.take_back(db, made.id, by=other, at=NOON)


def test_pages_of_invitations_follow_one_another(db, admin):
    made = [
        service.invite(db, by=admin, role="approver", name=NAME, at=NOON + timedelta(minutes=n)).id
        for n in range(3)
    ]

    first = queries.invitations(db, admin, at=NOON, cursor=None, limit=2)
    second = queries.invitations(db, admin, at=NOON, cursor=first.next_cursor, limit=2)

    assert [one.id for one in (*first.items, *second.items)] == made


def test_neither_name_nor_code_lies_open(db, admin):
    made = service.invite(db, by=admin, role="approver", name=NAME, at=NOON)
    db.flush()

    row = db.get_one(StaffInvitation, (YUHANG, made.id))

    stored = row.hash + (row.name_sealed or b"")
    assert NAME.encode() not in stored
    assert made.code.encode() not in stored
    come(db, made.code)
    assert row.name_sealed is None


def test_what_nobody_accepted_is_forgotten(db, admin):
    invited(db, admin)

    assert service.forget_invitations(db, district=YUHANG, at=NOON) == 0
    assert service.forget_invitations(db, district=YUHANG, at=NOON + INVITATION_LIVES) == 1


def test_the_trail_tells_who_invited_whom_and_who_came(db, admin):
    made = service.invite(db, by=admin, role="approver", name=NAME, at=NOON)
    session = come(db, made.code)
    who = identities.authenticate(db, session.access_token, NOON).id
    see(db, YUHANG)
    lines = {line.kind: line for line in db.query(TrailLine).filter(TrailLine.kind.like("colleague.%")).all()}

    told, came = lines["colleague.invited"], lines["colleague.entered"]
    assert (told.actor, told.subject, told.after) == (
        admin.id,
        f"invitation/{made.id}",
        {"role": "approver", "organisation": None},
    )
    assert (came.actor, came.subject, came.role) == (who, f"person/{who}", "approver")
    assert came.after is not None
    assert came.after["invitation"] == str(made.id)


def test_who_was_invited_and_left_comes_in_no_more(db, admin, manager):
    session = come_to_collect(db, invited(db, manager, "collector"))
    who = identities.authenticate(db, session.access_token, NOON)

    service.depart(db, who.id, by=manager, reason="合同到期", at=NOON)

    with pytest.raises(LoginWrong):
        identity.sign_in_collector(db, **BOUND, number="C0042", pin=PIN, at=NOON)


def test_what_somebody_made_who_left_brings_nobody_in(db, admin, manager):
    code, phone = invited(db, manager, "collector"), identity.offer_phone(db, by=manager, at=NOON)
    ours = invited(db, admin)

    service.depart(db, manager.id, by=admin, reason="合同到期", at=NOON)

    with pytest.raises(InvitationWrong):
        come_to_collect(db, code)
    with pytest.raises(PhoneCodeWrong):
        identity.sign_in_collector(db, phone_code=phone.code, number="C0042", pin=PIN, at=NOON)
    see(db, YUHANG)
    assert db.query(TrailLine).filter(TrailLine.kind == "invitation.taken_back").one().actor == admin.id
    come(db, ours)
