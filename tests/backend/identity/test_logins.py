"""Logins and their secrets: who waits after wrong ones, which are taken, what changing one ends."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from backend.identity import queries, rules, service
from backend.identity.errors import (
    LoginWrong,
    SecretTooCommon,
    SecretTooWeak,
    SecretUnchanged,
    SecretWrong,
)
from backend.kit.auth import Actor, NotSignedIn, SignInUnfinished, refusal_for
from backend.kit.ids import new_id
from tests.makers import (
    BOUND,
    NOON,
    PASSWORD,
    PIN,
    YUHANG,
    a_collector,
    a_community,
    a_member_of_staff,
)

NEW_PASSWORD, NEW_PIN = "seven lamps by the lake", "480261"
HOME, ATTACKER = "198.51.100.7", "203.0.113.9"


@pytest.fixture(autouse=True)
def city(db: Session) -> None:
    a_community(db, YUHANG)


def a_till(db: Session, **more) -> Actor:
    return a_member_of_staff(db, role="till", username="shop", organisation=new_id(), **more)


def sign_in(db: Session, password: str = PASSWORD, **more):
    return service.sign_in_staff(db, username="shop", password=password, **{"at": NOON, **more})


def guess(db: Session, **more) -> None:
    with pytest.raises(LoginWrong):
        sign_in(db, "not the password", **more)


def change(db: Session, who: Actor, new: str, *, old: str = PASSWORD):
    return service.change_secret(db, by=who, kind="password", old_secret=old, new_secret=new, at=NOON)


# ASVS 5.0 6.3.1, 6.3.5: guessing is slowed, and not turned against the owner.


def test_who_guesses_from_elsewhere_makes_nobody_wait_at_home(db):
    a_till(db)
    for _ in range(6):
        guess(db, address=ATTACKER)

    with pytest.raises(LoginWrong):
        sign_in(db, address=ATTACKER)

    assert sign_in(db, address=HOME).access_token


def test_a_crowd_of_strangers_does_not_keep_the_owner_from_a_known_device(db):
    a_till(db)
    known = sign_in(db, address=HOME).device_token
    for n in range(rules.FREE_FAILURES_OF_STRANGERS):
        guess(db, address=f"203.0.113.{n}")

    with pytest.raises(LoginWrong):
        sign_in(db, address=HOME)

    assert sign_in(db, address=HOME, device_token=known).access_token


def test_a_known_device_that_guesses_waits_itself(db):
    a_till(db)
    known = sign_in(db).device_token
    for _ in range(5):
        guess(db, device_token=known)

    with pytest.raises(LoginWrong):
        sign_in(db, device_token=known)
    assert sign_in(db, device_token=known, at=NOON + timedelta(minutes=1)).access_token


def test_a_made_up_device_is_a_stranger(db):
    a_till(db)
    for _ in range(5):
        guess(db, device_token=rules.device_token(new_id(), credential=new_id(), kept="?"))

    with pytest.raises(LoginWrong):
        sign_in(db)


def test_a_device_is_told_once_what_it_is_known_by(db):
    a_till(db)
    known = sign_in(db).device_token

    assert known
    assert sign_in(db, device_token=known).device_token is None
    assert sign_in(db, device_token="é").device_token is not None


def test_wrong_secrets_of_long_ago_count_no_more(db):
    a_till(db)
    for _ in range(4):
        guess(db)
    guess(db, at=NOON + timedelta(days=2))

    assert sign_in(db, at=NOON + timedelta(days=2)).access_token


# ASVS 5.0 6.2.1, 6.2.3, 6.2.4, 6.4.1: passwords.


@pytest.mark.parametrize(
    ("kind", "secret", "login"),
    [
        ("password", "Password1234", "zhou"),
        ("password", "aaaabbbbcccc", "zhou"),
        ("password", "my shop is nice", "shop"),
        ("pin", "123456", "C1"),
        ("pin", "654321", "C1"),
        ("pin", "112211", "C1"),
        ("pin", "258258", "C1"),
    ],
)
def test_what_anybody_would_guess_is_common(kind, secret: str, login: str):
    assert rules.is_common(kind, secret, login=login)


@pytest.mark.parametrize(
    ("kind", "secret"), [("password", NEW_PASSWORD), ("pin", NEW_PIN), ("pin", "246802")]
)
def test_what_few_would_guess_is_not(kind, secret: str):
    assert not rules.is_common(kind, secret, login="shop")


@pytest.mark.parametrize(
    ("new", "refusal"),
    [("short", SecretTooWeak), ("qwertyuiop123", SecretTooCommon), (PASSWORD, SecretUnchanged)],
)
def test_a_new_password_is_a_good_one(db, new: str, refusal: type[Exception]):
    till = a_till(db)

    with pytest.raises(refusal):
        change(db, till, new)


def test_a_changed_password_ends_the_other_sessions_and_forgets_the_devices(db):
    till = a_till(db)
    other = sign_in(db)

    mine = change(db, till, NEW_PASSWORD)

    assert queries.authenticate(db, mine.access_token, NOON).session == till.session
    with pytest.raises(NotSignedIn):
        queries.authenticate(db, other.access_token, NOON)
    with pytest.raises(LoginWrong):
        sign_in(db)
    assert sign_in(db, NEW_PASSWORD, device_token=other.device_token).device_token is not None


def test_who_holds_only_the_phone_changes_no_password(db):
    till = a_till(db)

    for _ in range(5):
        with pytest.raises(SecretWrong):
            change(db, till, NEW_PASSWORD, old="not the password")
    with pytest.raises(SecretWrong):
        change(db, till, NEW_PASSWORD)


def test_a_collector_changes_a_pin_and_no_password(db):
    collector = a_collector(db)

    with pytest.raises(SecretWrong):
        change(db, collector, NEW_PASSWORD, old=PIN)
    service.change_secret(db, by=collector, kind="pin", old_secret=PIN, new_secret=NEW_PIN, at=NOON)

    assert service.sign_in_collector(db, **BOUND, number="C0001", pin=NEW_PIN, at=NOON).access_token


def test_a_first_password_must_be_changed_before_anything_else(db):
    service.register_staff(
        db,
        username="shop",
        password=PASSWORD,
        name="孙八",
        role="till",
        district=YUHANG,
        organisation=new_id(),
        must_change=True,
        at=NOON,
    )
    session = sign_in(db)
    till = queries.authenticate(db, session.access_token, NOON)
    assert (session.next_step, session.device_token) == ("new_secret", None)
    assert till.scopes == {"me:read", "session:end", "secret:change"}
    assert isinstance(refusal_for(till), SignInUnfinished)

    changed = change(db, till, NEW_PASSWORD)

    assert changed.next_step is None
    assert "voucher:honour" in queries.authenticate(db, changed.access_token, NOON).scopes


def test_an_unfinished_sign_in_runs_out_soon(db):
    a_member_of_staff(db)

    session = service.sign_in_staff(db, username="Zhou.Jiu", password=PASSWORD, at=NOON)

    assert session.refresh_expires_at == NOON + rules.STEP_LIVES
