"""Posting, and what is asked of accounts, on the real database."""

from functools import partial
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from backend.accounts import queries, service
from backend.accounts.postings import (
    CO2E,
    FEN,
    GREEN,
    Outcome,
    Refused,
    Unbacked,
    budget,
    co2e,
    co2e_saved,
    fund,
    funded,
    green,
    green_issued,
    move,
)
from backend.accounts.service import Unposted
from backend.kit.ids import new_id
from tests.makers import NOON, PROGRAMME, YUHANG, some_points

pytestmark = pytest.mark.usefixtures("book")


@pytest.fixture
def book(db):
    """Yuhang's book."""
    service.open_book(db, YUHANG)


@pytest.fixture
def alice():
    """A household; the books ask for no more than its id."""
    return new_id(NOON)


def save(db: Session, household: UUID, grams: int) -> Outcome:
    """Credit a household with grams."""
    return service.post(
        db,
        district=YUHANG,
        key=f"weighing/{new_id(NOON)}/confirmed",
        kind="weighing.confirmed",
        at=NOON,
        postings=move(co2e_saved(), co2e(household), CO2E, grams),
        subject=household,
    )


def test_a_new_household_has_nothing(db, alice):
    found = queries.household_balances(db, YUHANG, alice)

    assert (found.green.posted, found.green.available, found.carbon.posted) == (0, 0, 0)


def test_balances_take_one_round_trip(db, alice, statements):
    some_points(db, alice, 292)
    save(db, alice, 1_844)
    statements.clear()

    found = queries.household_balances(db, YUHANG, alice)

    assert (found.green.available, found.carbon.posted) == (292, 1_844)
    assert len(statements) == 1


def test_posting_takes_one_round_trip(db, alice, statements):
    some_points(db, alice, 1)
    statements.clear()

    save(db, alice, 1)

    assert len(statements) == 1


def test_a_fact_is_posted_once(db, alice):
    confirm = partial(
        service.post,
        db,
        district=YUHANG,
        key="weighing/1/confirmed",
        kind="weighing.confirmed",
        at=NOON,
        postings=move(co2e_saved(), co2e(alice), CO2E, 5),
    )

    first, second = confirm(), confirm()

    assert service.entry_of(first) == service.entry_of(second)
    assert queries.balance(db, YUHANG, co2e(alice), CO2E).posted == 5


def test_points_without_money_are_never_posted(db, alice):
    with pytest.raises(Unbacked):
        service.post(
            db,
            district=YUHANG,
            key="gift",
            kind="gift",
            at=NOON,
            postings=move(green_issued(), green(alice), GREEN, 1),
        )


def test_a_refusal_is_an_outcome_unless_it_cannot_be(db, alice):
    outcome = service.post(
        db,
        district=YUHANG,
        key="spent",
        kind="spent",
        at=NOON,
        postings=move(co2e(alice), co2e_saved(), CO2E, 1),
    )

    assert isinstance(outcome, Refused)
    with pytest.raises(Unposted):
        service.entry_of(outcome)


def test_a_payment_reaches_its_budget_once(db):
    money = funded(PROGRAMME, "2026", 50_000)
    pay = partial(service.post, db, district=YUHANG, kind="budget.funded", postings=money)

    pay(key="funding/1", at=NOON)
    pay(key="funding/1", at=NOON)

    assert queries.balance(db, YUHANG, budget(PROGRAMME, "2026"), FEN).posted == 50_000


def test_a_statement_turns_its_pages_from_new_to_old(db, alice):
    entries = [some_points(db, alice, points) for points in (1, 20, 300)]

    first = queries.statement(db, YUHANG, green(alice), GREEN, cursor=None, limit=2)
    second = queries.statement(db, YUHANG, green(alice), GREEN, cursor=first.next_cursor, limit=2)

    lines = [*first.items, *second.items]
    assert [line.entry_id for line in lines] == entries[::-1]
    assert [(line.amount, line.after) for line in lines] == [(300, 321), (20, 21), (1, 1)]
    assert second.next_cursor is None


def test_a_page_of_a_statement_takes_one_round_trip(db, alice, statements):
    some_points(db, alice, 1)
    statements.clear()

    queries.statement(db, YUHANG, green(alice), GREEN, cursor=None, limit=20)

    assert len(statements) == 1


def test_an_entry_is_shown_to_its_household_alone(db, alice):
    entry = some_points(db, alice, 292)

    found = queries.entry(db, YUHANG, entry, household=alice)

    assert found is not None
    assert [(move.source.split("/")[0], move.target) for move in found.entry.postings] == [
        ("operator", fund()),
        ("green", green(alice)),
    ]
    assert queries.entry(db, YUHANG, entry, household=new_id(NOON)) is None
    assert queries.entry(db, YUHANG, new_id(NOON), household=alice) is None


def test_the_fen_behind_the_points_are_counted(db, alice):
    some_points(db, alice, 240)
    some_points(db, new_id(NOON), 60)

    found = queries.backing(db, YUHANG)

    assert found == queries.Backing(
        household_points=300,
        merchant_points=0,
        fund_fen=300,
        operators_owe_fen=300,
        owed_points=0,
        owing_points=0,
    )
    assert found.is_exact
