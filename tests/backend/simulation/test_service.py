"""How a simulation is asked for, goes on, rests, is cancelled and fails; and what other rates change."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from backend.catalogue import queries as drafts
from backend.catalogue import service as catalogue
from backend.catalogue.errors import MaterialRefused, RateAbsurd, RateNegative, RefusedEarns
from backend.kit.drafts import DraftNotFound
from backend.simulation import queries, service
from backend.simulation.errors import (
    AlreadyOver,
    AlreadyRunning,
    MaterialUnpriced,
    NotDone,
    PayerMissing,
    PeriodEmpty,
    PeriodInFuture,
    PeriodTooLong,
    ProposalUnclear,
    SimulationNotFound,
    TooFewHouseholds,
)
from backend.simulation.schemas import ProposedCapIn
from backend.simulation.workbook import workbook
from backend.subsidy.errors import ProgrammeNotFound, TaperIncomplete
from backend.subsidy.schemas import MOST_FEN, CapIn
from tests.backend.simulation.history import BEGINS, History
from tests.backend.simulation.test_replay import ADMIN, run
from tests.makers import NOON, PROGRAMME, YUHANG, a_material, a_price_list, a_programme

DAY = timedelta(days=1)
PERIOD = {"since": NOON - DAY, "until": NOON}


def ask(db, **other):
    return service.ask(db, **{"by": ADMIN, "at": NOON, **PERIOD, **other})


def a_change(material="glass", **other):
    rates = ("market_fen_per_kg", "subsidy_fen_per_kg", "operator_fen_per_tonne")
    payer = {"ceiling_grams": None, "programme": None}
    return {"material": material, "accepted": True, **dict.fromkeys(rates, Decimal(0)), **payer, **other}


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"until": NOON - DAY}, PeriodEmpty),
        ({"until": NOON + DAY}, PeriodInFuture),
        ({"since": NOON - 367 * DAY}, PeriodTooLong),
        ({"changes": [a_change("unheard")]}, MaterialUnpriced),
        ({"changes": [a_change("lamp")]}, MaterialRefused),
        ({"changes": [a_change(market_fen_per_kg=Decimal(-1))]}, RateNegative),
        ({"changes": [a_change(market_fen_per_kg=Decimal("100000.01"))]}, RateAbsurd),
        ({"changes": [a_change(ceiling_grams=-1)]}, RateNegative),
        ({"changes": [a_change(accepted=False, market_fen_per_kg=Decimal(1))]}, RefusedEarns),
        ({"changes": [a_change(), a_change()]}, ProposalUnclear),
        ({"changes": [a_change(subsidy_fen_per_kg=Decimal(1))]}, PayerMissing),
        ({"caps": [{"programme": ADMIN.id, "cap_rule": "stop"}]}, ProgrammeNotFound),
        ({"caps": [{"programme": PROGRAMME, "cap_rule": "taper"}]}, TaperIncomplete),
        ({"caps": [{"programme": PROGRAMME, "cap_rule": "queue", "taper_percent": 5}]}, TaperIncomplete),
    ],
)
def test_what_cannot_be_simulated_is_refused_by_name(db, asked, refusal):
    a_material(db)
    a_material(db, "lamp", accepted=False)
    a_programme(db)
    with pytest.raises(refusal):
        ask(db, **asked)


def test_no_cap_is_tried_that_no_programme_may_have():
    cap = {"cap_rule": "taper", "taper_below_fen": MOST_FEN + 1, "taper_percent": 50}

    tried = ProposedCapIn().validate({**cap, "programme": str(PROGRAMME)})
    assert tried == CapIn().validate({**cap, "reason": "年底"}) != {}


def test_a_period_without_weighings_is_done_and_found_nothing(db):
    found = run(db, NOON, **PERIOD)
    assert found["in_force"]["lines"] == 0
    assert found["in_force"]["cost_per_tonne_fen"] == 0


def test_the_same_is_not_simulated_twice_at_once_and_a_cancelled_one_makes_room(db):
    first = ask(db)
    with pytest.raises(AlreadyRunning):
        ask(db)

    piece = service.replay(db, first.id, district=YUHANG)
    assert service.cancel(db, first.id, by=ADMIN, at=NOON).state == "cancelled"
    assert piece is not None
    service.keep(db, first.id, piece, district=YUHANG, at=NOON)

    assert queries.simulation(db, YUHANG, first.id).state == "cancelled"
    assert service.replay(db, first.id, district=YUHANG) is None
    with pytest.raises(AlreadyOver):
        service.cancel(db, first.id, by=ADMIN, at=NOON)
    with pytest.raises(NotDone):
        queries.groups(db, YUHANG, first.id, by="day", audience="staff", cursor=None, limit=5)
    assert ask(db).state == "queued"


def test_a_run_over_a_draft_is_written_on_it_with_what_it_read(db):
    a_programme(db)
    a_price_list(db, at=NOON - DAY)
    draft = catalogue.draft(db, by=ADMIN, at=NOON, title="试行", note="")
    with pytest.raises(ProposalUnclear):
        ask(db, draft=draft.id, changes=[a_change()])
    with pytest.raises(DraftNotFound):
        ask(db, draft=ADMIN.id)

    found = run(db, NOON, **PERIOD, draft=draft.id)

    assert found["cost_difference_fen"] == 0
    simulated = drafts.draft(db, YUHANG, draft.id)
    assert simulated.simulated_digest == simulated.digest == draft.digest
    assert simulated.simulation is not None
    assert queries.simulation(db, YUHANG, simulated.simulation).digest == draft.digest


def test_nobody_has_what_there_is_not(db):
    with pytest.raises(SimulationNotFound):
        queries.simulation(db, YUHANG, ADMIN.id)


def test_one_that_cannot_be_done_has_failed_for_good(db):
    this = ask(db).id
    service.fail(db, this, district=YUHANG, at=NOON)
    service.fail(db, this, district=YUHANG, at=NOON)
    assert queries.simulation(db, YUHANG, this).state == "failed"


def test_pieces_kept_twice_or_lost_count_once_and_other_rates_are_told_apart(db, monkeypatch):
    """All in one history, as a history takes long to make."""
    history = History(db, Random(3))
    history.set_up(cap_rules=("stop", "stop"))
    history.live(45)
    history.at += DAY
    period: dict[str, Any] = {"since": BEGINS - DAY, "until": history.at}
    whole = run(db, history.at, **period)

    monkeypatch.setattr(service, "PIECE_LINES", 3)
    this = service.ask(db, by=ADMIN, at=history.at, **period).id
    pieces = 0
    while (piece := service.replay(db, this, district=YUHANG)) is not None:
        lost = service.replay(db, this, district=YUHANG)
        assert lost is not None
        assert lost.pair.rest() == piece.pair.rest()
        for once in (piece, lost):
            service.keep(db, this, once, district=YUHANG, at=history.at)
        pieces += 1
    pieced = queries.simulation(db, YUHANG, this)
    assert pieces > 5
    assert pieced.summary == whole
    assert (pieced.percent, pieced.lines, queries.checkpoint(db, YUHANG, this)) == (
        100,
        pieced.lines_done,
        None,
    )
    monkeypatch.undo()

    refused = run(db, history.at, **period, changes=[a_change("glass", accepted=False)])
    assert refused["not_taken_grams"] > 0
    assert refused["gained_points"] >= 0
    assert refused["in_force"] == whole["in_force"]

    dearer = run(db, history.at, **period, changes=[a_change("cardboard", market_fen_per_kg=Decimal(8_000))])
    assert dearer["cost_difference_fen"] == 0
    assert dearer["losers"] == 0
    assert dearer["winners"] > 0
    assert dearer["difference"]["points"] == dearer["gained_points"] == dearer["difference"]["market_fen"]

    stingy = run(db, history.at + DAY, **period, changes=[a_change("glass"), a_change("foam")])
    assert stingy["proposed"]["cost_fen"] == 0
    assert stingy["cost_difference_fen"] == -whole["in_force"]["cost_fen"] < 0

    page = queries.simulations(db, YUHANG, cursor=None, limit=1).items[0]
    staff = queries.all_groups(db, YUHANG, page.id, audience="staff")
    assert {group.kind for group in staff} == {"material", "community", "community_material", "day"}
    assert (
        sum(group.proposed["lines"] for group in staff if group.kind == "day") == stingy["proposed"]["lines"]
    )
    assert queries.all_groups(db, YUHANG, page.id, audience="open") == [], "there are four households"
    with pytest.raises(TooFewHouseholds):
        queries.report(db, YUHANG, page.id, audience="open")
    assert workbook(page, staff, {}).startswith(b"PK")
