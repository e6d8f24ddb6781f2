"""What past weighings save under another set of factors, and the entries that make up the difference.

An entry is never edited: what a set changes is posted beside it, once for each weighing and set. What stands
is what was credited and every difference since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, text
from sqlalchemy.orm import Session

from backend.accounts import queries as balances
from backend.accounts import service as accounts
from backend.accounts.postings import CO2E, Entry, co2e, co2e_saved, move
from backend.carbon.queries import Factor, FactorSet
from backend.kit.ids import new_id
from backend.weighing.models import CarbonChange, Weighing, WeighingLine
from backend.weighing.rules import State

BATCH = 200
"""So many weighings a transaction looks at, and no more households are locked at once."""
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended('carbon/' || :district, 0))")
# PostgreSQL rounds a half away from zero, as our one rule does; each line first, then the sum.
_CELLS = """
    with cell as (
        select w.household, l.material, count(*) as lines, sum(net.grams) as net_grams,
               sum(l.saved_co2e_grams) as credited, sum(round(net.grams * coalesce(k.rate, 0))) as saved
          from weighing w
          join weighing_line l on l.district = w.district and l.weighing = w.id
         cross join lateral (select l.gross_grams - l.tare_grams as grams) as net
          left join unnest(cast(:materials as text[]), cast(:rates as numeric[])) as k (material, rate)
            on k.material = l.material
         where w.district = :district and w.state = 'confirmed'
           and w.ended_at >= :since and w.ended_at < :until
         group by w.household, l.material
    )
"""
_BY_MATERIAL = """
    select material, sum(lines) as lines, sum(net_grams) as net_grams, sum(credited) as credited_co2e_grams,
           sum(saved) as saved_co2e_grams, count(*) as households
      from cell group by material order by material
"""
_BY_HOUSEHOLD = """
    , change as (
        select w.household, sum(c.delta_co2e_grams) as grams
          from carbon_change c
          join weighing w on w.district = c.district and w.id = c.weighing
         where w.district = :district and w.ended_at >= :since and w.ended_at < :until
         group by w.household
    ), home as (
        select sum(cell.saved) as saved, sum(cell.credited) + coalesce(change.grams, 0) as stands,
               coalesce(change.grams, 0) as changed
          from cell left join change using (household)
         group by household, change.grams
    )
    select count(*) as households, count(*) filter (where saved > stands) as gaining,
           count(*) filter (where saved < stands) as losing,
           coalesce(sum(changed), 0) as recomputed_co2e_grams
      from home
