"""Who works here, whom a manager sees, and how somebody leaves.

OWASP API Top 10 (2023): API1. ASVS 5.0: 7.4.2 (who leaves is out at once) and 8.2.2 (one's own people only).
"""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from backend.identity import queries as identities
from backend.identity import service as identity
from backend.identity.errors import LoginWrong
from backend.kit.auth import Actor, NotSignedIn
from backend.kit.db import see
from backend.kit.ids import new_id
from backend.staffing import queries, service
from backend.staffing.errors import ColleagueNotFound, OwnDeparture
from tests.makers import (
    BOUND,
    NOON,
    PIN,
    XIHU,
    YUHANG,
    a_collector,
    a_community,
    a_member_of_staff,
    a_resident,
)

MINUTE = timedelta(minutes=1)
OURS, THEIRS = new_id(), new_id()


@pytest.fixture(autouse=True)
def city(db: Session) -> None:
    a_community(db, YUHANG)
    a_community(db, XIHU)


@pytest.fixture
def manager(db: Session) -> Actor:
    return a_member_of_staff(db, role="operator_manager", username="manager", organisation=OURS)


def listed(db: Session, by: Actor) -> list[str]:
    see(db, by.district)
    return [one.role for one in queries.colleagues(db, by, cursor=None, limit=10).items]


def leave(db: Session, who: Actor, by: Actor) -> None:
    service.depart(db, who.id, by=by, reason="合同到期", at=NOON)


def test_an_administrator_sees_who_works_in_the_district(db, manager):
    admin = a_member_of_staff(db)
    a_collector(db, operator=OURS)
    a_resident(db)
    a_collector(db, operator=OURS, number="C0009", district=XIHU)

    assert sorted(listed(db, admin)) == ["collector", "district_admin", "operator_manager"]


def test_a_manager_sees_the_operators_own_collectors(db, manager):
    a_member_of_staff(db)
    mine = a_collector(db, operator=OURS)
    a_collector(db, operator=THEIRS, number="C0002")

    (seen,) = queries.colleagues(db, manager, cursor=None, limit=10).items

    assert (seen.id, seen.name, seen.organisation) == (mine.id, "赵六", OURS)


def test_who_has_left_is_still_known_by_name_to_who_asks(db, manager):
    collector = a_collector(db, operator=OURS)
    leave(db, collector, manager)

    (known,) = queries.colleagues(db, manager, cursor=None, limit=10, at_work="ever").items

    assert (known.id, known.name, known.until) == (collector.id, "赵六", NOON)
    assert listed(db, manager) == []


def test_pages_follow_one_another(db, manager):
    numbers = [a_collector(db, operator=OURS, number=f"C000{n}", at=NOON + n * MINUTE).id for n in range(3)]

    first = queries.colleagues(db, manager, cursor=None, limit=2)
    second = queries.colleagues(db, manager, cursor=first.next_cursor, limit=2)

    assert [one.id for one in (*first.items, *second.items)] == numbers
    assert second.next_cursor is None


def test_who_leaves_is_out_at_once(db, manager):
    collector = a_collector(db, operator=OURS)
    session = identity.sign_in_collector(db, **BOUND, number="C0001", pin=PIN, at=NOON)

    leave(db, collector, manager)

    with pytest.raises(NotSignedIn):
        identities.authenticate(db, session.access_token, NOON)
    with pytest.raises(LoginWrong):
        identity.sign_in_collector(db, **BOUND, number="C0001", pin=PIN, at=NOON)
    assert listed(db, manager) == []


def test_who_leaves_one_district_stays_in_another(db, manager):
    collector = a_collector(db, operator=OURS)
    identity.assign(db, person=collector.id, district=XIHU, role="collector", organisation=OURS, at=NOON)

    leave(db, collector, manager)

    assert identity.sign_in_collector(db, **BOUND, number="C0001", pin=PIN, at=NOON).district == XIHU


@pytest.mark.parametrize("whose", ["another operator's", "the administrator", "a resident", "nobody"])
def test_a_manager_ends_nobody_elses_work(db, manager, whose: str):
    somebody = {
        "another operator's": lambda: a_collector(db, operator=THEIRS).id,
        "the administrator": lambda: a_member_of_staff(db).id,
        "a resident": lambda: a_resident(db).id,
        "nobody": new_id,
    }[whose]()

    with pytest.raises(ColleagueNotFound):
        service.depart(db, somebody, by=manager, reason="合同到期", at=NOON)


def test_nobody_ends_their_own_work(db):
    admin = a_member_of_staff(db)

    with pytest.raises(OwnDeparture):
        leave(db, admin, admin)
