"""Tokens: what they show, how they follow one another, and how they end."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backend.identity import queries, rules, service
from backend.identity.errors import RefreshWrong
from backend.identity.models import TokenFamily
from backend.kit.auth import NotSignedIn
from backend.kit.db import see
from backend.kit.ids import new_id
from tests.makers import ALICE, FIXED_CODE, NOON, XIHU, YUHANG, a_community, a_newcomer, a_resident

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def city(db: Session) -> None:
    a_community(db, YUHANG)
    a_community(db, XIHU)


@pytest.fixture
def session(db: Session) -> rules.SignedIn:
    return service.sign_in_resident(db, phone=ALICE, code=FIXED_CODE, at=NOON)


def test_asking_who_it_is_takes_one_round_trip(db, session, statements):
    db.flush()
    statements.clear()

    queries.authenticate(db, session.access_token, NOON)

    assert len(statements) == 1


def test_the_same_round_trip_opens_the_view_on_the_district(db):
    a_resident(db)
    session = service.sign_in_resident(db, phone=ALICE, code=FIXED_CODE, at=NOON)
    see(db)

    queries.authenticate(db, session.access_token, NOON)

    assert db.scalar(text("select current_setting('lv.districts')")) == YUHANG


def test_a_newcomer_sees_no_district(db):
    newcomer = a_newcomer(db)

    assert newcomer.district == ""
    assert db.scalar(text("select current_setting('lv.districts')")) == ""
    own = {"me:read", "session:end", "access:read"}
    assert newcomer.scopes == {*own, "household:set_up", "household:join"}


def test_an_access_token_lives_fifteen_minutes(db, session):
    ends = session.access_expires_at

    assert ends == NOON + timedelta(minutes=15)
    queries.authenticate(db, session.access_token, ends - SECOND)
    with pytest.raises(NotSignedIn):
        queries.authenticate(db, session.access_token, ends)


@pytest.mark.parametrize("token", ["", "x", "令牌", "\x00" * 43])
def test_a_token_that_nobody_made_is_nobodys(db, token: str):
    with pytest.raises(NotSignedIn):
        queries.authenticate(db, token, NOON)


def test_a_refreshed_session_is_the_same_with_other_tokens(db, session):
    before = queries.authenticate(db, session.access_token, NOON)

    fresh = service.refresh(db, refresh_token=session.refresh_token, at=NOON + SECOND)
    after = queries.authenticate(db, fresh.access_token, NOON + SECOND)

    assert after.session == before.session
    assert fresh.refresh_token != session.refresh_token
    with pytest.raises(NotSignedIn):
        queries.authenticate(db, session.access_token, NOON + SECOND)


def test_an_answer_that_was_lost_may_be_asked_for_again(db, session):
    service.refresh(db, refresh_token=session.refresh_token, at=NOON)

    again = service.refresh(db, refresh_token=session.refresh_token, at=NOON + 29 * SECOND)

    assert service.refresh(db, refresh_token=again.refresh_token, at=NOON + 60 * SECOND).access_token


def test_asking_again_does_not_prolong_the_grace(db, session):
    service.refresh(db, refresh_token=session.refresh_token, at=NOON)
    service.refresh(db, refresh_token=session.refresh_token, at=NOON + 29 * SECOND)

    with pytest.raises(RefreshWrong):
        service.refresh(db, refresh_token=session.refresh_token, at=NOON + 30 * SECOND)


def test_the_grace_ends_when_the_new_token_is_used(db, session):
    fresh = service.refresh(db, refresh_token=session.refresh_token, at=NOON)
    newest = service.refresh(db, refresh_token=fresh.refresh_token, at=NOON + SECOND)

    with pytest.raises(RefreshWrong):
        service.refresh(db, refresh_token=session.refresh_token, at=NOON + 2 * SECOND)
    with pytest.raises(NotSignedIn):
        queries.authenticate(db, newest.access_token, NOON + 2 * SECOND)


def test_any_token_that_was_ever_exchanged_ends_the_family(db, session):
    newest = session
    for minute in range(1, 5):
        newest = service.refresh(db, refresh_token=newest.refresh_token, at=NOON + timedelta(minutes=minute))

    with pytest.raises(RefreshWrong):
        service.refresh(db, refresh_token=session.refresh_token, at=NOON + timedelta(minutes=5))

    assert db.scalars(select(TokenFamily.revoked_at)).one() == NOON + timedelta(minutes=5)
    with pytest.raises(RefreshWrong):
        service.refresh(db, refresh_token=newest.refresh_token, at=NOON + timedelta(minutes=5))


def test_a_token_that_somebody_made_up_ends_nothing(db, session):
    family = db.scalars(select(TokenFamily.id)).one()
    made_up = rules.refresh_token(family, bytes(32))
    forged = made_up[:-1] + ("A" if made_up[-1] != "A" else "B")

    for token in (forged, "x", "", "🗝", "=" * 84):
        with pytest.raises(RefreshWrong):
            service.refresh(db, refresh_token=token, at=NOON)

    assert queries.authenticate(db, session.access_token, NOON).session == family


def test_a_session_that_sleeps_thirty_days_is_over(db, session):
    with pytest.raises(RefreshWrong):
        service.refresh(db, refresh_token=session.refresh_token, at=session.refresh_expires_at)


def test_signing_out_ends_access_and_refresh_at_once(db, session):
    actor = queries.authenticate(db, session.access_token, NOON)

    service.sign_out(db, by=actor, at=NOON)

    with pytest.raises(NotSignedIn):
        queries.authenticate(db, session.access_token, NOON)
    with pytest.raises(RefreshWrong):
        service.refresh(db, refresh_token=session.refresh_token, at=NOON)


def test_tokens_do_not_show_themselves(session):
    assert session.access_token not in repr(session)
    assert session.refresh_token not in repr(session)


def test_a_refresh_token_names_its_family_and_bears_our_mark():
    family = new_id()
    token = rules.refresh_token(family, bytes(range(32)))

    assert rules.family_of(token) == family
    assert len(token) == 84
    assert rules.family_of(token.swapcase()) is None