"""


@dataclass(frozen=True)
class Saved:
    """What a material saved in a time, as it was credited and as a set has it."""

    material: str
    lines: int
    net_grams: int
    credited_co2e_grams: int
    saved_co2e_grams: int
    households: int

    @property
    def change_co2e_grams(self) -> int:
        """Tell what the set would change of what was credited."""
        return self.saved_co2e_grams - self.credited_co2e_grams


@dataclass(frozen=True)
class Foreseen:
    """What a set would change of the weighings of a time."""

    materials: Sequence[Saved]
    households: int
    gaining: int
    losing: int
    recomputed_co2e_grams: int
    """What other sets have changed since the lines were credited."""

    @property
    def change_co2e_grams(self) -> int:
        """Tell what it would change of what stands."""
        return sum(one.change_co2e_grams for one in self.materials) - self.recomputed_co2e_grams


@dataclass(frozen=True)
class Progress:
    """What a batch came to."""

    weighings: int
    posted: int
    added_co2e_grams: int
    taken_co2e_grams: int
    short_co2e_grams: int
    """What should have been taken back, and was not there."""
    last: UUID | None
    """After which weighing to go on; None is that all are done."""


def simulate(
    db: Session, district: str, factors: Sequence[Factor], *, since: datetime, until: datetime
) -> Foreseen:
    """Tell what the weighings of a time would have saved under factors, by material and in all."""
    asked = {
        "district": district,
        "since": since,
        "until": until,
        "materials": [factor.material for factor in factors],
        "rates": [factor.credited_kg_per_kg for factor in factors],
    }
    materials = [Saved(**_whole(row)) for row in db.execute(text(_CELLS + _BY_MATERIAL), asked)]
    return Foreseen(materials, **_whole(db.execute(text(_CELLS + _BY_HOUSEHOLD), asked).one()))


def _whole(row: Row[Any]) -> dict[str, Any]:
    """Read sums as the whole numbers that they are."""
    return {name: int(x) if isinstance(x, Decimal) else x for name, x in row._mapping.items()}


def count(db: Session, district: str, *, since: datetime, until: datetime) -> int:
    """Count the weighings of a time that were agreed on."""
    agreed = select(func.count()).select_from(Weighing).where(*_agreed(district, since=since, until=until))
    return db.scalar(agreed) or 0


def _agreed(district: str, *, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Weighing.district == district,
        Weighing.state == State.CONFIRMED,
        Weighing.ended_at >= since,
        Weighing.ended_at < until,
    )


def recompute(
    db: Session,
    district: str,
    factors: FactorSet,
    *,
    since: datetime,
    until: datetime,
    at: datetime,
    after: UUID | None = None,
) -> Progress:
    """Post what a set changes for the next weighings of a time; said again, it posts nothing.

    A household never has less than nothing: what is not there any more is not taken, and the entry says so.
    """
    db.execute(_ONE_AT_A_TIME, {"district": district})
    query = (
        select(Weighing.id, Weighing.household)
        .where(*_agreed(district, since=since, until=until))
        .order_by(Weighing.id)
        .limit(BATCH)
    )
    if after is not None:
        query = query.where(Weighing.id > after)
    households = {row.id: row.household for row in db.execute(query)}
    deltas = _deltas(db, district, factors, list(households))
    changes = _changes(db, district, factors, deltas, households, at=at)
    taken = sum(change.taken_co2e_grams for change in changes)
    return Progress(
        weighings=len(households),
        posted=sum(change.entry is not None for change in changes),
        added_co2e_grams=sum(max(change.delta_co2e_grams, 0) for change in changes),
        taken_co2e_grams=taken,
        short_co2e_grams=-sum(min(change.delta_co2e_grams, 0) for change in changes) - taken,
        last=max(households) if len(households) == BATCH else None,
    )


def _deltas(db: Session, district: str, factors: FactorSet, weighings: Sequence[UUID]) -> dict[UUID, int]:
    """Tell what a set changes of each weighing that it has not changed yet, against what stands."""
    stands = dict.fromkeys(weighings, 0)
    saves = dict.fromkeys(weighings, 0)
    rows = select(WeighingLine).where(WeighingLine.district == district)
    for line in db.scalars(rows.where(WeighingLine.weighing.in_(weighings))):
        stands[line.weighing] += line.saved_co2e_grams
        saves[line.weighing] += factors.saved_co2e_grams(line.material, line.net_grams)
    known = set()
    changes = select(CarbonChange).where(CarbonChange.district == district)
    for change in db.scalars(changes.where(CarbonChange.weighing.in_(weighings))):
        stands[change.weighing] += change.delta_co2e_grams
        if change.factor_set == factors.id:
            known.add(change.weighing)
    return {
        weighing: saves[weighing] - stands[weighing]
        for weighing in weighings
        if weighing not in known and saves[weighing] != stands[weighing]
    }


def _changes(
    db: Session,
    district: str,
    factors: FactorSet,
    deltas: Mapping[UUID, int],
    households: Mapping[UUID, UUID],
    *,
    at: datetime,
) -> list[CarbonChange]:
    """Post each difference, and remember that it was made even where nothing was there to be taken."""
    left: dict[UUID, int] = {}
    changes = []
    for weighing, delta in deltas.items():
        household = households[weighing]
        if delta < 0 and household not in left:
            left[household] = balances.balance(db, district, co2e(household), CO2E).available
        taken = min(max(-delta, 0), left.get(household, 0))
        left[household] = left.get(household, 0) - taken
        changes.append(
            CarbonChange(
                district=district,
                weighing=weighing,
                factor_set=factors.id,
                delta_co2e_grams=delta,
                taken_co2e_grams=taken,
                at=at,
            )
        )
    moving = [change for change in changes if change.delta_co2e_grams > 0 or change.taken_co2e_grams]
    entries = [_entry(change, households[change.weighing]) for change in moving]
    for change, outcome in zip(moving, accounts.post_all(db, entries), strict=True):
        change.entry = accounts.entry_of(outcome)
    db.add_all(changes)
    db.flush()
    return changes


def _entry(change: CarbonChange, household: UUID) -> Entry:
    """Say in the ledger what a set changed of a weighing."""
    return Entry(
        id=new_id(change.at),
        key=f"weighing/{change.weighing}/carbon/{change.factor_set}",
        book=change.district,
        kind="carbon.recomputed",
        at=change.at,
        postings=(
            *move(co2e_saved(), co2e(household), CO2E, max(change.delta_co2e_grams, 0)),
            *move(co2e(household), co2e_saved(), CO2E, change.taken_co2e_grams),
        ),
        subject=household,
        facts={
            "weighing": str(change.weighing),
            "factor_set": str(change.factor_set),
            "delta_co2e_grams": change.delta_co2e_grams,
            "taken_co2e_grams": change.taken_co2e_grams,
        },
    )
