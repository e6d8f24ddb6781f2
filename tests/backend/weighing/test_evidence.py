"""A verified scale and an answer earn all at once; a typed weight or silence waits for staff."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts import queries as accounts
from backend.accounts.postings import FEN
from backend.kit.auth import Actor
from backend.subsidy import queries, service
from backend.subsidy.models import Ceiling
from backend.subsidy.postings import budget_path
from backend.weighing import evidence
from backend.weighing import queries as weighings
from backend.weighing import service as weighing
from backend.weighing.errors import EvidenceDecided, EvidenceNotFound, OwnEvidence
from tests.makers import BASIS, NOON, PROGRAMME, YUHANG, a_rate
from tests.rounds import ADMIN, FINANCE, Round, a_neighbour, a_quote, a_round, a_visit, glass

LATER = NOON + timedelta(days=2)
STRICT = a_rate(
    "glass",
    market=100,
    subsidy=10,
    operator=20_000,
    ceiling_grams=20_000,
    programme=PROGRAMME,
    needs_verified_scale=True,
    needs_confirmation=True,
)
MARKET, SUBSIDY, OPERATOR = 520, 52, 104


@pytest.fixture
def tour(db: Session) -> Round:
    return a_round(db, STRICT, fen=1_000)


@pytest.fixture
def resident(db: Session, tour: Round) -> Actor:
    return a_neighbour(db, tour)


def agreed(db: Session, tour: Round, resident: Actor, *, weight_from: str, silent: bool = False):
    quote = a_quote(db, tour, a_visit(db, tour, resident), glass(weight_from=weight_from))
    found = quote.weighing
    if silent:
        assert found.answer_by is not None
        weighing.confirm_by_silence(
            db, found.id, district=YUHANG, revision=found.revision, at=found.answer_by
        )
    else:
        weighing.confirm(db, found.id, by=resident, at=NOON)
    (line,) = weighings.lines(db, found)
    return line


def points(db: Session, who: Actor) -> int:
    return accounts.household_balances(db, YUHANG, who.home()).green.posted


def budget(db: Session) -> tuple[int, int]:
    found = accounts.balance(db, YUHANG, budget_path(PROGRAMME, "2026"), FEN)
    return found.posted, found.held


def ceiling(db: Session) -> tuple[int, int]:
    db.flush()
    held, used = db.execute(select(Ceiling.held_grams, Ceiling.used_grams)).one()
    return held, used


def test_a_verified_scale_and_an_answer_earn_all(db: Session, tour: Round, resident: Actor):
    line = agreed(db, tour, resident, weight_from="scale")

    assert (line.evidence, line.green_points, line.waiting_points) == (None, MARKET + SUBSIDY, 0)
    assert points(db, resident) == MARKET + SUBSIDY
    assert budget(db) == (1_000 - SUBSIDY - OPERATOR, 0)


@pytest.mark.parametrize(("weight_from", "silent"), [("typed", False), ("scale", True), ("typed", True)])
def test_the_subsidy_of_a_typed_weight_or_of_silence_waits(
    db: Session, tour: Round, resident: Actor, weight_from: str, silent: bool
):
    line = agreed(db, tour, resident, weight_from=weight_from, silent=silent)

    assert (line.evidence, line.green_points, line.waiting_points) == ("waiting", MARKET, SUBSIDY)
    assert points(db, resident) == MARKET
    assert accounts.household_balances(db, YUHANG, resident.home()).carbon.posted == 1_582
    assert budget(db) == (1_000, SUBSIDY + OPERATOR)
    assert ceiling(db) == (5_200, 0)
    waiting = weighings.evidence(db, YUHANG, state="waiting", cursor=None, limit=9).items
    assert [one.id for one in waiting] == [line.id]


def test_the_quote_says_before_that_it_will_wait(db: Session, tour: Round, resident: Actor):
    quote = a_quote(db, tour, a_visit(db, tour, resident), glass(), glass(weight_from="scale"))

    typed, read = quote.lines
    assert (typed.evidence, typed.green_points, typed.waiting_points) == ("needed", MARKET, SUBSIDY)
    assert "typed in" in str(typed.evidence_en)
    assert (read.evidence, read.needs_answer, read.green_points) == (None, True, MARKET + SUBSIDY)
    assert weighings.evidence(db, YUHANG, state="waiting", cursor=None, limit=9).items == []


def test_what_is_accepted_is_paid_from_what_was_held(db: Session, tour: Round, resident: Actor):
    line = agreed(db, tour, resident, weight_from="typed")
    done = evidence.accept(db, line.id, by=ADMIN, at=LATER, reason="照片相符")

    assert (done.evidence, done.evidence_by, done.evidence_reason) == ("accepted", ADMIN.id, "照片相符")
    assert (done.green_points, done.waiting_points) == (MARKET + SUBSIDY, 0)
    assert points(db, resident) == MARKET + SUBSIDY
    assert budget(db) == (1_000 - SUBSIDY - OPERATOR, 0)
    assert ceiling(db) == (0, 5_200)
    assert accounts.backing(db, YUHANG).is_exact
    assert done.evidence_entry is not None
    assert accounts.entry(db, YUHANG, done.evidence_entry, household=resident.home()) is not None


def test_what_is_declined_is_free_again(db: Session, tour: Round, resident: Actor):
    line = agreed(db, tour, resident, weight_from="typed")
    done = evidence.decline(db, line.id, by=ADMIN, at=LATER, reason="没有照片")

    assert (done.evidence, done.evidence_reason, done.green_points) == ("declined", "没有照片", MARKET)
    assert points(db, resident) == MARKET
    assert budget(db) == (1_000, 0)
    assert ceiling(db) == (0, 0)


@pytest.mark.parametrize("verb", [evidence.accept, evidence.decline])
def test_it_is_decided_once_and_by_nobody_whom_it_concerns(db: Session, tour: Round, resident: Actor, verb):
    line = agreed(db, tour, resident, weight_from="typed")
    boss = Actor(
        id=tour.scale,
        role="district_admin",
        scopes=frozenset(),
        district=YUHANG,
        organisation=tour.collector.organisation,
    )

    for party in (tour.collector, boss):
        with pytest.raises(OwnEvidence):
            verb(db, line.id, by=party, at=LATER, reason="x")
    verb(db, line.id, by=ADMIN, at=LATER, reason="x")
    with pytest.raises(EvidenceDecided):
        verb(db, line.id, by=ADMIN, at=LATER, reason="x")


def test_what_needs_no_decision_is_not_found(db: Session, tour: Round, resident: Actor):
    line = agreed(db, tour, resident, weight_from="scale")

    with pytest.raises(EvidenceNotFound):
        evidence.accept(db, line.id, by=ADMIN, at=LATER, reason="x")
    with pytest.raises(EvidenceNotFound):
        evidence.accept(db, resident.id, by=ADMIN, at=LATER, reason="x")


@pytest.mark.parametrize(
    ("verb", "state", "earned"), [("accept", "paid", SUBSIDY), ("decline", "declined", 0)]
)
def test_a_queued_subsidy_joins_its_queue_when_its_evidence_is_accepted(
    db: Session, verb: str, state: str, earned: int
):
    tour = a_round(db, STRICT, cap_rule="queue")
    resident = a_neighbour(db, tour)
    line = agreed(db, tour, resident, weight_from="typed")

    def promised() -> str:
        return queries.promises(db, YUHANG, household=resident.home(), cursor=None, limit=9).items[0].state

    def fund(period: str) -> None:
        service.fund(
            db, district=YUHANG, programme=PROGRAMME, period=period, fen=500, by=FINANCE, at=LATER, **BASIS
        )
        service.pay_next(db, district=YUHANG, programme=PROGRAMME, at=LATER)

    assert (promised(), ceiling(db)) == ("unproven", (5_200, 0))
    fund("2027")
    assert promised() == "unproven", "no money is kept for what nobody has looked at"
    getattr(evidence, verb)(db, line.id, by=ADMIN, at=LATER, reason="x")
    fund("2028")
    assert promised() == state
    assert points(db, resident) == MARKET + earned
