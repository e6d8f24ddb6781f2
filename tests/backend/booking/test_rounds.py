"""Visits that do not go as promised: a phone that tells late, and a collector who leaves."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from backend.accounts import queries as accounts
from backend.booking import jobs, queries, service
from backend.booking.errors import StepNotAllowed
from backend.booking.rules import MISSED_AFTER, TOLD_LATE, State
from backend.kit.auth import Actor
from backend.kit.ids import new_id
from backend.kit.jobs import OutboxEvent
from backend.staffing import service as staffing
from backend.weighing import service as weighing
from tests.makers import NOON, YUHANG, a_collector, a_rate
from tests.rounds import Round, a_neighbour, a_quote, a_round

LATE = NOON + timedelta(days=3)


@pytest.fixture
def tour(db: Session) -> Round:
    return a_round(db, a_rate("glass", market=100))


@pytest.fixture
def resident(db: Session, tour: Round) -> Actor:
    return a_neighbour(db, tour)


def a_missed_visit(db: Session, tour: Round, resident: Actor):
    """Book a visit and take it on; nobody hears of it again until it counts as missed."""
    pickup = service.book(db, by=resident, at=NOON).pickup
    service.accept(db, pickup.id, by=tour.collector, at=NOON)
    service.miss(db, pickup.id, district=YUHANG, at=pickup.window_end + MISSED_AFTER)
    assert pickup.state == State.MISSED
    return pickup


def test_what_a_phone_without_a_signal_weighed_is_credited_though_the_visit_counts_as_missed(
    db, tour, resident
):
    pickup = a_missed_visit(db, tour, resident)

    service.arrive(db, pickup.id, by=tour.collector, at=LATE)
    service.miss(db, pickup.id, district=YUHANG, at=LATE)
    quote = a_quote(db, tour, pickup.id, at=LATE)
    weighing.confirm(db, quote.weighing.id, by=resident, at=LATE)

    assert pickup.state == State.COMPLETED
    promised = sum(line.green_points for line in quote.lines)
    assert accounts.household_balances(db, YUHANG, resident.home()).green.posted == promised > 0


def test_a_visit_that_was_booked_anew_or_long_ago_stays_missed(db, tour, resident):
    pickup = a_missed_visit(db, tour, resident)
    too_late = pickup.window_end + TOLD_LATE + timedelta(seconds=1)
    with pytest.raises(StepNotAllowed):
        service.arrive(db, pickup.id, by=tour.collector, at=too_late)

    service.book(db, by=resident, at=LATE)
    with pytest.raises(StepNotAllowed):
        service.arrive(db, pickup.id, by=tour.collector, at=LATE)


def test_the_visits_of_a_collector_who_leaves_go_to_others_of_the_operator(db, tour, resident):
    operator = tour.collector.organisation_id()
    accepted = service.book(db, by=resident, at=NOON).pickup
    service.accept(db, accepted.id, by=tour.collector, at=NOON)
    begun = service.book(db, by=a_neighbour(db, tour), at=NOON).pickup
    service.accept(db, begun.id, by=tour.collector, at=NOON)
    service.arrive(db, begun.id, by=tour.collector, at=NOON)
    colleague = a_collector(db, operator=operator, number="C0002")
    manager = Actor(new_id(NOON), "operator_manager", frozenset(), YUHANG, organisation=operator)

    staffing.depart(db, tour.collector.id, by=manager, reason="合同到期", at=NOON)
    [event] = [row for row in db.query(OutboxEvent) if row.topic == "booking.hand_over"]
    for _ in range(2):
        jobs.hand_over(db, district=YUHANG, at=NOON, **event.payload)

    assert (accepted.collector, begun.collector) == (colleague.id, tour.collector.id)
    assert queries.day(db, YUHANG, collector=colleague.id, on=NOON.date())
    service.arrive(db, accepted.id, by=colleague, at=NOON)


def test_where_an_operator_has_nobody_else_a_visit_stays_as_it_is(db, tour, resident):
    pickup = service.book(db, by=resident, at=NOON).pickup
    manager = Actor(
        new_id(NOON), "operator_manager", frozenset(), YUHANG, organisation=tour.collector.organisation
    )

    staffing.depart(db, tour.collector.id, by=manager, reason="合同到期", at=NOON)
    service.hand_over(db, tour.collector.id, district=YUHANG, at=NOON)

    assert pickup.collector == tour.collector.id
