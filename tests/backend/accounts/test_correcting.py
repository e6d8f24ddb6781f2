"""Awards that were too high: taken back, owed where they are gone, and repaid by the next ones."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

import ledger
from backend.accounts import audit, lapsing, queries, service
from backend.accounts.postings import GREEN, green, green_issued, green_owing, merchant_green, move, treasury
from backend.accounts.service import Overcorrected
from backend.kit.db import driver, transaction
from backend.kit.ids import new_id
from tests.crowd import wait_until_all_wait
from tests.makers import NOON, YUHANG, some_points

SOON = NOON + timedelta(days=10)


@pytest.fixture
def alice() -> UUID:
    """A household; the books ask for no more than its id."""
    return new_id(NOON)


def payer_of(db: Session, award: UUID) -> str:
    found = queries.award(db, YUHANG, award)
    assert found is not None
    (payer,) = found.paid_fen
    return payer


def correct(db: Session, award: UUID, points: int, key: str = "correction/1") -> UUID:
    refunds = {payer_of(db, award): points}
    return service.correct(db, district=YUHANG, award=award, refunds=refunds, key=key, at=NOON)


def spend(db: Session, household: UUID, amount: int, key: str = "spent") -> None:
    moved = move(green(household), merchant_green(household), GREEN, amount)
    service.entry_of(service.post(db, district=YUHANG, key=key, kind="test", at=NOON, postings=moved))


def earn(db: Session, household: UUID, points: int, key: str) -> None:
    """Award points as a weighing does."""
    postings = (
        *move("operator/any/due", "fund", "FEN", points),
        *move(green_issued(), green(household), GREEN, points),
    )
    service.award(
        db,
        district=YUHANG,
        household=household,
        points=points,
        key=key,
        kind="weighing.confirmed",
        at=NOON,
        postings=postings,
    )


def stands(db: Session, household: UUID) -> tuple[int, int]:
    """Tell what a household has and owes, and that the book is in order."""
    backing = queries.backing(db, YUHANG)
    assert backing.is_exact
    assert backing.owes_exactly
    found = queries.household_balances(db, YUHANG, household)
    return found.green.posted, found.owed.posted


def has(db: Session, path: str, asset: str = "FEN") -> int:
    return queries.balance(db, YUHANG, path, asset).posted


def test_points_that_are_there_are_taken_back(db, alice):
    award = some_points(db, alice, 100)
    payer = payer_of(db, award)

    entry = correct(db, award, 30)

    assert stands(db, alice) == (70, 0)
    assert (has(db, payer), has(db, treasury())) == (-70, 0)
    recorded = ledger.entry(driver(db), YUHANG, entry)
    assert recorded is not None
    assert (recorded.entry.reverses, recorded.entry.subject) == (award, alice)


def test_points_that_were_spent_are_owed(db, alice):
    award = some_points(db, alice, 100)
    spend(db, alice, 80)

    correct(db, award, 30)

    assert stands(db, alice) == (0, 10)
    assert (has(db, treasury()), has(db, green_owing(), GREEN)) == (-10, -10)


def test_points_that_lapsed_are_nobodys_debt(db, alice):
    award = some_points(db, alice, 100, lapses_at=SOON)
    some_points(db, alice, 40)
    spend(db, alice, 60)
    lapsing.expire(db, district=YUHANG, night=SOON.date(), at=SOON)
    assert stands(db, alice) == (40, 0)

    correct(db, award, 30)

    assert stands(db, alice) == (40, 0)
    assert has(db, treasury()) == 10

    correct(db, award, 70, key="correction/2")

    assert stands(db, alice) == (0, 20)
    assert has(db, treasury()) == -20


def test_a_later_correction_corrects_the_latest_and_no_more_than_was_awarded(db, alice):
    award = some_points(db, alice, 100)
    first = correct(db, award, 30)

    second = correct(db, award, 70, key="correction/2")

    recorded = ledger.entry(driver(db), YUHANG, second)
    assert recorded is not None
    assert recorded.entry.reverses == first
    assert stands(db, alice) == (0, 0)
    with pytest.raises(Overcorrected):
        correct(db, award, 1, key="correction/3")
    with pytest.raises(Overcorrected):
        service.correct(db, district=YUHANG, award=new_id(NOON), refunds={}, key="nothing", at=NOON)


def test_a_correction_said_again_changes_nothing(db, alice):
    award = some_points(db, alice, 100)

    assert correct(db, award, 30) == correct(db, award, 30)

    assert stands(db, alice) == (70, 0)


def test_later_awards_repay_what_is_owed(db, alice):
    award = some_points(db, alice, 100)
    spend(db, alice, 100)
    correct(db, award, 50)

    earn(db, alice, 20, "weighing/2/confirmed")
    assert stands(db, alice) == (0, 30)

    earn(db, alice, 45, "weighing/3/confirmed")
    assert stands(db, alice) == (15, 0)
    assert has(db, treasury()) == 0


@pytest.fixture
def waits(database):
    """Do something while another transaction is open that did something to the same household."""

    def meanwhile(first, second):
        with ThreadPoolExecutor(1) as thread:
            with transaction(districts=[YUHANG]) as db:
                first(db)
                done = thread.submit(_alone, second)
                assert wait_until_all_wait(database.admin_url, 1) == 1
            done.result()
        assert audit.run(database.auditor_url, say=lambda _: None)

    return meanwhile


def _alone(act):
    with transaction(districts=[YUHANG]) as db:
        act(db)


def test_what_is_spent_at_the_same_time_is_neither_lost_nor_taken_twice(waits, alice):
    with transaction(districts=[YUHANG]) as db:
        award = some_points(db, alice, 100)

    waits(lambda db: spend(db, alice, 60), lambda db: correct(db, award, 100))

    with transaction(districts=[YUHANG], read_only=True) as db:
        assert stands(db, alice) == (0, 60)


def test_two_corrections_at_the_same_time_come_one_after_the_other(waits, alice):
    with transaction(districts=[YUHANG]) as db:
        award = some_points(db, alice, 100)

    waits(
        lambda db: correct(db, award, 40),
        lambda db: correct(db, award, 50, key="correction/2"),
    )

    with transaction(districts=[YUHANG], read_only=True) as db:
        assert stands(db, alice) == (10, 0)


def test_what_is_owed_is_repaid_once(waits, alice):
    with transaction(districts=[YUHANG]) as db:
        award = some_points(db, alice, 100)
        spend(db, alice, 100)
        correct(db, award, 50)

    waits(
        lambda db: earn(db, alice, 30, "weighing/2/confirmed"),
        lambda db: earn(db, alice, 30, "weighing/3/confirmed"),
    )

    with transaction(districts=[YUHANG], read_only=True) as db:
        assert stands(db, alice) == (10, 0)
