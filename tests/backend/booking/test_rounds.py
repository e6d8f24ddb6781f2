"""Visits that do not go as promised: a phone that tells late, and a collector who leaves."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts import queries as accounts
from backend.booking import jobs, queries, service
from backend.booking.errors import StepNotAllowed
from backend.booking.rules import MISSED_AFTER, TOLD_LATE, State
from backend.identity import queries as identities
from backend.kit.auth import Actor
from backend.kit.db import see
from backend.kit.jobs import OutboxEvent
from backend.staffing import service as staffing
from backend.weighing import service as weighing
from tests.makers import NOON, PIN, YUHANG, a_collector, a_member_of_staff, a_rate
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


def a_manager(db: Session, tour: Round) -> Actor:
    """Let the manager of the collector's operator sign in."""
    return a_member_of_staff(
        db, role="operator_manager", username="manager", organisation=tour.collector.organisation
    )


def assign(db: Session) -> None:
    """Do what was left to a worker, twice."""
    events = select(OutboxEvent).where(OutboxEvent.topic == "booking.assign")
    for _ in range(2):
        for event in db.scalars(events):
            jobs.assign(db, district=YUHANG, at=NOON, **event.payload)


def test_the_visits_of_a_collector_who_leaves_go_to_others_of_the_operator(db, tour, resident):
    accepted = service.book(db, by=resident, at=NOON).pickup
    service.accept(db, accepted.id, by=tour.collector, at=NOON)
    begun = service.book(db, by=a_neighbour(db, tour), at=NOON).pickup
    service.accept(db, begun.id, by=tour.collector, at=NOON)
    service.arrive(db, begun.id, by=tour.collector, at=NOON)
    colleague = a_collector(db, operator=tour.collector.organisation, number="C0002")

    staffing.depart(db, tour.collector.id, by=a_manager(db, tour), reason="合同到期", at=NOON)
    assign(db)

    assert (accepted.collector, begun.collector) == (colleague.id, tour.collector.id)
    assert [stop.pickup.id for stop in queries.day(db, YUHANG, collector=colleague.id, on=NOON.date())] == [
        accepted.id
    ]
    service.arrive(db, accepted.id, by=colleague, at=NOON)


def test_where_an_operator_has_nobody_visits_wait_for_who_comes(db, tour, resident):
    manager = a_manager(db, tour)
    assigned = service.book(db, by=resident, at=NOON).pickup
    staffing.depart(db, tour.collector.id, by=manager, reason="合同到期", at=NOON)
    requested = service.book(db, by=a_neighbour(db, tour), at=NOON).pickup
    assign(db)
    assert (assigned.collector, requested.collector) == (tour.collector.id, None)

    invitation = staffing.invite(db, by=manager, role="collector", name="吴十", at=NOON)
    staffing.accept_as_collector(db, code=invitation.code, number="C0042", pin=PIN, at=NOON)
    see(db, YUHANG)
    assign(db)

    [crew] = identities.collectors(db, YUHANG, operator=manager.organisation_id())
    assert {assigned.collector, requested.collector} == {crew.id}
    assert requested.state == State.ASSIGNED
    assert len(queries.steps(db, YUHANG, requested.id)) == 2
