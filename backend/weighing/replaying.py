"""The tape of quotes, read in order by whoever replays it; more of it than fits in memory."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, get_type_hints
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.kit.db import driver
from backend.weighing.steps import Integers, Names, Step, Steps, Texts, Truths

_AT_A_TIME = 20_000
"""So many lines are read by one statement."""


@dataclass(frozen=True)
class Stretch:
    """A part of the tape: after a step, up to another, as it was known at a moment."""

    after: int
    upto: int
    known_at: datetime


_COLUMNS = """
    select s.seq, s.kind = 'quote.held', s.line::text, s.at,
           coalesce(array_position(%(materials)s::text[], s.material), 0)::int8, s.net_grams, s.market_fen,
           s.subsidised_grams, s.subsidy_fen, s.operator_subsidy_fen, s.saved_co2e_grams, s.queued_fen,
           s.queued_operator_fen, coalesce(array_position(%(programmes)s::uuid[], s.programme), 0)::int8,
           w.household::text, coalesce(array_position(%(price_lists)s::uuid[], w.price_list), 0)::int8,
           coalesce(array_position(%(factor_sets)s::uuid[], w.factor_set), 0)::int8, w.opened_at,
           ((w.opened_at at time zone 'Asia/Shanghai')::date - date '2000-01-01')::int8,
           coalesce(case when w.ended_at <= %(known_at)s then w.ended_at end, 'infinity'),
           coalesce(
               case when e.id is null then w.ended_at
                    when e.evidence = 'accepted' and e.evidence_at <= %(known_at)s then e.evidence_at end,
               'infinity'),
           coalesce(w.state = 'confirmed' and w.ended_at <= %(known_at)s, false),
           back.is_declined is not null, coalesce(back.is_declined, false)
      from quote_step s
     cross join lateral (
           select * from weighing w where w.district = s.district and w.id = s.weighing offset 0
     ) w
      left join weighing_line e on e.district = s.district and e.id = s.line and e.evidence is not null
     cross join lateral (
           select bool_or(b.kind = 'subsidy.declined') as is_declined
             from quote_step b
            where b.district = s.district and b.line = s.line and b.kind <> 'quote.held'
              and b.at <= %(known_at)s
     ) back
     where s.district = %(district)s
