"""What a quote says, holds and pays when a programme comes to its cap, and who is paid first afterwards."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from backend.accounts import queries as accounts
from backend.accounts.postings import FEN
from backend.kit.auth import Actor
from backend.subsidy import budgets, jobs, queries, service
from backend.subsidy.errors import PromisesWaiting
from backend.subsidy.postings import budget_path
from backend.weighing import service as weighing
from backend.weighing.queries import Quote
from tests.makers import BASIS, NOON, PROGRAMME, YUHANG
from tests.rounds import ADMIN, FINANCE, Round, a_neighbour, a_quote, a_round, a_visit, glass

pytestmark = pytest.mark.usefixtures("introduced")
BAG = 156
"""What 5.2 kg of glass cost a budget: 52 for the household and 104 for the operator."""
LATER = NOON + timedelta(hours=1)


def handed_over(db: Session, tour: Round, *, at: datetime = NOON) -> tuple[Actor, Quote]:
    resident = a_neighbour(db, tour)
    quote = a_quote(db, tour, a_visit(db, tour, resident))
    weighing.confirm(db, quote.weighing.id, by=resident, at=at)
    return resident, quote


def points(db: Session, who: Actor) -> int:
    return accounts.household_balances(db, YUHANG, who.home()).green.posted


def left(db: Session, period: str = "2026") -> tuple[int, int]:
    found = accounts.balance(db, YUHANG, budget_path(PROGRAMME, period), FEN)
    return found.posted, found.held


def fund(db: Session, fen: int, period: str) -> None:
    service.fund(
        db, district=YUHANG, programme=PROGRAMME, period=period, fen=fen, by=FINANCE, at=LATER, **BASIS
    )


def serve(db: Session) -> int:
    """Let the job run until it asks for no more."""
    paid = 0
    while service.pay_next(db, district=YUHANG, programme=PROGRAMME, at=LATER):
        paid += 1
    return paid


def test_a_programme_that_stops_says_so_on_the_line(db: Session):
    tour = a_round(db, fen=BAG)
    first, _ = handed_over(db, tour)
    second, quote = handed_over(db, tour)

    assert (points(db, first), points(db, second)) == (52, 0)
    (line,) = quote.lines
    assert (line.cap, line.subsidised_grams, line.paid_percent) == ("budget", 0, 100)
    assert line.cap_en == "The programme's money is spent or promised, so this is not subsidised."
    assert "预算" in str(line.cap_zh)


def test_a_taper_pays_its_share_once_little_is_left(db: Session):
    tour = a_round(db, fen=2 * BAG, cap_rule="taper", taper_below_fen=BAG + 1, taper_percent=50)

    lines = [handed_over(db, tour)[1].lines[0] for _ in range(4)]

    assert [(line.paid_percent, line.subsidy_fen, line.operator_subsidy_fen, line.cap) for line in lines] == [
        (100, 52, 104, None),
        (50, 26, 52, "tapered"),
        (50, 26, 52, "tapered"),
        (100, 0, 0, "budget"),
    ]
    assert left(db) == (0, 0)
    assert "50%" in str(lines[1].cap_en)


def test_a_queue_is_paid_first_from_the_money_that_comes_and_in_order(db: Session):
    tour = a_round(db, fen=BAG, cap_rule="queue")
    paid, *waiting = [handed_over(db, tour, at=NOON + timedelta(minutes=nth))[0] for nth in range(4)]
    assert [points(db, one) for one in (paid, *waiting)] == [52, 0, 0, 0]

    fund(db, 2 * BAG + 1, "2027")
    assert left(db, "2027") == (2 * BAG + 1, 2 * BAG), "nobody else can take what they are given"
    assert serve(db) == 2
    assert [points(db, one) for one in waiting] == [52, 52, 0]
    assert left(db, "2027") == (1, 0)

    fund(db, BAG, "2027")
    assert serve(db) == 1
    assert serve(db) == 0
    assert [points(db, one) for one in waiting] == [52, 52, 52]
    shown = queries.promises(db, YUHANG, household=waiting[0].home(), cursor=None, limit=9).items
    assert [one.state for one in shown] == ["paid"]


def test_what_is_queued_uses_the_ceiling_and_says_for_when(db: Session):
    tour = a_round(db, cap_rule="queue")
    resident = a_neighbour(db, tour)
    quote = a_quote(db, tour, a_visit(db, tour, resident), glass(15_000), glass(15_000))

    first, second = quote.lines
    assert (first.cap, first.queued_fen, first.queued_operator_fen, first.queued_for) == (
        "queued",
        150,
        300,
        "2027",
    )
    assert (first.subsidy_fen, first.green_points, first.hold) == (0, 0, None)
    assert (second.subsidised_grams, second.queued_fen) == (5_000, 50)
    assert "2027" in str(first.cap_en)


def test_a_bag_that_is_taken_back_queues_nothing(db: Session):
    tour = a_round(db, cap_rule="queue")
    resident = a_neighbour(db, tour)
    quote = a_quote(db, tour, a_visit(db, tour, resident))
    weighing.give_back(db, quote.weighing.id, by=resident, at=NOON, reason="x")

    assert queries.owed_to_queue(db, YUHANG, PROGRAMME) == 0


def test_a_programme_ends_when_its_queue_is_paid(db: Session):
    tour = a_round(db, cap_rule="queue")
    handed_over(db, tour)

    with pytest.raises(PromisesWaiting):
        service.close_programme(db, district=YUHANG, programme=PROGRAMME, by=ADMIN, at=LATER)
    fund(db, BAG, "2027")
    jobs.serve_queue(db, district=YUHANG, at=LATER, programme=str(PROGRAMME))
    assert service.close_programme(db, district=YUHANG, programme=PROGRAMME, by=ADMIN, at=LATER).closed_at


def test_no_programme_ends_while_a_quote_promises_of_its_queue(db: Session):
    tour = a_round(db, cap_rule="queue")
    taken_back, agreed = (a_neighbour(db, tour) for _ in range(2))
    quotes = [a_quote(db, tour, a_visit(db, tour, one)).weighing.id for one in (taken_back, agreed)]

    def close() -> None:
        service.close_programme(db, district=YUHANG, programme=PROGRAMME, by=ADMIN, at=LATER)

    with pytest.raises(PromisesWaiting) as both:
        close()
    weighing.give_back(db, quotes[0], by=taken_back, at=LATER, reason="x")
    with pytest.raises(PromisesWaiting) as one:
        close()
    weighing.confirm(db, quotes[1], by=agreed, at=LATER)
    with pytest.raises(PromisesWaiting) as queued:
        close()
    fund(db, BAG, "2027")
    assert serve(db) == 1
    close()

    assert [told.value.facts["fen"] for told in (both, one, queued)] == [2 * BAG, BAG, BAG]
    assert points(db, agreed) == 52


def test_a_freeze_keeps_its_word_and_gives_no_new_one(db: Session):
    tour = a_round(db, fen=10 * BAG)
    resident = a_neighbour(db, tour)
    delivered = a_quote(db, tour, a_visit(db, tour, resident))
    budgets.freeze(db, PROGRAMME, "2026", reason="审计", by=ADMIN, at=LATER)
    late, refused = handed_over(db, tour)
    weighing.confirm(db, delivered.weighing.id, by=resident, at=LATER)

    assert (points(db, resident), points(db, late)) == (52, 0)
    assert refused.lines[0].cap == "frozen"
    budgets.thaw(db, PROGRAMME, "2026", reason="完成", by=ADMIN, at=LATER)
    assert points(db, handed_over(db, tour)[0]) == 52


def test_a_closed_programme_promises_nothing(db: Session):
    tour = a_round(db, fen=10 * BAG)
    service.close_programme(db, district=YUHANG, programme=PROGRAMME, by=ADMIN, at=LATER)

    assert handed_over(db, tour)[1].lines[0].cap == "closed"


def test_another_rule_applies_from_the_next_quote_on(db: Session):
    tour = a_round(db, fen=BAG)
    handed_over(db, tour)
    service.change_cap(
        db,
        PROGRAMME,
        by=ADMIN,
        at=LATER,
        is_as_seen=lambda _: None,
        cap_rule="queue",
        taper_below_fen=None,
        taper_percent=None,
        reason="年底",
    )

    assert handed_over(db, tour)[1].lines[0].cap == "queued"
    changed = queries.events(db, YUHANG, PROGRAMME, "2026")[-1]
    assert changed.facts["before"]["cap_rule"] == "stop"
    assert changed.facts["after"]["cap_rule"] == "queue"
