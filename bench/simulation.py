"""A million weighing lines replayed under other rates, and what the ways not taken would have cost.

The history is written set-wise, as a year of a district would leave it; the replay is the one that a worker
runs, piece by piece, each in transactions of its own.
"""

import os
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from multiprocessing import get_context
from typing import Any, Final
from uuid import UUID

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.carbon import service as carbon
from backend.carbon.queries import Factor, FactorSet
from backend.catalogue import service as catalogue
from backend.catalogue.queries import Basis, Material, Rate
from backend.kit.auth import Actor
from backend.kit.clock import CITY
from backend.kit.db import transaction
from backend.kit.ids import new_id
from backend.simulation import queries, service
from backend.subsidy import budgets
from backend.subsidy import service as subsidy
from backend.weighing.queries import Names, replaying
from bench.row import Row, row

DISTRICT = "330110"
BEGINS = datetime(2025, 1, 1, tzinfo=CITY)
ENDS = datetime(2026, 1, 1, tzinfo=CITY)
LINES = 1_000_000
WEIGHINGS = LINES // 2
HOUSEHOLDS = 60_000
MATERIALS: Final = ("cardboard", "foam", "glass", "textiles")
PROGRAMME = UUID("0192f0c4-7d0e-7cc1-9a53-6e1f0a6c2b11")
FUNDED_FEN = 130_000_000
"""Enough for the rates in force and a little more."""
ASSUMED = Basis("assumption", None, "测量用。", "For a measurement.")

_FREE_OF_THE_REST = """
alter table weighing drop constraint fk_weighing_district_pickup, drop constraint fk_weighing_district_scale;
alter table quote_step drop constraint fk_quote_step_district_weighing
"""
_DIVISIONS = """
insert into division (code, kind, parent, district, name_zh, name_en, population, source) values
    ('330110', 'district', null, '330110', '某区', null, null, 'bench'),
    ('330110001', 'street', '330110', '330110', '某街道', null, null, 'bench');
insert into division (code, kind, parent, district, name_zh, name_en, population, source)
select '330110001' || lpad(n::text, 3, '0'), 'community', '330110001', '330110', '某社区', null, null, 'bench'
  from generate_series(1, 200) n
"""
_HOUSEHOLDS = """
insert into household (district, id, community, vault_key, address_sealed, opened_at)
select '330110', ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       '330110001' || lpad((n %% 200 + 1)::text, 3, '0'), '', '', %(begins)s
  from generate_series(0, %(households)s - 1) n
"""
_WEIGHINGS = """
insert into weighing (district, id, pickup, household, collector, operator, scale, certificate, price_list,
                      factor_set, state, revision, opened_at, wrong_codes, ended_at, ended_by, reason, entry)
select '330110', ('00000000-0000-7000-8001-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('00000000-0000-7000-8002-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('00000000-0000-7000-8000-' || lpad(to_hex((n::bigint * 7919) %% %(households)s), 12, '0'))::uuid,
       %(nobody)s, %(nobody)s, %(nobody)s, 'C-1', %(price_list)s, %(factors)s,
       case when n %% 50 = 0 then 'returned' else 'confirmed' end, 1,
       %(begins)s + n * interval '1 year' / %(weighings)s, 0,
       %(begins)s + n * interval '1 year' / %(weighings)s + interval '5 minutes', 'app', null,
       case when n %% 50 = 0 then null else %(nobody)s end
  from generate_series(0, %(weighings)s - 1) n
"""
_STEPS = """
insert into quote_step (district, seq, line, kind, weighing, no, at, material, net_grams, market_fen,
                        subsidised_grams, subsidy_fen, operator_subsidy_fen, saved_co2e_grams, programme,
                        queued_fen, queued_operator_fen)
select '330110', 2 * n + 1 + kind.after,
       ('00000000-0000-7000-8003-' || lpad(to_hex(2 * n + no), 12, '0'))::uuid, kind.kind,
       ('00000000-0000-7000-8001-' || lpad(to_hex(n), 12, '0'))::uuid, no,
       %(begins)s + n * interval '1 year' / %(weighings)s + kind.after * interval '5 minutes',
       r.material, grams, round(grams * r.market_fen_per_kg / 1000),
       case when r.programme is null then 0 else grams end, round(grams * r.subsidy_fen_per_kg / 1000),
       round(grams * r.operator_fen_per_tonne / 1000000), 0, r.programme, 0, 0
  from generate_series(0, %(weighings)s - 1) n
 cross join generate_series(0, 1) no
 cross join lateral (select 400 + (n::bigint * 6007 + no * 3001) %% 9000 as grams,
                            (%(materials)s::text[])[1 + (n + no * 2) %% 4] as material) as one
 cross join lateral (values ('quote.held', 0), ('quote.returned', 1)) as kind (kind, after)
  join rate r on r.district = '330110' and r.version = %(price_list)s and r.material = one.material
 where kind.after = 0 or n %% 50 = 0
"""
_SET_BASED = """
select count(*), sum(round(granted * 12.5 / 1000)) from (
    select greatest(0, least(s.net_grams, 20000 - coalesce(sum(s.net_grams) over (
               partition by w.household, date_trunc('month', w.opened_at), s.material
               order by s.seq, s.no rows between unbounded preceding and 1 preceding), 0))) as granted
      from quote_step s join weighing w on w.district = s.district and w.id = s.weighing
     where s.kind = 'quote.held' and w.state = 'confirmed') as reckoned
"""


