"""The rates in force, replayed, are the ledger to the fen and the gram; a change of nothing costs nothing."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from backend.kit.auth import Actor
from backend.simulation import service
from backend.simulation.queries import simulation
from backend.simulation.rules import Side
from tests.backend.simulation.history import BEGINS, History
from tests.makers import YUHANG

ADMIN = Actor(id=UUID(int=7), role="district_admin", scopes=frozenset(), district=YUHANG)
RULES = (("stop", "stop"), ("taper", "stop"), ("queue", "taper"), ("queue", "queue"))


def lived(db, seed: int, *, steps: int = 60, corrected: bool = False) -> History:
    history = History(db, Random(seed))
    history.set_up(cap_rules=RULES[seed % len(RULES)])
    history.live(steps, corrected=corrected)
    history.at += timedelta(days=1)
    return history


def run(db, at: datetime, *, since: datetime, until: datetime, **proposal) -> dict[str, Any]:
    """Ask, and work through it piece by piece, as a worker does."""
    asked = service.ask(db, by=ADMIN, at=at, since=since, until=until, **proposal)
    while (piece := service.replay(db, asked.id, district=YUHANG)) is not None:
        service.keep(db, asked.id, piece, district=YUHANG, at=at)
    found = simulation(db, YUHANG, asked.id)
    assert found.state == "done"
    assert found.summary is not None
    return dict(found.summary)


PAID = text(
    """
    select count(*) as lines, coalesce(sum(l.gross_grams - l.tare_grams), 0) as net_grams,
           coalesce(sum(l.market_fen), 0) as market_fen,
           coalesce(sum(l.subsidy_fen) filter (where paid), 0) as subsidy_fen,
           coalesce(sum(l.operator_subsidy_fen) filter (where paid), 0) as operator_subsidy_fen,
           coalesce(sum(l.queued_fen + l.queued_operator_fen) filter (where paid), 0) as queued_fen
      from weighing w
      join weighing_line l on l.district = w.district and l.weighing = w.id
     cross join lateral (select l.evidence is distinct from 'declined' as paid) as evidence
     where w.state = 'confirmed' and w.opened_at >= :since and w.opened_at < :until
    """
)


def paid(db, *, since: datetime, until: datetime) -> dict[str, int]:
    return {
        name: int(value)
        for name, value in db.execute(PAID, {"since": since, "until": until}).one()._mapping.items()
    }


def check(db, history: History, *, since: datetime, until: datetime) -> None:
    found = run(db, history.at, since=since, until=until)
    assert found["unexplained"] == {"lines": 0, "fen": 0, "grams": 0}
    assert found["proposed"] == found["in_force"]
    assert set(found["difference"].values()) == {0}
    assert (found["cost_difference_fen"], found["winners"], found["losers"]) == (0, 0, 0)
    real = paid(db, since=since, until=until)
    assert {name: found["in_force"][name] for name in real} == real


@pytest.mark.parametrize("seed", range(4))
def test_the_rates_in_force_replayed_are_the_ledger(db, seed):
    history = lived(db, seed)
    caps = set(db.scalars(text("select distinct cap from weighing_line")))
    kinds = set(db.scalars(text("select distinct kind from quote_step")))
    assert {"ceiling"} < caps - {None}, "a budget came to its end as well"
    assert len(kinds) >= 3, "lines were removed, and goods returned"
    check(db, history, since=BEGINS - timedelta(days=1), until=history.at)


@pytest.mark.parametrize("seed", range(10, 11))
def test_so_they_are_from_the_middle_of_a_history_to_the_middle(db, seed):
    history = lived(db, seed)
    third = (history.at - BEGINS) / 3
    check(db, history, since=BEGINS + third, until=BEGINS + 2 * third)


BOOKED = text(
    """
    select coalesce(sum(amount) filter (where target = 'fund' and source like 'operator/%'), 0) as market_fen,
           coalesce(sum(amount) filter (where target = 'fund' and source like 'budget/%'), 0) as subsidy_fen,
           coalesce(sum(amount) filter (where target like 'operator/%/subsidy'), 0) as operator_subsidy_fen,
           coalesce(sum(amount) filter (where target like 'household/%/green'), 0) as points,
           coalesce(sum(amount) filter (where target like 'holder/%'), 0) as net_grams,
           coalesce(sum(amount) filter (where target like 'household/%/co2e'), 0)
           - coalesce(sum(amount) filter (where source like 'household/%/co2e'), 0) as saved_co2e_grams
      from (select p.amount, source.path as source, target.path as target
              from ledger.entry e
              join ledger.posting p on p.book = e.book and p.entry = e.id
              join ledger.account source on source.book = p.book and source.id = p.source
              join ledger.account target on target.book = p.book and target.id = p.target
             where e.kind = any(:kinds)) as moved
    """
)
WAITING = text(
    """
    select coalesce(sum(subsidy_fen), 0) as subsidy_fen,
           coalesce(sum(operator_subsidy_fen), 0) as operator_subsidy_fen
      from weighing_line l
      join weighing w on w.district = l.district and w.id = l.weighing
     where l.evidence = 'waiting' and w.state = 'confirmed'
    """
)
SAVED = text(
    """
    select (select coalesce(sum(l.saved_co2e_grams), 0)
              from weighing_line l join weighing w on w.district = l.district and w.id = l.weighing
             where w.state = 'confirmed')
         + (select coalesce(sum(greatest(delta_co2e_grams, 0) - taken_co2e_grams), 0) from carbon_change)
    """
)


def booked(db, *kinds: str) -> dict[str, int]:
    """Add up what entries of some kinds moved, from their postings alone."""
    row = db.execute(BOOKED, {"kinds": list(kinds)}).one()
    return {name: int(value) for name, value in row._mapping.items()}


@pytest.mark.parametrize("seed", range(20, 22))
def test_what_was_weighed_and_reckoned_anew_is_replayed_as_it_is_in_the_books(db, seed):
    history = lived(db, seed, corrected=True)
    assert history.factor_sets > 1, "grams were recomputed"
    kinds = set(db.scalars(text("select distinct kind from quote_step")))
    assert "quote.line_removed" in kinds, "lines were weighed anew"
    whole = {"since": BEGINS - timedelta(days=1), "until": history.at}
    check(db, history, **whole)

    found = run(db, history.at, **whole)["in_force"]
    books = booked(db, "weighing.confirmed", "subsidy.accepted")
    waiting = db.execute(WAITING).one()
    assert (found["market_fen"], found["net_grams"]) == (books["market_fen"], books["net_grams"])
    assert found["subsidy_fen"] == books["subsidy_fen"] + waiting.subsidy_fen
    assert found["operator_subsidy_fen"] == books["operator_subsidy_fen"] + waiting.operator_subsidy_fen
    assert found["points"] == books["points"] + waiting.subsidy_fen
    carbon = booked(db, "weighing.confirmed", "carbon.recomputed")
    assert carbon["saved_co2e_grams"] == db.scalar(SAVED)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 140))
def test_many_histories_replayed_are_the_ledger(db, seed):
    history = lived(db, seed, steps=200)
    third = (history.at - BEGINS) / 3
    check(db, history, since=BEGINS - timedelta(days=1), until=history.at)
    check(db, history, since=BEGINS + third, until=BEGINS + 2 * third)


def proposed(history: History) -> dict[str, Any]:
    """Propose other rates and another rule at the cap, so that money runs out elsewhere than it did."""
    some = history.random
    dearer = {
        "accepted": True,
        "market_fen_per_kg": Decimal(some.randint(0, 900)) / 10,
        "subsidy_fen_per_kg": Decimal(some.randint(100, 6000)) / 100,
        "operator_fen_per_tonne": Decimal(some.randint(1, 40_000)),
        "ceiling_grams": some.choice([None, 2_000, 6_000]),
        "programme": history.programmes[0],
    }
    not_taken = {
        **dict.fromkeys(dearer, Decimal(0)),
        "accepted": False,
        "ceiling_grams": None,
        "programme": None,
    }
    return {
        "changes": [{"material": "glass", **dearer}, {"material": "foam", **not_taken}],
        "caps": [{"programme": history.programmes[1], "cap_rule": some.choice(["stop", "queue"])}],
    }


@pytest.mark.parametrize("seed", range(30, 34))
def test_many_bags_at_once_come_to_what_they_come_to_one_by_one(db, monkeypatch, seed):
    history = lived(db, seed)
    asked = {"since": BEGINS - timedelta(days=1), "until": history.at, **proposed(history)}
    looked: list[int] = []
    turned: list[object] = []
    look, turn = Side._look_ahead, Side._go_in_turn

    def looking(*told: Any) -> int:
        looked.append(look(*told))
        return looked[-1]

    monkeypatch.setattr(Side, "_look_ahead", looking)
    monkeypatch.setattr(Side, "_go_in_turn", lambda *told: turned.append(turn(*told)))
    at_once = run(db, history.at, **asked)
    assert sum(looked) > 20, "most of it was looked ahead at"
    assert turned, "something came otherwise than was thought"

    monkeypatch.setattr(Side, "_look_ahead", lambda *_: 0)
    assert run(db, history.at, **asked) == at_once


def test_a_rate_too_fine_for_a_column_is_reckoned_all_the_same(db):
    history = lived(db, 33)
    glass, foam = proposed(history)["changes"]
    finest = Decimal("99999999.999999999999")
    period = {"since": BEGINS - timedelta(days=1), "until": history.at}
    fine = run(db, history.at, **period, changes=[{**glass, "operator_fen_per_tonne": finest}, foam])
    plain = run(db, history.at, **period, changes=[{**glass, "operator_fen_per_tonne": Decimal(10**8)}, foam])
    assert fine["proposed"] == plain["proposed"]
    assert fine["unexplained"]["lines"] == 0
