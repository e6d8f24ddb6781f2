"""Who cannot show the household's card is vouched for, at the door or over the counter (ASVS 5.0, 6.4.4)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.identity import queries, service
from backend.identity.errors import NumberInDoubt, PersonNotFound
from backend.kit.auth import Actor
from backend.kit.ids import new_id
from tests.makers import (
    ALICE,
    BOB,
    CHARLIE,
    FIXED_CODE,
    NOON,
    XIHU,
    a_collector,
    a_household,
    a_member_of_staff,
    a_newcomer,
    a_resident,
)

HALF_AN_HOUR = timedelta(minutes=30)
REASON = "本人持身份证到柜台办理"


@pytest.fixture
def home(db):
    """Where Alice and Bob live."""
    return a_household(db)


@pytest.fixture
def alice(db, home):
    """A resident whose number the network gave to somebody new."""
    actor = a_resident(db, home)
    service.reissue(db, [ALICE], at=NOON)
    return actor


@pytest.fixture
def admin(db):
    """Staff of the district."""
    return a_member_of_staff(db)


@pytest.fixture
def collector(db):
    """Somebody who comes to the door."""
    return a_collector(db)


def sign_in(db, *, at=NOON, phone: str = ALICE, **proof) -> Actor:
    session = service.sign_in_resident(db, phone=phone, code=FIXED_CODE, at=at, **proof)
    return queries.authenticate(db, session.access_token, at)


def at_the_door(db, collector, home, *, at=NOON) -> str:
    return service.vouch_at_door(db, home, by=collector, pickup=new_id(at), at=at).code


def over_the_counter(db, admin, person, *, at=NOON) -> str:
    return service.vouch_for(db, person.id, by=admin, reason=REASON, at=at).code


@pytest.fixture(params=["collector", "admin"])
def code(request, db, alice) -> str:
    """What Alice is told, by the one or the other."""
    by = request.getfixturevalue(request.param)
    if by.role == "collector":
        return at_the_door(db, by, alice.home())
    return over_the_counter(db, by, alice)


def test_a_word_for_her_is_as_good_as_the_card(db, alice, home, code):
    found = sign_in(db, vouch=code)

    assert (found.id, found.household) == (alice.id, home)
    assert sign_in(db).id == alice.id


def test_it_counts_once(db, alice, code):
    sign_in(db, vouch=code)
    service.reissue(db, [ALICE], at=NOON)

    with pytest.raises(NumberInDoubt):
        sign_in(db, vouch=code)


def test_it_lives_half_an_hour(db, alice, code):
    with pytest.raises(NumberInDoubt):
        sign_in(db, vouch=code, at=NOON + HALF_AN_HOUR)

    assert sign_in(db, vouch=code, at=NOON + HALF_AN_HOUR - timedelta(seconds=1)).id == alice.id


def test_a_wrong_one_opens_nothing(db, alice, code):
    for wrong in ("", "0", f"{(int(code) + 1) % 10**8:08d}", code[:-1], f"{code}0"):
        with pytest.raises(NumberInDoubt):
            sign_in(db, vouch=wrong)


def test_another_one_takes_its_place(db, alice, home, collector, code):
    another = at_the_door(db, collector, home)

    if another != code:
        with pytest.raises(NumberInDoubt):
            sign_in(db, vouch=code)
    assert sign_in(db, vouch=another).id == alice.id


def test_it_is_for_this_household_only(db, alice, code):
    charlie = a_resident(db, phone=CHARLIE, name="查理")
    service.reissue(db, [CHARLIE], at=NOON)

    with pytest.raises(NumberInDoubt):
        sign_in(db, phone=CHARLIE, vouch=code)
    assert sign_in(db, vouch=code).id == alice.id != charlie.id


def test_at_the_door_it_is_for_whoever_lives_there(db, alice, home, collector):
    bob = a_resident(db, home, phone=BOB, name="鲍勃")
    service.reissue(db, [BOB], at=NOON)

    assert sign_in(db, phone=BOB, vouch=at_the_door(db, collector, home)).id == bob.id


def test_over_the_counter_it_is_for_one_person(db, alice, home, admin):
    a_resident(db, home, phone=BOB, name="鲍勃")
    service.reissue(db, [BOB], at=NOON)
    code = over_the_counter(db, admin, alice)

    with pytest.raises(NumberInDoubt):
        sign_in(db, phone=BOB, vouch=code)
    assert sign_in(db, vouch=code).id == alice.id


def test_after_a_year_of_silence_it_counts_too(db, alice, home, collector):
    a_year_on = NOON + timedelta(days=366)
    code = at_the_door(db, collector, home, at=a_year_on)

    assert sign_in(db, at=a_year_on, vouch=code).id == alice.id


def test_everybody_reads_who_vouched_and_why(db, alice, home, admin, collector):
    bob = a_resident(db, home, phone=BOB, name="鲍勃")
    over_the_counter(db, admin, alice)
    at_the_door(db, collector, home, at=NOON + timedelta(minutes=1))

    def read(who: Actor) -> list[tuple[str, str, str | None, bool]]:
        page = queries.accesses(db, who, cursor=None, limit=10)
        return [(look.what, look.role, look.reason, look.pickup is not None) for look in page.items]

    by_collector = ("sign_in", "collector", None, True)
    assert read(alice) == [by_collector, ("sign_in", "district_admin", REASON, False)]
    assert read(bob) == [by_collector]


def test_staff_vouch_for_residents_of_their_district(db, alice, admin, collector):
    abroad = replace(admin, district=XIHU)
    newcomer = a_newcomer(db, phone=CHARLIE)

    for by, person in ((abroad, alice), (admin, newcomer), (admin, collector)):
        with pytest.raises(PersonNotFound):
            over_the_counter(db, by, person)


def test_who_is_known_as_ever_needs_none(db, home):
    alice = a_resident(db, home)

    assert sign_in(db, vouch="00000000").id == alice.id
