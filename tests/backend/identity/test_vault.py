"""What is personal is shown one by one, and whom it belongs to reads who looked.

OWASP API Top 10 (2023): API1 and API3. ASVS 5.0: 8.2.2, 8.2.3, 14.2.6 and 16.2.1.
"""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from backend.identity import queries, rules, service
from backend.identity.errors import PersonNotFound
from backend.kit.ids import new_id
from tests.makers import (
    ALICE,
    BOB,
    NOON,
    XIHU,
    YUHANG,
    a_collector,
    a_community,
    a_household,
    a_member_of_staff,
    a_resident,
)

REASON = "她来电询问昨天的称重结果"
ADDRESS = "示范路1号（虚构）"


def looks(db: Session, who):
    return queries.accesses(db, who, cursor=None, limit=20).items


@pytest.mark.parametrize(("what", "value"), [("phone", ALICE), ("name", "爱丽丝"), ("address", ADDRESS)])
def test_staff_are_shown_what_they_give_a_reason_for_and_the_person_reads_it(db, what, value):
    alice, admin = a_resident(db), a_member_of_staff(db)

    shown = service.reveal(db, alice.id, by=admin, what=what, reason=REASON, at=NOON)

    assert (shown.what, shown.value) == (what, value)
    [look] = looks(db, alice)
    assert (look.what, look.role, look.district, look.reason) == (what, "district_admin", YUHANG, REASON)
    assert (look.organisation, look.pickup, look.at) == (None, None, NOON)


def test_nobody_reads_of_looks_at_somebody_else(db):
    alice, bob, admin = a_resident(db), a_resident(db, phone=BOB), a_member_of_staff(db)
    service.reveal(db, alice.id, by=admin, what="phone", reason=REASON, at=NOON)

    assert looks(db, bob) == []
    assert looks(db, admin) == []


def test_who_stands_in_another_district_is_not_found(db):
    alice = a_resident(db)
    a_community(db, XIHU)
    foreign = a_member_of_staff(db, username="xihu.admin", district=XIHU)

    for person in (alice.id, new_id()):
        with pytest.raises(PersonNotFound):
            service.reveal(db, person, by=foreign, what="phone", reason=REASON, at=NOON)

    assert looks(db, alice) == []


def test_staff_find_people_by_the_end_of_their_number_and_see_no_more_of_it(db):
    home = a_household(db)
    alice = a_resident(db, home)
    a_resident(db, phone=BOB)

    found = queries.people(db, YUHANG, phone_last4="0001", cursor=None, limit=20)

    assert found.items == [rules.Known(alice.id, "resident", "0001", home, NOON)]
    assert queries.people(db, XIHU, phone_last4="0001", cursor=None, limit=20).items == []


def test_a_collector_at_the_door_leaves_a_trace_with_every_member(db):
    home = a_household(db)
    alice, bob = a_resident(db, home), a_resident(db, home, phone=BOB, at=NOON + timedelta(seconds=1))
    collector, pickup = a_collector(db), new_id(NOON)

    door = service.show_door(db, home, by=collector, pickup=pickup, booker=bob.id, at=NOON)

    assert (door.address, door.phone_masked) == (ADDRESS, "161****0002")
    for member in (alice, bob):
        [look] = looks(db, member)
        assert (look.what, look.role, look.pickup, look.reason) == ("address", "collector", pickup, None)


@pytest.mark.parametrize(
    "change", ["update access set role = 'nobody'", "delete from access", "truncate access"]
)
def test_a_trace_is_changed_by_nobody(db, change):
    with pytest.raises(ProgrammingError) as refused:
        db.execute(text(change))

    assert isinstance(refused.value.orig, InsufficientPrivilege)


def test_a_reason_is_sealed_for_the_person_it_concerns(db):
    alice, admin = a_resident(db), a_member_of_staff(db)
    service.reveal(db, alice.id, by=admin, what="phone", reason=f"{REASON} {ALICE}", at=NOON)
    db.flush()

    sealed = db.execute(text("select reason_sealed from access")).scalar_one()

    assert ALICE.encode() not in bytes(sealed)
    assert REASON.encode() not in bytes(sealed)


@given(some.integers(0, 99_999_999))
def test_of_a_number_the_middle_is_hidden(rest: int):
    phone = f"+86138{rest:08d}"

    masked = rules.masked_phone(phone)

    assert masked == f"138****{phone[-4:]}"


@given(some.text(min_size=5, max_size=120))
def test_of_an_address_only_the_beginning_is_shown(address: str):
    assert rules.masked_address(address) == address[:3] + "****"
