"""A PIN counts only on a phone that its operator bound; there, one collector follows the other.

OWASP API Top 10 (2023): API1 and API2. ASVS 5.0: 6.3.3 (what one has and what one knows), 6.3.1 and 7.4.1.
"""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy.orm import Session

from backend.identity import queries, rules, service
from backend.identity.errors import LoginWrong, PhoneCodeWrong, PhoneNotBound, PhoneNotFound, RefreshWrong
from backend.identity.models import Guess, Phone
from backend.identity.rules import PHONE_CODE_LIVES, PhoneOffered, SignedIn
from backend.kit import tickets
from backend.kit.auth import Actor, NotSignedIn
from backend.kit.db import see
from backend.kit.ids import new_id
from backend.kit.trail import TrailLine
from tests.makers import (
    BOUND,
    NOON,
    PIN,
    XIHU,
    YUHANG,
    a_collector,
    a_community,
    a_member_of_staff,
)

SECOND = timedelta(seconds=1)
OURS, THEIRS = new_id(), new_id()
FIRST, NEXT, STRANGER = "C0001", "C0002", "C0003"


@pytest.fixture(autouse=True)
def city(db: Session) -> None:
    """Two collectors of ours and one of another operator."""
    a_community(db, YUHANG)
    a_community(db, XIHU)
    for number, operator in ((FIRST, OURS), (NEXT, OURS), (STRANGER, THEIRS)):
        a_collector(db, operator=operator, number=number)


@pytest.fixture
def manager(db: Session) -> Actor:
    return a_member_of_staff(db, role="operator_manager", username="manager", organisation=OURS)


@pytest.fixture
def offered(db: Session, manager: Actor) -> PhoneOffered:
    """A phone that our manager awaits."""
    return service.offer_phone(db, by=manager, at=NOON)


def sign_in(
    db: Session,
    number: str = FIRST,
    *,
    pin: str = PIN,
    code: str | None = None,
    token: str | None = None,
    at: datetime = NOON,
) -> SignedIn:
    return service.sign_in_collector(db, number=number, pin=pin, phone_code=code, phone_token=token, at=at)


def bound(db: Session, offered: PhoneOffered) -> str:
    """Bind a phone and return its token."""
    return str(sign_in(db, code=offered.code).phone_token)


def test_a_pin_alone_opens_nothing(db):
    with pytest.raises(PhoneNotBound):
        sign_in(db)


@pytest.mark.parametrize("number", [FIRST, "C9999"])
def test_an_unbound_phone_learns_nothing_and_makes_nobody_wait(db, number: str):
    for _ in range(9):
        with pytest.raises(PhoneNotBound):
            sign_in(db, number, pin="000000")

    assert db.query(Guess).all() == []


def test_a_code_binds_a_phone_and_signs_in(db, offered):
    session = sign_in(db, code=offered.code)

    who = queries.authenticate(db, session.access_token, NOON)
    assert (who.role, who.organisation) == ("collector", OURS)
    assert sign_in(db, token=session.phone_token).access_token


def test_collectors_change_over_on_a_bound_phone(db, offered):
    first = sign_in(db, code=offered.code)

    after = sign_in(db, NEXT, token=first.phone_token, at=NOON + SECOND)

    assert queries.display_name(db, queries.authenticate(db, after.access_token, NOON).id) == "赵六"
    with pytest.raises(NotSignedIn):
        queries.authenticate(db, first.access_token, NOON)
    with pytest.raises(RefreshWrong):
        service.refresh(db, refresh_token=first.refresh_token, at=NOON)


def test_two_phones_do_not_end_each_other(db, manager):
    sessions = [sign_in(db, code=service.offer_phone(db, by=manager, at=NOON).code) for _ in range(2)]

    assert all(queries.authenticate(db, session.access_token, NOON) for session in sessions)


def test_a_code_binds_one_phone(db, offered):
    bound(db, offered)

    with pytest.raises(PhoneCodeWrong):
        sign_in(db, code=offered.code)


def test_a_code_is_good_for_a_day(db, offered):
    with pytest.raises(PhoneCodeWrong):
        sign_in(db, code=offered.code, at=NOON + PHONE_CODE_LIVES)

    assert sign_in(db, code=offered.code, at=NOON + PHONE_CODE_LIVES - SECOND).phone_token


@pytest.mark.parametrize("code", ["", "246811", "330110-AAAAAAAAAAAAAAAA", "x" * 40])
def test_a_made_up_code_binds_nothing(db, code: str):
    with pytest.raises(PhoneCodeWrong):
        sign_in(db, code=code)


def test_a_wrong_pin_counts_and_leaves_the_code_good(db, offered):
    with pytest.raises(LoginWrong):
        sign_in(db, pin="000000", code=offered.code)

    assert [guess.failures for guess in db.query(Guess)] == [1, 1]
    assert sign_in(db, code=offered.code).phone_token


def test_another_operators_collector_is_a_stranger_on_our_phone(db, offered):
    with pytest.raises(LoginWrong):
        sign_in(db, STRANGER, code=offered.code)
    with pytest.raises(LoginWrong) as theirs:
        sign_in(db, STRANGER, token=bound(db, offered))
    with pytest.raises(LoginWrong) as nobody:
        sign_in(db, "C9999", token=rules.phone_token(YUHANG, offered.id))

    assert str(theirs.value) == str(nobody.value)
    assert [guess.failures for guess in db.query(Guess)] == [2, 2], "the right PIN told itself by nothing"