"""
"""The offset keeps the weighings from being read as a whole, for which the first step would have to wait."""
_IN_ORDER = "s.seq > %(after)s and s.seq <= %(upto)s order by s.seq, s.no"
_QUEUED = "s.seq <= %(after)s and s.queued_fen + s.queued_operator_fen > 0"
_SENT: Mapping[object, str] = {Integers: ">i8", Truths: "?", Texts: "S36"}
"""How a value of a column is sent; before it stands its length, and before all of them what they are."""
_KEPT: Mapping[object, str] = {**_SENT, Integers: "i8"}
_HEAD = 20
_TYPES = get_type_hints(Steps).values()
_ENDS = text(
    """
    select coalesce(min(s.seq), 1) - 1 as after, coalesce(max(s.seq), 0) as upto,
           min(s.at) as begins_at,
           count(*) filter (where s.kind = 'quote.held') as lines,
           count(*) filter (where s.reconstructed) as reconstructed
      from weighing w
      join quote_step s on s.district = w.district and s.weighing = w.id
     where w.district = :district and w.opened_at >= :since and w.opened_at < :until and s.at <= :known_at
    """
)
_OLDEST = text(
    """
    select min(w.opened_at)
      from quote_step s
      join weighing w on w.district = s.district and w.id = s.weighing
     where s.district = :district and s.seq > :after and s.seq <= :upto
    """
)
_QUOTED_BY = text(
    """
    select distinct price_list, factor_set from weighing
     where district = :district and opened_at >= :since and opened_at < :until
    """
)
_BOUND = text(
    """
    select seq from quote_step
     where district = :district and seq > :after and seq <= :upto
     order by seq offset :lines limit 1
    """
)
_TAKEN = text(
    """
    select w.household, to_char(w.opened_at at time zone 'Asia/Shanghai', 'YYYY-MM') as month, s.material,
           sum(case when s.kind = 'quote.held' then s.subsidised_grams else -s.subsidised_grams end) as grams
      from quote_step s
      join weighing w on w.district = s.district and w.id = s.weighing
     where s.district = :district and s.seq <= :after
       and w.opened_at >= cast(:since as timestamptz) - interval '32 days'
     group by 1, 2, 3
    having sum(case when s.kind = 'quote.held' then s.subsidised_grams else -s.subsidised_grams end) > 0
    """
)
_HELD_FEN = text(
    """
    select s.programme, to_char(w.opened_at at time zone 'Asia/Shanghai', 'YYYY') as period,
           sum(case when s.kind = 'quote.held' then 1 else -1 end
               * (s.subsidy_fen + s.operator_subsidy_fen)) as fen
      from quote_step s
      join weighing w on w.district = s.district and w.id = s.weighing
     where s.district = :district and s.seq <= :after and s.programme is not null
     group by 1, 2
    """
)


@dataclass(frozen=True)
class Ends:
    """Where the weighings of a period begin and end on the tape."""

    after: int
    upto: int
    begins_at: datetime | None
    lines: int
    reconstructed: int


def ends(db: Session, district: str, *, since: datetime, until: datetime, known_at: datetime) -> Ends:
    """Find the weighings of a period on the tape."""
    asked = {"district": district, "since": since, "until": until, "known_at": known_at}
    return Ends(**db.execute(_ENDS, asked).one()._mapping)


def bound(db: Session, district: str, *, after: int, upto: int, lines: int) -> int:
    """Return where a piece of about so many lines ends; lines of one quote are never parted."""
    asked = {"district": district, "after": after, "upto": upto, "lines": lines}
    return db.scalar(_BOUND, asked) or upto


def oldest(db: Session, district: str, *, after: int, upto: int) -> datetime | None:
    """Return when the oldest weighing began that still has something to come."""
    found: datetime | None = db.scalar(_OLDEST, {"district": district, "after": after, "upto": upto})
    return found


def quoted_by(db: Session, district: str, *, since: datetime, until: datetime) -> list[tuple[UUID, UUID]]:
    """List the price lists and factor sets by which the weighings of a period were quoted."""
    asked = {"district": district, "since": since, "until": until}
    return [(row.price_list, row.factor_set) for row in db.execute(_QUOTED_BY, asked)]


def tape(db: Session, district: str, stretch: Stretch, names: Names) -> Iterator[Steps]:
    """Read a stretch of the tape in its order, some thousand lines at a time; no quote is ever parted.

    The next lines are read while these are looked at: until the last, nothing else can be asked.
    """
    db.flush()
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(_read, db, district, stretch, names)
        while (found := coming.result()) is not None:
            steps, rest = found
            coming = reader.submit(_read, db, district, rest, names)
            yield steps


def _read(db: Session, district: str, stretch: Stretch, names: Names) -> tuple[Steps, Stretch] | None:
    """Read the next lines, and say what is left of the stretch; None at its end."""
    if stretch.after >= stretch.upto:
        return None
    upto = bound(db, district, after=stretch.after, upto=stretch.upto, lines=_AT_A_TIME)
    asked = {**vars(names), **vars(stretch), "district": district, "upto": upto}
    return _columns(db, _IN_ORDER, asked), replace(stretch, after=upto)


def queued(db: Session, district: str, *, after: int, known_at: datetime, names: Names) -> list[Step]:
    """List the lines up to a step that were promised something from money to come, and agreed on."""
    asked = {**vars(names), "district": district, "after": after, "known_at": known_at}
    found = _columns(db, _QUEUED, asked).one_by_one(names)
    return [step for step in found if step.is_confirmed and not step.given_back]


def _columns(db: Session, which: str, asked: Mapping[str, Any]) -> Steps:
    """Read columns as they are sent, without a look at any value."""
    every = sql.SQL(", ").join(map(sql.Identifier, Steps._fields))
    query = sql.SQL("select {} from ({} and {}) as steps ({})").format(
        sql.SQL(", ").join(sql.SQL("array_agg({})").format(sql.Identifier(name)) for name in Steps._fields),
        sql.SQL(_COLUMNS),
        sql.SQL(which),
        every,
    )
    found = driver(db).cursor(binary=True).execute(query, asked).pgresult
    assert found is not None, "it is one row, of columns"
    return Steps._make(_column(found.get_value(0, place), hint) for place, hint in enumerate(_TYPES))


def _column(sent: bytes | None, hint: object) -> NDArray[Any]:
    """Return a column; nothing is sent of one without values."""
    values = np.frombuffer((sent or b"")[_HEAD:], [("length", ">i4"), ("value", _SENT[hint])])
    return values["value"].astype(_KEPT[hint])


def taken(db: Session, district: str, *, after: int, since: datetime) -> dict[str, int]:
    """Return what was under the ceilings of a month before, by household, month and material."""
    rows = db.execute(_TAKEN, {"district": district, "after": after, "since": since})
    return {f"{row.household}|{row.month}|{row.material}": int(row.grams) for row in rows}


def held(db: Session, district: str, *, after: int) -> dict[str, int]:
    """Return what was held or paid of each budget before, by programme and period."""
    rows = db.execute(_HELD_FEN, {"district": district, "after": after})
    return {f"{row.programme}|{row.period}": int(row.fen) for row in rows}
