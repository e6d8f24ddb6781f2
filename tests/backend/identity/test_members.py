"""Members of a household, its cards, and the second proof before what is final.

OWASP API Top 10 (2023): API1 and API5. ASVS 5.0: 6.6.2, 7.5.3, 8.2.2 and 8.2.3.
"""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy.orm import Session

from backend.identity import queries, rules, service
from backend.identity.errors import (
    AlreadyInHousehold,
    CardNotFound,
    CodeWrong,
    HouseholdNotFound,
    InvitationWrong,
    ProofNeeded,
    TermsOutdated,
    TooManyCards,
)
from backend.kit import tickets
from backend.kit.auth import Actor
from backend.kit.db import see
from backend.kit.envelope import blind_index
from backend.kit.ids import new_id
from tests.makers import (
    ALICE,
    BOB,
    CHARLIE,
    NOON,
    YUHANG,
    a_household,
    a_member_of_staff,
    a_newcomer,
    a_resident,
)

LATER = NOON + timedelta(minutes=1)


def joined(db: Session, code: str, phone: str = BOB, at=NOON) -> Actor:
    """Let somebody new use an invitation."""
    newcomer = a_newcomer(db, phone=phone, at=at)
    service.join(db, by=newcomer, code=code, consent=rules.TERMS, at=at)
    return a_newcomer(db, phone=phone, at=at)


def prove(db: Session, who: Actor, phone: str = ALICE, at=NOON) -> None:
    """Give a fresh code in somebody's session."""
    asked = service.send_code(db, phone=phone, language="zh-CN", at=at)
    sent = queries.newest_code(db, blind_index(phone))
    assert sent is not None
    service.prove(db, by=who, request_id=asked.request_id, code=sent.digits(), at=at)


def test_who_is_invited_comes_into_the_household(db):
    alice = a_resident(db)
    invited = service.invite(db, by=alice, at=NOON)

    bob = joined(db, invited.code)

    assert (bob.role, bob.household, bob.district) == ("resident", alice.household, YUHANG)
    assert set(queries.members(db, YUHANG, alice.home())) == {alice.id, bob.id}


def test_an_invitation_is_good_once_and_for_a_day(db):
    alice = a_resident(db)
    used = service.invite(db, by=alice, at=NOON)
    joined(db, used.code)
    stale = service.invite(db, by=alice, at=NOON)

    for code, at in ((used.code, NOON), (stale.code, NOON + timedelta(days=1))):
        with pytest.raises(InvitationWrong):
            joined(db, code, CHARLIE, at=at)


@pytest.mark.parametrize("code", ["", "x", "330110-", "330110-AAAAAAAAAAAAAAAA", "999999-AAAAAAAAAAAAAAAA"])
def test_nobody_makes_an_invitation_up(db, code):
    a_household(db)

    with pytest.raises(InvitationWrong):
        joined(db, code)


def test_who_has_a_household_joins_no_other_and_older_terms_do_not_count(db):
    code = service.invite(db, by=a_resident(db), at=NOON).code
    bob = a_resident(db, phone=BOB)

    with pytest.raises(AlreadyInHousehold):
        service.join(db, by=bob, code=code, consent=rules.TERMS, at=NOON)
    with pytest.raises(TermsOutdated):
        service.join(db, by=a_newcomer(db, phone=CHARLIE), code=code, consent="2020-01", at=NOON)


def test_leaving_takes_a_fresh_proof_and_ends_what_the_session_could_see(db):
    home = a_household(db)
    alice, bob = a_resident(db, home), a_resident(db, home, phone=BOB)
    with pytest.raises(ProofNeeded):
        service.leave(db, by=alice, at=NOON)
    prove(db, alice)

    service.leave(db, by=alice, at=LATER)

    again = a_newcomer(db, at=LATER)
    assert (again.id, again.role, again.household) == (alice.id, "newcomer", None)
    see(db, YUHANG)
    assert queries.members(db, YUHANG, home) == [bob.id]