def test_guesses_on_a_bound_phone_are_counted_as_before(db, offered):
    token = bound(db, offered)
    for _ in range(5):
        with pytest.raises(LoginWrong):
            sign_in(db, pin="000000", token=token)

    with pytest.raises(LoginWrong):
        sign_in(db, token=token, at=NOON + 59 * SECOND)
    assert sign_in(db, NEXT, token=token).access_token, "one collector's rest is nobody else's"
    assert sign_in(db, token=token, at=NOON + 60 * SECOND).access_token


def test_a_phone_that_was_lost_is_out_at_once(db, manager, offered):
    session = sign_in(db, code=offered.code)

    service.end_phone(db, offered.id, by=manager, at=NOON)

    with pytest.raises(NotSignedIn):
        queries.authenticate(db, session.access_token, NOON)
    with pytest.raises(PhoneNotBound):
        sign_in(db, token=session.phone_token)
    with pytest.raises(PhoneNotFound):
        service.end_phone(db, offered.id, by=manager, at=NOON)


def test_a_code_that_was_ended_binds_nothing(db, manager, offered):
    service.end_phone(db, offered.id, by=manager, at=NOON)

    with pytest.raises(PhoneCodeWrong):
        sign_in(db, code=offered.code)


def test_another_operators_phone_is_not_found(db, offered):
    other = a_member_of_staff(db, role="operator_manager", username="other", organisation=THEIRS)

    with pytest.raises(PhoneNotFound):
        service.end_phone(db, offered.id, by=other, at=NOON)
    theirs = queries.phones(db, YUHANG, THEIRS, at=NOON, cursor=None, limit=10).items
    assert offered.id not in {phone.id for phone in theirs}
    assert listed(db) == [(offered.id, None)]


def listed(db: Session, *, at: datetime = NOON) -> list[tuple[UUID, UUID | None]]:
    """Our phones, and who had each last; those that the collectors of the fixture brought are bound."""
    found = queries.phones(db, YUHANG, OURS, at=at, cursor=None, limit=10).items
    return [(phone.id, phone.last_by) for phone in found if phone.made_by != phone.bound_by]


def test_phones_are_listed_with_who_has_them(db, manager, offered):
    assert listed(db, at=NOON + PHONE_CODE_LIVES) == []
    token = bound(db, offered)
    session = sign_in(db, NEXT, token=token)

    assert listed(db) == [(offered.id, queries.authenticate(db, session.access_token, NOON).id)]
    service.end_phone(db, offered.id, by=manager, at=NOON)
    assert listed(db) == []


def test_pages_of_phones_follow_one_another(db):
    first = queries.phones(db, YUHANG, OURS, at=NOON, cursor=None, limit=1)
    second = queries.phones(db, YUHANG, OURS, at=NOON, cursor=first.next_cursor, limit=1)

    assert first.next_cursor is not None
    assert second.next_cursor is None
    assert {one.id for one in first.items} & {one.id for one in second.items} == set()


def test_a_code_that_nobody_used_is_forgotten(db, manager, offered):
    bound(db, offered)
    service.offer_phone(db, by=manager, at=NOON)

    assert service.forget_phones(db, district=YUHANG, at=NOON + PHONE_CODE_LIVES - SECOND) == 0
    assert service.forget_phones(db, district=YUHANG, at=NOON + PHONE_CODE_LIVES) == 1


def test_who_left_signs_in_on_no_phone(db, offered):
    token = bound(db, offered)
    collector = queries.person_of_login(db, FIRST)
    assert collector is not None

    service.dismiss(db, person=collector, district=YUHANG, role="collector", at=NOON)

    with pytest.raises(LoginWrong):
        sign_in(db, token=token)


def test_a_collector_of_two_districts_works_where_the_phone_is(db, offered):
    collector = queries.person_of_login(db, FIRST)
    assert collector is not None
    service.assign(db, person=collector, district=XIHU, role="collector", organisation=OURS, at=NOON)

    assert sign_in(db, code=offered.code).district == YUHANG


def test_neither_code_nor_token_lies_open(db, offered):
    db.flush()
    row = db.get_one(Phone, (YUHANG, offered.id))

    assert row.code_hash == tickets.kept("phone", offered.code)
    token = bound(db, offered)
    assert row.code_hash is None
    assert token.startswith(f"{YUHANG}-")


def test_the_trail_tells_of_phones(db, manager, offered):
    service.end_phone(db, offered.id, by=manager, at=NOON)
    see(db, YUHANG)

    lines = db.query(TrailLine).filter(TrailLine.kind.like("phone.%")).all()

    assert {(line.kind, line.actor, line.subject) for line in lines} == {
        ("phone.offered", manager.id, f"phone/{offered.id}"),
        ("phone.ended", manager.id, f"phone/{offered.id}"),
    }


def test_the_fixed_code_binds_to_the_operator_of_who_signs_in(db):
    session = service.sign_in_collector(db, **BOUND, number=STRANGER, pin=PIN, at=NOON)

    assert queries.authenticate(db, session.access_token, NOON).organisation == THEIRS
    with pytest.raises(LoginWrong):
        sign_in(db, token=session.phone_token)


@given(some.uuids())
def test_a_token_reads_back(phone: UUID):
    assert rules.phone_of(rules.phone_token(YUHANG, phone)) == (YUHANG, phone)


@given(some.text(max_size=80))
def test_no_text_breaks_the_reading_of_tokens(written: str):
    assert rules.phone_of(written) is None
