"""A resident's sign-in by number and one-time code."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import repeat
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.identity import queries, service
from backend.identity.errors import CodeTooSoon, CodeWrong, TooManyCodes
from backend.identity.models import OneTimeCode, Person
from backend.kit.envelope import blind_index
from backend.kit.ids import new_id
from backend.kit.jobs import OutboxEvent
from backend.settings import settings
from tests.makers import ALICE, BOB, FIXED_CODE, NOON, XIHU, YUHANG, a_community, a_household

SECOND = timedelta(seconds=1)

requests: dict[str, str] = {}


@pytest.fixture(autouse=True)
def city(db: Session) -> None:
    requests.clear()
    a_community(db, YUHANG)
    a_community(db, XIHU)


def ask(db: Session, *, at=NOON, phone: str = ALICE):
    """Ask for a code, and keep the request's id as a device would."""
    sent = service.send_code(db, phone=phone, language="zh-CN", at=at)
    requests[phone] = sent.request_id
    return sent


def sent_to(db: Session, phone: str = ALICE) -> str:
    code = queries.newest_code(db, blind_index(phone))
    assert code is not None
    return code.digits()


def guesses(but: str) -> Iterator[str]:
    return (guess for n in range(1_000_000) if (guess := f"{n:06d}") not in {but, FIXED_CODE})


def sign_in(db: Session, code: str, *, at=NOON, phone: str = ALICE):
    """Try a code on the device that asked last."""
    request = requests.get(phone, "none was made")
    return service.sign_in_resident(db, phone=phone, code=code, request_id=request, at=at)


def test_the_first_sign_in_makes_a_newcomer(db):
    ask(db)

    session = sign_in(db, sent_to(db), at=NOON + 60 * SECOND)

    assert (session.role, session.district, session.needs_set_up) == ("newcomer", None, True)
    assert session.access_expires_at == NOON + timedelta(minutes=16)
    assert session.refresh_expires_at == NOON + timedelta(days=30, minutes=1)


def test_the_second_sign_in_finds_the_same_person_and_their_household(db):
    home = queries.home(db, YUHANG, a_household(db))
    alice = service.enter_resident(db, home, phone=ALICE, name="爱丽丝", at=NOON)

    session = sign_in(db, FIXED_CODE)
    actor = queries.authenticate(db, session.access_token, NOON)

    assert (actor.id, actor.role, actor.district, actor.household) == (alice, "resident", YUHANG, home.id)
    assert db.scalar(select(func.count()).select_from(Person)) == 1


def test_a_code_fits_once(db):
    ask(db)
    code = sent_to(db)

    sign_in(db, code)
    with pytest.raises(CodeWrong):
        sign_in(db, code)


def test_a_code_lives_five_minutes(db):
    ends = ask(db).expires_at

    assert ends == NOON + timedelta(minutes=5)
    with pytest.raises(CodeWrong):
        sign_in(db, sent_to(db), at=ends)
    sign_in(db, sent_to(db), at=ends - SECOND)


def test_after_five_wrong_guesses_the_right_one_is_refused_too(db):
    ask(db)
    right = sent_to(db)
    wrong = guesses(but=right)

    for _ in range(5):
        with pytest.raises(CodeWrong):
            sign_in(db, next(wrong))

    with pytest.raises(CodeWrong):
        sign_in(db, right)


def test_the_fifth_guess_may_be_right(db):
    ask(db)
    right = sent_to(db)
    wrong = guesses(but=right)

    for _ in range(4):
        with pytest.raises(CodeWrong):
            sign_in(db, next(wrong))

    assert sign_in(db, right).access_token


def test_what_somebody_else_asks_for_ends_nothing(db):
    mine = ask(db).request_id
    right = sent_to(db)
    ask(db, at=NOON + 60 * SECOND)  # who knows a number may ask for it, on a device of their own

    later = NOON + 61 * SECOND
    if sent_to(db) != right:
        with pytest.raises(CodeWrong):
            sign_in(db, right, at=later)
    assert service.sign_in_resident(db, phone=ALICE, code=right, request_id=mine, at=later).access_token


def test_a_code_is_bound_to_its_number(db):
    ask(db)
    ask(db, phone=BOB)

    if sent_to(db) != sent_to(db, BOB):
        with pytest.raises(CodeWrong):
            sign_in(db, sent_to(db), phone=BOB)


def test_nobody_signs_in_without_having_asked(db):
    with pytest.raises(CodeWrong):
        sign_in(db, next(guesses(but="")))


