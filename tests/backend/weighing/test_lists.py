"""A household's weighings, in the order in which they were."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from backend.kit.paging import Page
from backend.weighing import queries, service
from backend.weighing.models import Weighing
from tests.makers import NOON, YUHANG, a_rate
from tests.rounds import a_neighbour, a_round, a_visit, glass


def test_the_newest_comes_first_whatever_the_clock_of_a_device_says(db: Session):
    tour = a_round(db, a_rate("glass", market=100))
    resident = a_neighbour(db, tour)
    made = [UUID(int=9), UUID(int=1), UUID(int=5)]
    for days, weighing in enumerate(made):
        at = NOON + timedelta(days=days)
        pickup = a_visit(db, tour, resident, at=at)
        service.record(
            db, by=tour.collector, at=at, id=weighing, pickup_id=pickup, scale_id=tour.scale, lines=[glass()]
        )
        service.give_back(db, weighing, by=resident, at=at, reason="重量不对")

    def page(cursor: str | None) -> Page[Weighing]:
        return queries.weighings(
            db, YUHANG, household=resident.home(), pickup_id=None, cursor=cursor, limit=2
        )

    first = page(None)
    second = page(first.next_cursor)

    assert [one.id for one in (*first.items, *second.items)] == made[::-1]
    assert second.next_cursor is None
