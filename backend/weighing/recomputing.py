"""What past weighings save under another set of factors, and the entries that make up the difference.

An entry is never edited: what a set changes is posted beside it, once for each weighing and set. What stands
is what was credited and every difference since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Numeric, Text, func, literal, select
from sqlalchemy.orm import Session

from backend.accounts import queries as balances
from backend.accounts import service as accounts
from backend.accounts.postings import CO2E, Entry, Refused, co2e, co2e_saved, move
from backend.carbon import queries as carbon
from backend.kit.ids import new_id
from backend.weighing.models import Weighing, WeighingLine
from backend.weighing.rules import State

BATCH = 200
"""So many weighings a transaction looks at, and no more households are locked at once."""


@dataclass(frozen=True)
class Saved:
    """What a material saved in a time, as it was credited and as a set has it."""

    material: str
    net_grams: int
    credited_co2e_grams: int
    saved_co2e_grams: int

    @property
    def change_co2e_grams(self) -> int:
        """Tell what the set would change."""
        return self.saved_co2e_grams - self.credited_co2e_grams


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
    db: Session, district: str, factors: carbon.FactorSet, *, since: datetime, until: datetime
) -> list[Saved]:
    """Tell what the weighings of a time would have saved under a set, by material, in one query."""
    rates = {factor.material: factor.credited_kg_per_kg for factor in factors.lines}
    materials, values = literal(list(rates), ARRAY(Text)), literal(list(rates.values()), ARRAY(Numeric))
    known = func.unnest(materials, values).table_valued("material", "rate").render_derived()
    net = WeighingLine.gross_grams - WeighingLine.tare_grams
    rows = db.execute(
        select(
            WeighingLine.material,
            func.sum(net),
            func.sum(WeighingLine.saved_co2e_grams),
            # PostgreSQL rounds a half away from zero, as our one rule does; each line first, then the sum.
            func.sum(func.round(net * func.coalesce(known.c.rate, 0))),
        )
        .join(Weighing, (Weighing.district == WeighingLine.district) & (Weighing.id == WeighingLine.weighing))
        .outerjoin(known, known.c.material == WeighingLine.material)
        .where(Weighing.district == district, Weighing.state == State.CONFIRMED)
        .where(Weighing.ended_at >= since, Weighing.ended_at < until)
        .group_by(WeighingLine.material)
        .order_by(WeighingLine.material)
    )
    return [Saved(material, *map(int, sums)) for material, *sums in rows]


def recompute(
    db: Session,
    district: str,
    factors: carbon.FactorSet,
    *,
    since: datetime,
    until: datetime,
    at: datetime,
    after: UUID | None = None,
) -> Progress:
    """Post what a set changes for the next weighings of a time; said again, it posts nothing.

    A household never has less than nothing: what is not there any more is not taken, and the entry says so.
    """
    query = (
        select(Weighing.id, Weighing.household)
        .where(Weighing.district == district, Weighing.state == State.CONFIRMED)
        .where(Weighing.ended_at >= since, Weighing.ended_at < until)
        .order_by(Weighing.id)
        .limit(BATCH)
    )
    if after is not None:
        query = query.where(Weighing.id > after)
    households = {row.id: row.household for row in db.execute(query)}
    deltas = _deltas(db, district, factors, list(households))
    entries, left = [], dict[UUID, int]()
    for weighing, delta in deltas.items():
        household = households[weighing]
        if delta < 0 and household not in left:
            left[household] = balances.balance(db, district, co2e(household), CO2E).available
        taken = min(-delta, left.get(household, 0)) if delta < 0 else 0
        left[household] = left.get(household, 0) - taken
        if delta > 0 or taken:
            entries.append(_entry(district, weighing, household, factors, delta=delta, taken=taken, at=at))
    outcomes = accounts.post_all(db, entries)
    posted = [
        entry for entry, outcome in zip(entries, outcomes, strict=True) if not isinstance(outcome, Refused)
    ]
    added = sum(max(entry.facts["delta_co2e_grams"], 0) for entry in posted)
    taken_back = sum(entry.facts["taken_co2e_grams"] for entry in posted)
    wanted_back = -sum(delta for delta in deltas.values() if delta < 0)
    return Progress(
        weighings=len(households),
        posted=len(posted),
        added_co2e_grams=added,
        taken_co2e_grams=taken_back,
        short_co2e_grams=wanted_back - taken_back,
        last=max(households) if len(households) == BATCH else None,
    )


def _deltas(
    db: Session, district: str, factors: carbon.FactorSet, weighings: Sequence[UUID]
) -> dict[UUID, int]:
    """Tell what a set changes of each weighing that it has not changed yet, against what stands."""
    keys = {
        _key(weighing, of_set): (weighing, of_set)
        for weighing in weighings
        for of_set in carbon.factor_set_ids(db)
    }
    said = {keys[key]: facts for key, facts in balances.facts_of(db, district, list(keys)).items()}
    stands = dict.fromkeys(weighings, 0)
    saves = dict.fromkeys(weighings, 0)
    rows = select(WeighingLine).where(WeighingLine.district == district)
    for line in db.scalars(rows.where(WeighingLine.weighing.in_(weighings))):
        stands[line.weighing] += line.saved_co2e_grams
        saves[line.weighing] += factors.saved_co2e_grams(line.material, line.net_grams)
    for (weighing, _), facts in said.items():
        stands[weighing] += int(facts["delta_co2e_grams"])
    return {
        weighing: saves[weighing] - stands[weighing]
        for weighing in weighings
        if (weighing, factors.id) not in said and saves[weighing] != stands[weighing]
    }


def _key(weighing: UUID, factor_set: UUID) -> str:
    return f"weighing/{weighing}/carbon/{factor_set}"


def _entry(
    district: str,
    weighing: UUID,
    household: UUID,
    factors: carbon.FactorSet,
    *,
    delta: int,
    taken: int,
    at: datetime,
) -> Entry:
    """Say what a set changes; of what should be taken back, how much was there."""
    facts: Mapping[str, str | int] = {
        "weighing": str(weighing),
        "factor_set": str(factors.id),
        "delta_co2e_grams": delta,
        "taken_co2e_grams": taken,
    }
    return Entry(
        id=new_id(at),
        key=_key(weighing, factors.id),
        book=district,
        kind="carbon.recomputed",
        at=at,
        postings=(
            *move(co2e_saved(), co2e(household), CO2E, max(delta, 0)),
            *move(co2e(household), co2e_saved(), CO2E, taken),
        ),
        subject=household,
        facts=dict(facts),
    )
