"""The second factor: who needs one, which codes are good, and what opens the door without it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from backend.identity import queries, rules, service, totp
from backend.identity.errors import LoginWrong, NoSecondFactor, SecondFactorWrong, SecretWrong
from backend.identity.rules import Enrolled
from backend.kit.auth import Actor, NotSignedIn
from backend.kit.ids import new_id
from tests.makers import NOON, PASSWORD, XIHU, YUHANG, a_collector, a_community, a_member_of_staff

STEP = timedelta(seconds=totp.STEP_SECONDS)


@pytest.fixture(autouse=True)
def city(db: Session) -> None:
    a_community(db, YUHANG)
    a_community(db, XIHU)


@pytest.fixture
def admin(db: Session) -> Actor:
    """Who has just been made, and gave the password."""
    service.register_staff(
        db, username="chief", password=PASSWORD, name="周九", role="district_admin", district=YUHANG, at=NOON
    )
    return half_way(db)


def half_way(db: Session, at: datetime = NOON) -> Actor:
    session = service.sign_in_staff(db, username="chief", password=PASSWORD, at=at)
    return queries.authenticate(db, session.access_token, at)


def enrolled(db: Session, who: Actor) -> tuple[str, Enrolled]:
    secret = service.enrol_second_factor(db, by=who, password=PASSWORD, at=NOON).secret
    done = service.confirm_second_factor(db, by=who, code=totp.code_at(secret, NOON), at=NOON)
    return secret, done


def verify(db: Session, who: Actor, code: str, *, at: datetime):
    return service.verify_second_factor(db, by=who, code=code, at=at)


# The vectors of RFC 6238, appendix B, cut to six digits.
@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")]
)
def test_codes_are_those_of_the_standard(seconds: int, code: str):
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    at = datetime.fromtimestamp(seconds, NOON.tzinfo)

    assert totp.code_at(secret, at) == code
    assert totp.step_of(secret, code, after=0, at=at) == seconds // 30


def test_the_qr_code_is_of_the_address(db, admin):
    drawn = service.enrol_second_factor(db, by=admin, password=PASSWORD, at=NOON)

    assert drawn.otpauth_uri.startswith("otpauth://totp/Lvzhang:chief?secret=" + drawn.secret)
    assert drawn.qr_svg.startswith("<svg")


def test_an_administrator_enrols_before_anything_else(db, admin):
    assert admin.next_step == "second_factor_enrolment"
    assert "budget:read" not in admin.scopes

    _, done = enrolled(db, admin)

    assert done.session.next_step is None
    assert "budget:read" in queries.authenticate(db, done.session.access_token, NOON).scopes
    assert len(set(done.recovery_codes)) == totp.RECOVERY_CODES


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_a_step_off(db, admin, steps: int):
    secret, _ = enrolled(db, admin)
    at = NOON + 10 * STEP
    code = totp.code_at(secret, at + steps * STEP)

    assert verify(db, half_way(db, at), code, at=at).next_step is None


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_clock_may_not_be_two_steps_off(db, admin, steps: int):
    secret, _ = enrolled(db, admin)
    at = NOON + 10 * STEP

    with pytest.raises(SecondFactorWrong):
        verify(db, half_way(db, at), totp.code_at(secret, at + steps * STEP), at=at)


def test_a_code_is_good_once(db, admin):
    secret, _ = enrolled(db, admin)
    at = NOON + 10 * STEP
    code = totp.code_at(secret, at)
    verify(db, half_way(db, at), code, at=at)

    with pytest.raises(SecondFactorWrong):
        verify(db, half_way(db, at), code, at=at)
    with pytest.raises(SecondFactorWrong):
        verify(db, half_way(db, at), totp.code_at(secret, at - STEP), at=at)


def test_the_code_that_enrolled_does_not_sign_in(db, admin):
    secret, _ = enrolled(db, admin)

    with pytest.raises(SecondFactorWrong):
        verify(db, half_way(db), totp.code_at(secret, NOON), at=NOON)


def test_a_recovery_code_opens_once_however_it_is_typed(db, admin):
    _, done = enrolled(db, admin)
    code = done.recovery_codes[3]

    assert verify(db, half_way(db), f" {code.upper().replace('-', ' ')} ", at=NOON).next_step is None
    with pytest.raises(SecondFactorWrong):
        verify(db, half_way(db), code, at=NOON)
    assert verify(db, half_way(db), done.recovery_codes[4], at=NOON).next_step is None


def test_a_code_that_comes_while_guesses_rest_is_not_used_up(db, admin):
    _, done = enrolled(db, admin)
    for _ in range(rules.FREE_FAILURES):
        with pytest.raises(SecondFactorWrong):
            verify(db, half_way(db), "000000", at=NOON)
    with pytest.raises(SecondFactorWrong):
        verify(db, half_way(db), done.recovery_codes[0], at=NOON)

    later = NOON + timedelta(minutes=1)
    assert verify(db, half_way(db, later), done.recovery_codes[0], at=later).next_step is None


def test_strangers_with_the_password_do_not_keep_the_owner_out(db, admin):
    secret, done = enrolled(db, admin)
    for _ in range(rules.FREE_FAILURES):
        with pytest.raises(SecondFactorWrong):
            verify(db, half_way(db), "000000", at=NOON)

    mine = service.verify_second_factor(
        db,
        by=half_way(db),
        code=totp.code_at(secret, NOON + STEP),
        device_token=done.session.device_token,
        at=NOON,
    )

    assert mine.next_step is None


def test_renewed_recovery_codes_end_the_old(db, admin):
    _, done = enrolled(db, admin)
    whole = queries.authenticate(db, done.session.access_token, NOON)

    new = service.renew_recovery_codes(db, by=whole, password=PASSWORD, at=NOON)

    with pytest.raises(SecondFactorWrong):
        verify(db, half_way(db), done.recovery_codes[0], at=NOON)
    assert verify(db, half_way(db), new[0], at=NOON).next_step is None


def test_another_authenticator_counts_from_its_first_code_on(db, admin):
    old, done = enrolled(db, admin)
    whole = queries.authenticate(db, done.session.access_token, NOON)
    new = service.enrol_second_factor(db, by=whole, password=PASSWORD, at=NOON).secret
    at = NOON + 10 * STEP
    other = verify(db, half_way(db, at), totp.code_at(old, at), at=at)

    service.confirm_second_factor(db, by=whole, code=totp.code_at(new, at), at=at)

    with pytest.raises(NotSignedIn):
        queries.authenticate(db, other.access_token, at)
    with pytest.raises(SecondFactorWrong):
        verify(db, half_way(db, at), totp.code_at(old, at + STEP), at=at)
    assert verify(db, half_way(db, at), totp.code_at(new, at + STEP), at=at).next_step is None


def test_enrolling_asks_for_the_password_again(db, admin):
    with pytest.raises(SecretWrong):
        service.enrol_second_factor(db, by=admin, password="not the password", at=NOON)


def test_nothing_is_confirmed_that_was_not_begun(db, admin):
    with pytest.raises(NoSecondFactor):
        service.confirm_second_factor(db, by=admin, code="000000", at=NOON)
    with pytest.raises(NoSecondFactor):
        service.renew_recovery_codes(db, by=admin, password=PASSWORD, at=NOON)


def test_tills_and_collectors_need_none(db):
    till = a_member_of_staff(db, role="till", organisation=new_id())

    assert till.next_step is None
    assert a_collector(db).next_step is None


def test_a_till_that_enrolled_one_is_asked_for_it(db):
    till = a_member_of_staff(db, role="till", username="chief", organisation=new_id())
    enrolled(db, till)

    assert half_way(db).next_step == "second_factor"


def test_a_role_that_needs_one_asks_for_it_in_another_district_too(db):
    till = a_member_of_staff(db, role="till", organisation=new_id())
    service.assign(db, person=till.id, district=XIHU, role="auditor", at=NOON)

    there = service.exchange_district(db, by=till, district=XIHU, at=NOON)

    assert there.next_step == "second_factor_enrolment"


def test_who_lost_everything_begins_anew_by_a_command(db, admin):
    enrolled(db, admin)

    assert service.reset_login(db, login="Chief", password="a new first password", at=NOON)
    assert not service.reset_login(db, login="nobody", password="a new first password", at=NOON)

    with pytest.raises(LoginWrong):
        half_way(db)
    session = service.sign_in_staff(db, username="chief", password="a new first password", at=NOON)
    assert session.next_step == "new_secret"
    changed = service.change_secret(
        db,
        by=queries.authenticate(db, session.access_token, NOON),
        kind="password",
        old_secret="a new first password",
        new_secret=PASSWORD,
        at=NOON,
    )
    assert changed.next_step == "second_factor_enrolment"