def main() -> list[Row]:
    """Measure a replay, and the ways not taken."""
    _lay()
    with ProcessPoolExecutor(1, get_context("spawn")) as worker:
        seconds = worker.submit(_replay, Decimal("12.5")).result()
        until_gone = worker.submit(_replay, Decimal(50), runs_out=True).result()
        mebibytes = worker.submit(_peak).result()
    return [
        row("million_lines_seconds", [seconds], "s", at_most=60),
        row("million_lines_out_of_money_seconds", [until_gone], "s", at_most=60),
        row("peak_rss_mib", [mebibytes], "MiB", at_most=1_500),
        row("only_read_seconds", [_timed(_only_read)], "s"),
        row("set_based_ceilings_alone_seconds", [_timed(_set_based)], "s"),
    ]


def _owner() -> psycopg.Connection[Any]:
    conn = psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)
    conn.execute("select set_config('lv.districts', %s, false)", (DISTRICT,))
    return conn


def _lay() -> None:
    """Write a year down: bags of two lines, one of fifty taken back, all as the rates in force have it."""
    facts = {
        "begins": BEGINS,
        "households": HOUSEHOLDS,
        "weighings": WEIGHINGS,
        "nobody": UUID(int=0),
        "materials": list(MATERIALS),
    }
    with closing(_owner()) as owner:
        owner.execute(_FREE_OF_THE_REST)
        owner.execute(_DIVISIONS)
        facts |= {"price_list": _publish(), "factors": _approve()}
        for statement in (_HOUSEHOLDS, _WEIGHINGS, _STEPS):
            owner.execute(statement, facts)
        owner.execute("vacuum analyze")


def _publish() -> UUID:
    """Publish a price list without a ceiling, and pay enough for it into a budget."""
    by, at = Actor.system(DISTRICT), BEGINS - timedelta(days=1)
    with transaction(districts=[DISTRICT]) as db:
        for key in MATERIALS:
            named = Material(key, key, key, "other", True, None, None, None, "", "", None, ASSUMED)
            catalogue.add_material(db, named)
        accounts.open_book(db, DISTRICT)
        subsidy.open_programme(
            db,
            id=PROGRAMME,
            district=DISTRICT,
            name_zh="项目",
            name_en="Programme",
            basis_zh="测量用。",
            basis_en="For a measurement.",
            by=by,
            at=at,
        )
        budgets.fund(
            db,
            district=DISTRICT,
            programme=PROGRAMME,
            period="2025",
            fen=FUNDED_FEN,
            basis_zh="测量用。",
            basis_en="For a measurement.",
            by=by,
            at=at,
        )
        rates = [_rate(key) for key in MATERIALS]
        return catalogue.publish(db, district=DISTRICT, rates=rates, effective_at=at, by=by, at=at)


