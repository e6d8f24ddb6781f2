"""Setting up a household, and who sees it."""

from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from backend.identity import queries, service
from backend.identity.errors import AlreadyInHousehold, CommunityUnknown, TermsOutdated
from backend.identity.models import Assignment, Consent, Household, Membership
from backend.identity.queries import Home
from backend.identity.rules import TERMS
from backend.kit.auth import Actor
from backend.kit.db import see
from backend.kit.ids import new_id
from tests.makers import (
    ALICE,
    BOB,
    CHARLIE,
    FIXED_CODE,
    NOON,
    XIHU,
    YUHANG,
    a_community,
    a_newcomer,
    a_resident,
)

ADDRESS = "示范路1号1幢101室"
YUHANG_COMMUNITY, XIHU_COMMUNITY = f"{YUHANG}001001", f"{XIHU}001001"


@pytest.fixture(autouse=True)
def city(db: Session) -> None:
    a_community(db, YUHANG)
    a_community(db, XIHU)


def a_home(db: Session) -> Home:
    return service.open_household(db, community=YUHANG_COMMUNITY, address=ADDRESS, at=NOON)


def set_up(db: Session, by: Actor, *, community: str = YUHANG_COMMUNITY, consent: str = TERMS):
    return service.set_up_household(db, by=by, community=community, address=ADDRESS, consent=consent, at=NOON)


def test_the_session_speaks_for_the_household_from_then_on(db):
    session = service.sign_in_resident(db, phone=ALICE, code=FIXED_CODE, at=NOON)

    home = set_up(db, queries.authenticate(db, session.access_token, NOON))
    alice = queries.authenticate(db, session.access_token, NOON)

    assert (home.district, home.community, home.address) == (YUHANG, YUHANG_COMMUNITY, ADDRESS)
    assert home.members == 1
    assert (alice.role, alice.district, alice.household) == ("resident", YUHANG, home.id)
    assert queries.members(db, YUHANG, home.id) == [alice.id]


def test_the_consent_is_kept_with_its_version(db):
    alice = a_newcomer(db)

    set_up(db, alice)

    consent = db.scalars(select(Consent)).one()
    assert (consent.person, consent.what, consent.version, consent.at) == (alice.id, "terms", TERMS, NOON)


def test_a_household_is_set_up_once(db):
    alice = a_newcomer(db)
    set_up(db, alice)

    with pytest.raises(AlreadyInHousehold):
        set_up(db, alice)
    with pytest.raises(AlreadyInHousehold):
        set_up(db, alice, community=XIHU_COMMUNITY)


def test_the_database_holds_it_too(db):
    alice = a_resident(db)

    db.add(Assignment(person=alice.id, district=XIHU, role="resident", began_at=NOON))
    with pytest.raises(IntegrityError, match="uq_assignment_one_home"):
        db.flush()


def test_who_belongs_to_one_household_does_not_enter_another(db):
    a_resident(db)

    with pytest.raises(AlreadyInHousehold):
        service.enter_resident(db, a_home(db), phone=ALICE, name="爱丽丝", at=NOON)


def test_an_unknown_community_is_refused(db):
    for code in ("330110999999", YUHANG, "330110001"):
        with pytest.raises(CommunityUnknown):
            set_up(db, a_newcomer(db), community=code)


def test_consent_to_older_terms_does_not_count(db):
    with pytest.raises(TermsOutdated) as refused:
        set_up(db, a_newcomer(db), consent="2019-01")

    assert TERMS in refused.value.sentence("zh-CN")


def test_members_share_a_household(db):
    home = a_home(db)
    alice = a_resident(db, home.id)
    bob = a_resident(db, home.id, phone=BOB, name="鲍勃", at=NOON + timedelta(days=1))

    assert alice.household == bob.household == home.id
    assert queries.members(db, YUHANG, home.id) == [alice.id, bob.id]
    assert queries.own_home(db, YUHANG, home.id).members == 2


def test_an_address_is_sealed_for_its_household_and_place(db):
    first, second = a_home(db), a_home(db)
    one, other = (db.get_one(Household, (YUHANG, home.id)) for home in (first, second))

    assert ADDRESS.encode() not in one.address_sealed
    assert queries.masked_addresses(db, YUHANG, [first.id]) == {first.id: f"{ADDRESS[:3]}****"}
    other.address_sealed, other.vault_key = one.address_sealed, one.vault_key
    with pytest.raises(InvalidTag):
        other.address()


def test_what_another_district_owns_is_not_there(db):
    home = a_home(db)
    a_resident(db, home.id)
    charlie = a_newcomer(db, phone=CHARLIE)
    theirs = set_up(db, charlie, community=XIHU_COMMUNITY)

    see(db, XIHU)
    db.expire_all()
    assert queries.household(db, XIHU, theirs.id) is not None
    assert queries.household(db, YUHANG, home.id) is None
    assert queries.members(db, YUHANG, home.id) == []

    see(db)
    db.expire_all()
    assert db.scalars(select(Household)).all() == []
    assert db.scalars(select(Membership)).all() == []


def test_nothing_is_written_into_a_district_that_is_not_seen(db):
    see(db, XIHU)

    db.add(
        Household(
            district=YUHANG, community=YUHANG_COMMUNITY, vault_key=b"k", address_sealed=b"a", opened_at=NOON
        )
    )
    with pytest.raises(ProgrammingError, match="row-level security"):
        db.flush()


def test_a_household_that_is_known_by_its_id_stays_as_it_is(db):
    known = new_id()

    first = service.open_household(db, id=known, community=YUHANG_COMMUNITY, address=ADDRESS, at=NOON)
    second = service.open_household(db, id=known, community=YUHANG_COMMUNITY, address="别处2号", at=NOON)

    assert first == second
    assert queries.address(db, YUHANG, known) == ADDRESS
