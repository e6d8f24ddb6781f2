"""A number that changes hands inherits nothing (ASVS 5.0, 6.4.4; OWASP API2)."""

from datetime import timedelta

import pytest

from backend.identity import queries, service
from backend.identity.errors import NumberInDoubt
from backend.kit.auth import NotSignedIn
from backend.kit.db import see
from backend.kit.envelope import blind_index
from tests.makers import (
    ALICE,
    FIXED_CODE,
    NOON,
    YUHANG,
    a_household,
    a_member_of_staff,
    a_newcomer,
    a_resident,
)

A_YEAR_ON = NOON + timedelta(days=365)


def sign_in(db, *, at=A_YEAR_ON, **proof):
    session = service.sign_in_resident(db, phone=ALICE, code=FIXED_CODE, at=at, **proof)
    return queries.authenticate(db, session.access_token, at)


def test_after_a_year_of_silence_the_code_alone_is_not_enough(db):
    alice = a_resident(db)

    assert sign_in(db, at=A_YEAR_ON - timedelta(seconds=1)).id == alice.id
    with pytest.raises(NumberInDoubt):
        sign_in(db, at=A_YEAR_ON + timedelta(days=365))


def test_the_card_of_the_household_proves_who_it_is(db):
    home = a_household(db)
    alice, admin = a_resident(db, home), a_member_of_staff(db)
    own = service.issue_card(db, home, by=admin, at=NOON).code
    strange = service.issue_card(db, a_household(db), by=admin, at=NOON).code

    for card in ("", "LVC1.", strange):
        with pytest.raises(NumberInDoubt):
            sign_in(db, card=card)

    assert sign_in(db, card=own).id == alice.id
    assert sign_in(db).household == home


def test_the_network_may_say_that_a_number_is_somebody_elses(db):
    home = a_household(db)
    alice, admin = a_resident(db, home), a_member_of_staff(db)
    card = service.issue_card(db, home, by=admin, at=NOON).code
    before = service.sign_in_resident(db, phone=ALICE, code=FIXED_CODE, at=NOON)

    said = service.reissue(db, ["161 0000 0001", "+8616100000002", "12345"], at=NOON)

    assert (said.known, said.unreadable) == (1, 1)
    with pytest.raises(NumberInDoubt):
        sign_in(db, at=NOON)
    assert queries.authenticate(db, before.access_token, NOON).id == alice.id
    assert sign_in(db, at=NOON, card=card).id == alice.id
    assert sign_in(db, at=NOON).id == alice.id


def test_a_number_that_was_given_to_somebody_new_begins_anew_once(db):
    alice = a_resident(db)
    service.reissue(db, [ALICE], at=NOON)

    somebody = sign_in(db, at=NOON, fresh_start=True)

    assert somebody.id != alice.id
    assert sign_in(db, at=NOON).id == somebody.id


def test_a_fresh_start_inherits_nothing_and_takes_nothing(db):
    home = a_household(db)
    alice = a_resident(db, home)

    somebody = sign_in(db, fresh_start=True)

    assert somebody.id != alice.id
    assert (somebody.role, somebody.household) == ("newcomer", None)
    see(db, YUHANG)
    assert queries.members(db, YUHANG, home) == [alice.id]
    assert queries.phone(db, alice.id) is None
    found = queries.person_of_number_locked(db, blind_index(ALICE))
    assert found is not None
    assert found.id == somebody.id


def test_a_fresh_start_is_for_silent_numbers_only(db):
    alice = a_resident(db)

    assert sign_in(db, at=NOON, fresh_start=True).id == alice.id


def test_the_sessions_of_the_one_before_end(db):
    before = service.sign_in_resident(db, phone=ALICE, code=FIXED_CODE, at=NOON)
    sign_in(db, fresh_start=True)

    with pytest.raises(NotSignedIn):
        queries.authenticate(db, before.access_token, NOON)
    assert a_newcomer(db, at=A_YEAR_ON).role == "newcomer"