def test_one_code_a_minute(db):
    assert ask(db).resend_at == NOON + 60 * SECOND

    with pytest.raises(CodeTooSoon) as refused:
        ask(db, at=NOON + 20 * SECOND)

    assert refused.value.retry_after == 40
    ask(db, at=NOON + 60 * SECOND)


def test_five_codes_an_hour(db):
    for minute in range(0, 50, 10):
        ask(db, at=NOON + timedelta(minutes=minute))

    with pytest.raises(CodeTooSoon) as refused:
        ask(db, at=NOON + timedelta(minutes=50))

    assert refused.value.retry_after == 600
    ask(db, at=NOON + timedelta(minutes=60))


def test_the_message_leaves_by_the_outbox_which_names_nobody(db):
    ask(db)

    event = db.scalars(select(OutboxEvent)).one()
    code = db.scalars(select(OneTimeCode)).one()

    assert (event.topic, event.payload) == ("identity.send_code", {"code": str(code.id)})
    letter = service.letter(db, code.id, at=NOON)
    assert letter is not None
    assert (letter.phone, letter.digits) == (ALICE, code.digits())


def test_a_message_that_left_has_forgotten_its_number(db):
    ask(db)
    code = db.scalars(select(OneTimeCode)).one()
    assert service.letter(db, code.id, at=NOON) == service.letter(db, code.id, at=NOON)

    service.forget_letter(db, code.id)

    assert (code.vault_key, code.phone_sealed) == (None, None)
    assert service.letter(db, code.id, at=NOON) is None


def test_a_message_that_comes_too_late_is_not_sent(db):
    ask(db)
    code = db.scalars(select(OneTimeCode)).one()

    assert service.letter(db, code.id, at=NOON + timedelta(minutes=5)) is None
    assert (code.vault_key, code.phone_sealed) == (None, None)


def test_codes_are_forgotten_after_an_hour(db):
    ask(db)
    ask(db, phone=BOB, at=NOON + timedelta(hours=1))
    newest = queries.newest_code(db, blind_index(BOB))
    assert newest is not None

    service.letter(db, newest.id, at=NOON + timedelta(hours=1))

    assert db.scalars(select(OneTimeCode.id)).all() == [newest.id]


def many(db: Session, addresses: Iterator[str], phones: Iterator[str]) -> int:
    """Ask for codes until one is refused; return how many left."""
    for sent, (phone, address) in enumerate(zip(phones, addresses, strict=False)):
        try:
            service.send_code(db, phone=phone, language="zh-CN", address=address, at=NOON)
        except TooManyCodes:
            return sent
    return -1


def spread() -> Iterator[str]:
    """Numbers, each in a block of its own."""
    return (f"+86161{one:04d}0001" for one in range(1, 10_000))


def test_one_line_gets_thirty_codes_an_hour(db):
    """OWASP API4 and API6; ASVS 5.0, 2.4.1."""
    assert many(db, repeat("203.0.113.7"), spread()) == 30
    service.send_code(db, phone=ALICE, language="zh-CN", address="203.0.113.8", at=NOON)
    service.send_code(db, phone=BOB, language="zh-CN", address="203.0.113.7", at=NOON + timedelta(hours=1))


def test_one_device_gets_ten_codes_an_hour_on_whatever_line(db):
    def ask(nth: int, device: UUID, *, at=NOON) -> None:
        phone, line = f"+86161{nth:04d}0001", f"203.0.113.{nth}"
        service.send_code(db, phone=phone, language="zh-CN", device_id=device, address=line, at=at)

    mine, yours = new_id(NOON), new_id(NOON)
    for nth in range(10):
        ask(nth, mine)
    with pytest.raises(TooManyCodes):
        ask(10, mine)

    ask(10, yours)
    ask(11, mine, at=NOON + timedelta(hours=1))
    kept = db.scalars(select(OneTimeCode.device)).all()
    assert not {mine.bytes, yours.bytes} & set(kept)


def test_a_line_in_ipv6_is_all_of_its_sixty_four_bits(db):
    hosts = (f"2001:db8::{one:x}" for one in range(1, 100))

    assert many(db, hosts, spread()) == 30


def test_who_counts_up_a_block_of_numbers_is_stopped(db):
    addresses = (f"203.0.{one // 250}.{one % 250}" for one in range(1_000))
    block = (f"+861610000{one:04d}" for one in range(1_000))

    assert many(db, addresses, block) == 200


def test_the_hour_has_a_budget(db, monkeypatch):
    monkeypatch.setenv("LV_CODES_AN_HOUR", "12")
    settings.cache_clear()
    addresses = (f"203.0.113.{one}" for one in range(100))

    assert many(db, addresses, spread()) == 12
