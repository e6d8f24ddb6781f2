"""The tape of quotes, read in order by whoever replays it; more of it than fits in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.kit.db import driver

Row = bytes | bytearray | memoryview
"""A line of the tape as it is copied."""
HELD = "quote.held"
_AT_A_TIME = 20_000
"""So many lines are read by one statement: it lasts as long as they are replayed, and must not time out."""


class Step(NamedTuple):
    """What one line was promised or gave back, with what is known today of its weighing.

    Ids are text: nobody reckons with them, and they are made and compared in a fraction of the time.
    """

    seq: int
    kind: str
    line: str
    at: datetime
    material: str
    net_grams: int
    market_fen: int
    subsidised_grams: int
    subsidy_fen: int
    operator_subsidy_fen: int
    saved_co2e_grams: int
    queued_fen: int
    queued_operator_fen: int
    programme: str | None
    household: str
    price_list: str
    factor_set: str
    opened_at: datetime
    ended_at: datetime | None
    proven_at: datetime | None
    """Since when its subsidies wait for no evidence: a queue pays nobody before."""
    is_confirmed: bool
    given_back: bool
    """Whether what it holds was given back later."""
    is_declined: bool
    """Whether that was because staff did not accept its evidence: then the rest of it is paid."""

    @property
    def amounts(self) -> tuple[int, ...]:
        """Return what it was promised, in the order of a replay's outcome."""
        return self[6:13]

    @property
    def held_fen(self) -> int:
        """Return what it holds of its budget."""
        return self.subsidy_fen + self.operator_subsidy_fen

    @property
    def owed_fen(self) -> int:
        """Return what it is owed from money to come."""
        return self.queued_fen + self.queued_operator_fen


@dataclass(frozen=True)
class Stretch:
    """A part of the tape: after a step, up to another, as it was known at a moment."""

    after: int
    upto: int
    known_at: datetime


_STEPS = """
    select s.seq, s.kind, s.line::text, s.at, s.material, s.net_grams, s.market_fen, s.subsidised_grams,
           s.subsidy_fen, s.operator_subsidy_fen, s.saved_co2e_grams, s.queued_fen, s.queued_operator_fen,
           s.programme::text, w.household::text, w.price_list::text, w.factor_set::text, w.opened_at,
           case when w.ended_at <= %(known_at)s then w.ended_at end,
           case when e.id is null then w.ended_at
                when e.evidence = 'accepted' and e.evidence_at <= %(known_at)s then e.evidence_at end,
           w.state = 'confirmed' and w.ended_at <= %(known_at)s,
           exists (select from quote_step b
                    where b.district = s.district and b.line = s.line and b.kind <> 'quote.held'
                      and b.at <= %(known_at)s),
           exists (select from quote_step b
                    where b.district = s.district and b.line = s.line and b.kind = 'subsidy.declined'
                      and b.at <= %(known_at)s)
      from quote_step s
     cross join lateral (
           select * from weighing w where w.district = s.district and w.id = s.weighing offset 0
     ) w
      left join weighing_line e on e.district = s.district and e.id = s.line and e.evidence is not null
     where s.district = %(district)s
"""
"""The offset keeps the weighings from being read as a whole, for which the first step would have to wait."""
_IN_ORDER = f"copy ({_STEPS} and s.seq > %(after)s and s.seq <= %(upto)s order by s.seq, s.no) to stdout"
_NULL = "\\N"
"""How a copied row says that there is nothing."""
_moment = datetime.fromisoformat
_QUEUED = f"{_STEPS} and s.seq <= %(after)s and s.queued_fen + s.queued_operator_fen > 0"
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


def tape(db: Session, district: str, stretch: Stretch) -> Iterator[Row]:
    """Copy a stretch of the tape line by line in its order, without ever holding all of it.

    The database reads on while a line is looked at; until the last one nothing else can be asked of it.
    """
    after = stretch.after
    while after < stretch.upto:
        upto = bound(db, district, after=after, upto=stretch.upto, lines=_AT_A_TIME)
        asked = {**vars(stretch), "district": district, "after": after, "upto": upto}
        with driver(db).cursor().copy(_IN_ORDER, asked) as rows:
            yield from rows
        after = upto


def step(row: Row) -> Step:
    """Read a line that was copied; no key or id in it is ever escaped."""
    # fmt: off
    (
        seq, kind, line, at, material, net, market, subsidised, subsidy, operator, saved,
        queued, queued_operator, programme, household, price_list, factor_set,
        opened, ended, proven, is_confirmed, given_back, is_declined,
    ) = str(row, "utf-8").rstrip("\n").split("\t")
    # fmt: on
    return Step(
        int(seq),
        kind,
        line,
        _moment(at),
        material,
        int(net),
        int(market),
        int(subsidised),
        int(subsidy),
        int(operator),
        int(saved),
        int(queued),
        int(queued_operator),
        None if programme == _NULL else programme,
        household,
        price_list,
        factor_set,
        _moment(opened),
        None if ended == _NULL else _moment(ended),
        None if proven == _NULL else _moment(proven),
        is_confirmed == "t",
        given_back == "t",
        is_declined == "t",
    )


def queued(db: Session, district: str, *, after: int, known_at: datetime) -> list[Step]:
    """List the lines up to a step that were promised something from money to come, and agreed on."""
    found = driver(db).execute(_QUEUED, {"district": district, "after": after, "known_at": known_at})
    return [step for step in map(Step._make, found) if step.is_confirmed and not step.given_back]


def taken(db: Session, district: str, *, after: int, since: datetime) -> dict[str, int]:
    """Return what was under the ceilings of a month before, by household, month and material."""
    rows = db.execute(_TAKEN, {"district": district, "after": after, "since": since})
    return {f"{row.household}|{row.month}|{row.material}": int(row.grams) for row in rows}


def held(db: Session, district: str, *, after: int) -> dict[str, int]:
    """Return what was held or paid of each budget before, by programme and period."""
    rows = db.execute(_HELD_FEN, {"district": district, "after": after})
    return {f"{row.programme}|{row.period}": int(row.fen) for row in rows}