def _rate(key: str) -> Rate:
    low_value = key != "cardboard"
    return Rate(
        material=key,
        accepted=True,
        market_fen_per_kg=Decimal(0 if low_value else 80),
        subsidy_fen_per_kg=Decimal(10 if low_value else 0),
        operator_fen_per_tonne=Decimal(20_000 if low_value else 0),
        ceiling_grams=None,
        programme=PROGRAMME if low_value else None,
        market_basis=ASSUMED,
        subsidy_basis=ASSUMED if low_value else None,
    )


def _approve() -> UUID:
    """Bring a set into force that has no factor: grams of carbon follow from no rate."""
    nobody_knows = Factor("glass", None, None, None, None, None, "assumption", "", "", "", "")
    found = FactorSet(
        id=new_id(BEGINS),
        name="bench",
        version=1,
        name_zh="测量用",
        name_en="For a measurement",
        boundary_zh="无",
        boundary_en="none",
        baseline_zh="无",
        baseline_en="none",
        valid_from=BEGINS,
        approved_by_zh="无",
        approved_by_en="nobody",
        approved_at=BEGINS,
        note_zh="",
        note_en="",
        lines=(nobody_knows,),
    )
    with transaction(districts=[DISTRICT]) as db:
        carbon.publish(db, found)
    return found.id


def _replay(subsidy_fen_per_kg: Decimal, *, runs_out: bool = False) -> float:
    """Replay the year as a worker does, in a process of its own."""
    by, at = Actor.system(DISTRICT), ENDS + timedelta(days=1)
    change = {
        "accepted": True,
        "market_fen_per_kg": Decimal(0),
        "subsidy_fen_per_kg": subsidy_fen_per_kg,
        "operator_fen_per_tonne": Decimal(20_000),
        "ceiling_grams": 20_000,
        "programme": PROGRAMME,
    }
    began = time.perf_counter()
    with transaction(districts=[DISTRICT]) as db:
        changes = [{"material": key, **change} for key in MATERIALS[1:]]
        asked = service.ask(db, by=by, at=at, since=BEGINS, until=ENDS, changes=changes)
    while True:
        with transaction(districts=[DISTRICT], read_only=True) as db:
            piece = service.replay(db, asked.id, district=DISTRICT)
        if piece is None:
            break
        with transaction(districts=[DISTRICT]) as db:
            service.keep(db, asked.id, piece, district=DISTRICT, at=at)
    seconds = time.perf_counter() - began
    with transaction(districts=[DISTRICT], read_only=True) as db:
        found = queries.simulation(db, DISTRICT, asked.id)
    assert found.summary is not None, "it is done"
    assert found.lines_done == LINES, found.lines_done
    assert found.summary["unexplained"] == {"lines": 0, "fen": 0, "grams": 0}, found.summary
    (budget,) = found.summary["budgets"]
    assert (budget["proposed"]["ran_out_at"] is not None) == runs_out, budget
    return seconds


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _timed(way: Callable[[Session], object]) -> float:
    with transaction(districts=[DISTRICT], read_only=True) as db:
        db.execute(text("set local statement_timeout = 0"))
        began = time.perf_counter()
        way(db)
        return time.perf_counter() - began


def _only_read(db: Session) -> None:
    whole = replaying.Stretch(after=0, upto=2 * WEIGHINGS, known_at=ENDS + timedelta(days=1))
    names = Names(list(MATERIALS), [str(PROGRAMME)], [], [])
    lines = sum(int(steps.is_held.sum()) for steps in replaying.tape(db, DISTRICT, whole, names))
    assert lines == LINES, lines


def _set_based(db: Session) -> None:
    db.execute(text(_SET_BASED)).all()
