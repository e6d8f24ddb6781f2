"""A quote whose time to answer is over, before the job that posts it has run."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from backend.weighing import service
from backend.weighing.errors import AnswerOverdue
from backend.weighing.rules import State
from tests.makers import NOON, YUHANG, a_rate
from tests.rounds import a_neighbour, a_quote, a_round, a_visit, glass


def test_what_silence_has_agreed_to_is_not_changed_however_late_it_is_posted(db: Session):
    tour = a_round(db, a_rate("glass", market=100))
    resident = a_neighbour(db, tour)
    quote = a_quote(db, tour, a_visit(db, tour, resident))
    weighing, late = quote.weighing, NOON + timedelta(hours=24)
    assert weighing.answer_by == late

    with pytest.raises(AnswerOverdue):
        service.add_lines(db, weighing.id, by=tour.collector, at=late, lines=[glass()])
    with pytest.raises(AnswerOverdue):
        service.remove_line(db, weighing.id, quote.lines[0].id, by=tour.collector, at=late)
    for who in (tour.collector, resident):
        with pytest.raises(AnswerOverdue):
            service.give_back(db, weighing.id, by=who, at=late, reason="重量不对")
    service.deliver_quote(db, weighing.id, by=tour.collector, at=late)
    service.confirm_by_silence(db, weighing.id, district=YUHANG, revision=weighing.revision, at=late)

    db.refresh(weighing)
    assert (weighing.state, weighing.ended_by) == (State.CONFIRMED, "silence")


def test_until_the_deadline_everything_may_change(db: Session):
    tour = a_round(db, a_rate("glass", market=100))
    quote = a_quote(db, tour, a_visit(db, tour, a_neighbour(db, tour)))
    just_before = NOON + timedelta(hours=24) - timedelta(microseconds=1)

    changed = service.add_lines(db, quote.weighing.id, by=tour.collector, at=just_before, lines=[glass()])

    assert (changed.weighing.state, len(changed.lines)) == (State.OPEN, 2)
