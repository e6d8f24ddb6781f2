"""Nobody weighs on a scale that is out of use, retired or not certified; what was weighed before stands."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from backend.kit.auth import Actor
from backend.network import scales
from backend.network.errors import ScaleNotFound, ScaleRetired
from backend.weighing import service as weighing
from backend.weighing.errors import ScaleNotCertified, ScaleOutOfUse
from backend.weighing.queries import Quote
from tests.makers import GLASS, NOON, an_actor, as_it_is
from tests.rounds import ADMIN, Round, a_neighbour, a_round, a_visit, glass

SOON = NOON + timedelta(minutes=1)


@pytest.fixture
def tour(db: Session) -> Round:
    return a_round(db, GLASS, fen=100_000)


@pytest.fixture
def admin() -> Actor:
    return an_actor(ADMIN.id)


def begin(db: Session, tour: Round) -> Quote:
    pickup = a_visit(db, tour, a_neighbour(db, tour))
    return weighing.record(
        db, by=tour.collector, at=SOON, pickup_id=pickup, scale_id=tour.scale, lines=[glass()]
    )


def check(db: Session, tour: Round, by: Actor, read_grams: int, *, at: datetime = SOON) -> None:
    scales.check(db, tour.scale, by=by, at=at, nominal_grams=20_000, read_grams=read_grams)


def test_a_scale_that_fails_its_check_weighs_nothing_more_even_in_the_middle_of_a_bag(
    db: Session, tour: Round, admin: Actor
):
    bag = begin(db, tour)

    check(db, tour, tour.collector, 0)

    with pytest.raises(ScaleOutOfUse):
        begin(db, tour)
    with pytest.raises(ScaleOutOfUse):
        weighing.add_lines(db, bag.weighing.id, by=tour.collector, at=SOON, lines=[glass()])
    weighing.deliver_quote(db, bag.weighing.id, by=tour.collector, at=SOON)
    check(db, tour, admin, 20_000, at=SOON + timedelta(minutes=1))
    assert begin(db, tour).weighing.certificate == "C-1"


def test_a_retired_scale_weighs_nothing(db: Session, tour: Round, admin: Actor):
    scales.retire(db, tour.scale, by=admin, at=SOON, is_as_seen=as_it_is, reason="报废")

    with pytest.raises(ScaleRetired):
        begin(db, tour)


def test_a_scale_whose_certificate_has_run_out_weighs_nothing(db: Session, tour: Round):
    late = NOON + timedelta(days=301)
    pickup = a_visit(db, tour, a_neighbour(db, tour))

    with pytest.raises(ScaleNotCertified):
        weighing.record(db, by=tour.collector, at=late, pickup_id=pickup, scale_id=tour.scale)


def test_another_operator_s_scale_is_not_found(db: Session, tour: Round):
    pickup = a_visit(db, tour, a_neighbour(db, tour))

    with pytest.raises(ScaleNotFound):
        weighing.record(db, by=tour.collector, at=SOON, pickup_id=pickup, scale_id=ADMIN.id)