def test_who_leaves_does_not_come_back_with_a_code_of_their_own(db):
    home = a_household(db)
    alice, bob = a_resident(db, home), a_resident(db, home, phone=BOB)
    own, bobs = (service.invite(db, by=who, at=NOON).code for who in (alice, bob))
    prove(db, alice)
    service.leave(db, by=alice, at=LATER)
    again = a_newcomer(db, at=LATER)

    with pytest.raises(InvitationWrong):
        service.join(db, by=again, code=own, consent=rules.TERMS, at=LATER)
    assert service.join(db, by=again, code=bobs, consent=rules.TERMS, at=LATER).id == home


def test_a_proof_counts_for_ten_minutes_and_in_its_own_session(db):
    home = a_household(db)
    alice = a_resident(db, home)
    other = a_newcomer(db)
    prove(db, alice)

    for who, at in ((other, NOON), (alice, NOON + timedelta(minutes=10))):
        with pytest.raises(ProofNeeded):
            service.demand_proof(db, by=who, at=at)

    service.demand_proof(db, by=alice, at=NOON + timedelta(minutes=9))


def test_a_code_that_came_to_another_number_proves_nothing(db):
    alice = a_resident(db)
    asked = service.send_code(db, phone=BOB, language="zh-CN", at=NOON)
    sent = queries.newest_code(db, blind_index(BOB))
    assert sent is not None

    with pytest.raises(CodeWrong):
        service.prove(db, by=alice, request_id=asked.request_id, code=sent.digits(), at=NOON)


def test_a_card_speaks_for_its_household_until_it_is_revoked(db):
    alice = a_resident(db)
    with pytest.raises(ProofNeeded):
        service.add_card(db, by=alice, at=NOON)
    prove(db, alice)
    card = service.add_card(db, by=alice, at=NOON)

    assert service.speaks_for(db, card.code, district=YUHANG) == alice.household
    assert service.reveal_card(db, card.id, by=alice, at=NOON) == card
    assert [known.id for known in queries.cards(db, YUHANG, alice.home())] == [card.id]
    service.revoke_card(db, card.id, by=alice, household=alice.home(), at=NOON)
    assert service.speaks_for(db, card.code, district=YUHANG) is None
    assert queries.cards(db, YUHANG, alice.home()) == []


def test_a_card_that_we_did_not_print_speaks_for_nobody(db):
    home = a_household(db)
    admin = a_member_of_staff(db)
    code = service.issue_card(db, home, by=admin, at=NOON).code

    for forged in ("", "x", "LVC1.", code[:-1], code.lower(), code[:-1] + ("A" if code[-1] != "A" else "B")):
        assert service.speaks_for(db, forged, district=YUHANG) is None
    assert service.speaks_for(db, rules.card_code(YUHANG, new_id()), district=YUHANG) is None
    assert service.speaks_for(db, code, district=YUHANG) == home


def test_a_household_has_three_cards_and_they_are_its_own(db):
    home, other, admin = a_household(db), a_household(db), a_member_of_staff(db)
    cards = [service.issue_card(db, home, by=admin, at=NOON) for _ in range(3)]

    with pytest.raises(TooManyCards):
        service.issue_card(db, home, by=admin, at=NOON)
    with pytest.raises(CardNotFound):
        service.revoke_card(db, cards[0].id, by=admin, household=other, at=NOON)
    with pytest.raises(HouseholdNotFound):
        service.issue_card(db, new_id(), by=admin, at=NOON)


@given(some.uuids())
def test_a_card_code_reads_back(card):
    assert rules.card_of(rules.card_code(YUHANG, card)) == card


@given(some.text(max_size=60))
def test_no_text_breaks_the_reading_of_cards_and_invitations(written: str):
    assert rules.card_of(written) is None or written.startswith("LVC1.")
    assert tickets.district_of(written) is None or written[6] == "-"
