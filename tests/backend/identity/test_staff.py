"""Sign-in of collectors and staff, and their roles."""

from datetime import datetime, timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.identity import passwords, queries, service
from backend.identity.errors import LoginTaken, LoginWrong, NotAssigned, SecretTooWeak
from backend.identity.models import Guess
from backend.kit.auth import NotSignedIn
from backend.kit.ids import new_id
from tests.conftest import HASHER
from tests.makers import (
    BOUND,
    NOON,
    PASSWORD,
    PIN,
    XIHU,
    YUHANG,
    a_collector,
    a_community,
    a_member_of_staff,
)

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def city(db: Session) -> None:
    a_community(db, YUHANG)
    a_community(db, XIHU)


def test_a_collector_signs_in_with_number_and_pin(db):
    operator = new_id()

    collector = a_collector(db, operator=operator)

    assert (collector.role, collector.district, collector.organisation) == ("collector", YUHANG, operator)
    assert queries.display_name(db, collector.id) == "赵六"


def test_a_user_name_has_no_case(db):
    a_member_of_staff(db, username="Zhou.Jiu")

    assert service.sign_in_staff(db, username="zhou.JIU", password=PASSWORD, at=NOON).district == YUHANG


def test_a_wrong_secret_and_an_unknown_login_are_refused_alike(db):
    a_collector(db)

    with pytest.raises(LoginWrong) as wrong:
        service.sign_in_collector(db, **BOUND, number="C0001", pin="000000", at=NOON)
    with pytest.raises(LoginWrong) as unknown:
        service.sign_in_collector(db, **BOUND, number="C9999", pin="000000", at=NOON)

    assert str(wrong.value) == str(unknown.value)


def test_a_secret_is_kept_as_owasp_asks():
    assert HASHER.hash("a secret").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_unknown_login_costs_what_a_known_one_does(db, monkeypatch):
    """ASVS 5.0, 6.3.8: for both one hash is computed, and of one cost."""
    computed = []

    class Noting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            computed.append(extract_parameters(str(hash)))
            return super().verify(hash, password)

    a_collector(db)
    monkeypatch.setattr(passwords, "_HASHER", Noting())
    for number in ("C0001", "C9999"):
        with pytest.raises(LoginWrong):
            service.sign_in_collector(db, **BOUND, number=number, pin="000000", at=NOON)

    known, unknown = computed
    assert known == unknown


def test_a_password_is_no_pin(db):
    a_member_of_staff(db, username="C0001")

    with pytest.raises(LoginWrong):
        service.sign_in_collector(db, **BOUND, number="C0001", pin=PASSWORD, at=NOON)


def test_wrong_secrets_make_a_login_rest_longer_each_time(db):
    a_collector(db)

    def fail(at: datetime) -> None:
        with pytest.raises(LoginWrong):
            service.sign_in_collector(db, **BOUND, number="C0001", pin="000000", at=at)

    for _ in range(5):
        fail(NOON)
    with pytest.raises(LoginWrong):
        service.sign_in_collector(db, **BOUND, number="C0001", pin=PIN, at=NOON + 59 * SECOND)
    fail(NOON + 60 * SECOND)
    with pytest.raises(LoginWrong):
        service.sign_in_collector(db, **BOUND, number="C0001", pin=PIN, at=NOON + 179 * SECOND)

    assert service.sign_in_collector(
        db, **BOUND, number="C0001", pin=PIN, at=NOON + 180 * SECOND
    ).access_token
    assert db.scalars(select(Guess)).all() == []


def test_a_login_is_one_persons(db):
    a_collector(db)

    with pytest.raises(LoginTaken):
        a_collector(db)


@pytest.mark.parametrize("pin", ["12345", "1234567", "12345a", "１２３４５６"])
def test_a_pin_has_six_digits(db, pin: str):
    with pytest.raises(SecretTooWeak):
        service.register_collector(
            db, number="C1", pin=pin, name="钱七", district=YUHANG, operator=new_id(), at=NOON
        )


def test_a_password_has_twelve_characters(db):
    with pytest.raises(SecretTooWeak):
        service.register_staff(
            db, username="a", password="elevenchars", name="甲", role="auditor", district=YUHANG, at=NOON
        )


def test_who_is_entered_again_by_the_same_id_stays_as_they_are(db):
    known, operator = new_id(), new_id()

    def register(name: str):
        return service.register_collector(
            db, id=known, number="C1", pin=PIN, name=name, district=YUHANG, operator=operator, at=NOON
        )

    first, second = register("钱七"), register("钱八")

    assert first == second == known
    assert queries.display_name(db, first) == "钱七"
    assert len(queries.posts(db, first)) == 1


def test_an_operators_collectors_are_listed_by_number(db):
    ours, theirs = new_id(), new_id()
    second = a_collector(db, operator=ours, number="C0002")
    first = a_collector(db, operator=ours, number="C0001")
    a_collector(db, operator=theirs, number="C0003")

    listed = queries.collectors(db, YUHANG, ours)

    assert [(one.id, one.number, one.name_zh) for one in listed] == [
        (first.id, "C0001", "赵六"),
        (second.id, "C0002", "赵六"),
    ]
    assert queries.collectors(db, XIHU, ours) == []


def test_a_session_works_in_one_district_and_is_exchanged_for_another(db):
    auditor = a_member_of_staff(db, role="auditor")
    service.assign(db, person=auditor.id, district=XIHU, role="auditor", at=NOON)

    session = service.exchange_district(db, by=auditor, district=XIHU, at=NOON)
    there = queries.authenticate(db, session.access_token, NOON)

    assert session.district == XIHU
    assert (there.id, there.session, there.district) == (auditor.id, auditor.session, XIHU)


def test_nobody_works_where_they_have_no_role(db):
    admin = a_member_of_staff(db)

    with pytest.raises(NotAssigned):
        service.exchange_district(db, by=admin, district=XIHU, at=NOON)


def test_who_is_dismissed_is_out_at_once(db):
    admin = a_member_of_staff(db)
    session = service.sign_in_staff(db, username="Zhou.Jiu", password=PASSWORD, at=NOON)

    service.dismiss(db, person=admin.id, district=YUHANG, role="district_admin", at=NOON)

    with pytest.raises(NotSignedIn):
        queries.authenticate(db, session.access_token, NOON)
    with pytest.raises(LoginWrong):
        service.sign_in_staff(db, username="Zhou.Jiu", password=PASSWORD, at=NOON)
